"""One page of what fits, with facets and marked pieces, in one question."""

from typing import Any

from elasticsearch.dsl import A, Q, Search

from petitions.models import Topic
from search import marks
from search.engines.elastic import asking, client
from search.engines.elastic.breaker import Unsound, breaker
from search.engines.elastic.mapping import LANGUAGES, fields_in
from search.models import Document
from search.queries import MOST_COUNTED, PAGE_SIZE, Found, Query, Results

FACET_FIELDS = {
    "kind": "kind",
    "state": "lists",
    "topic": "topics",
    "department": "departments",
    "region": "regions",
    "year": "year",
}
MOST_VALUES = 60
PIECE_LENGTH = 180
ORDERS: dict[str, list[Any]] = {
    "relevance": ["_score", {"weight": "desc"}],
    "signatures": [{"weight": "desc"}, {"happened_at": "desc"}],
    "newest": [{"happened_at": "desc"}],
    "closing": [{"closes_at": {"order": "asc", "missing": "_last"}}, {"happened_at": "desc"}],
}


def takes(query: Query) -> bool:
    """Whether this engine answers such a question: the order of the day's signatures stands in the tables alone."""
    return client.is_configured() and query.sort in ORDERS


def find(query: Query) -> Results:
    """The answer to a question with a text. Raises `breaker.Away`."""
    search = _search(query)
    answer = breaker.call(lambda: sound(search.execute()))
    return Results(
        found=_as_they_stand(answer.hits),
        total=min(answer.hits.total.value, MOST_COUNTED),
        facets=_facets(answer.aggregations, query.facets),
    )


def _search(query: Query) -> Search:
    conditions = asking.conditions(query)
    search = (
        client.search()
        .query(_scored(query))
        .post_filter(Q("bool", filter=list(conditions.values())))
        .sort(*ORDERS[query.sort], {"object_id": "desc"})
        .source(["kind", "object_id", "reads"])
        .extra(track_total_hits=MOST_COUNTED + 1, version=True)[query.begins : query.begins + PAGE_SIZE]
    )
    for name in query.facets:
        search.aggs.bucket(name, _facet(name, conditions, query.language))
    fields = [fields_in(language) for language in LANGUAGES]
    search = search.highlight_options(pre_tags=[marks.BEGIN], post_tags=[marks.END])
    search = search.highlight(*(title for title, _text in fields), number_of_fragments=0)
    return search.highlight(
        *(text for _title, text in fields),
        number_of_fragments=1,
        fragment_size=PIECE_LENGTH,
        no_match_size=PIECE_LENGTH,
    )


def _scored(query: Query) -> Any:
    """Of two that fit alike, people look for the one that many signed; and an answer says more than its petition."""
    if query.sort != "relevance":
        return Q("bool", filter=[asking.fits(query.text)])
    return Q(
        "function_score",
        query=asking.fits(query.text),
        functions=[
            {"weight": 1},
            {"field_value_factor": {"field": "weight", "modifier": "ln1p", "missing": 0}, "weight": 0.1},
            {"filter": Q("terms", kind=["answer", "page"]).to_dict(), "weight": 0.5},
        ],
        score_mode="sum",
        boost_mode="multiply",
    )


def _facet(name: str, conditions: dict[str, Any], language: str) -> Any:
    """Counts by value of what fits all conditions but this facet's own."""
    others = [condition for facet, condition in conditions.items() if facet != name]
    if name == "kind":
        others.append(asking.of_kind("", language))
    return A(
        "filter",
        Q("bool", filter=others),
        aggs={"values": A("terms", field=FACET_FIELDS[name], size=MOST_VALUES)},
    )


def sound(answer: Any) -> Any:
    """The answer, if it is a whole one."""
    if answer.timed_out or answer._shards.failed:
        raise Unsound
    return answer


def _as_they_stand(hits: Any) -> list[Found]:
    """What was found. Of a text that has changed since, no piece: what was taken out of it is read nowhere."""
    kinds, numbers = {hit.kind for hit in hits}, {hit.object_id for hit in hits}
    rows = Document.objects.filter(kind__in=kinds, object_id__in=numbers, gone=False)
    standing = {row[:3]: row[3] for row in rows.values_list("kind", "object_id", "reads", "version")}
    return [
        _found(hit)
        if standing.get((hit.kind, hit.object_id, hit.reads)) == hit.meta.version
        else Found(hit.kind, hit.object_id)
        for hit in hits
    ]


def _found(hit: Any) -> Found:
    marked = getattr(hit.meta, "highlight", None)
    pieces = marked.to_dict() if marked else {}

    def piece(begins: str) -> str:
        return next((found[0] for name, found in pieces.items() if name.startswith(begins)), "")

    return Found(hit.kind, hit.object_id, piece("title_"), piece("text_"))


def _facets(told: Any, names: tuple[str, ...]) -> dict[str, dict[str, int]]:
    facets = {
        name: {str(bucket.key): min(bucket.doc_count, MOST_COUNTED) for bucket in told[name]["values"].buckets}
        for name in names
    }
    codes = dict(Topic.objects.values_list("pk", "code")) if facets["topic"] else {}
    facets["topic"] = {codes[int(pk)]: n for pk, n in facets["topic"].items() if int(pk) in codes}
    return facets
