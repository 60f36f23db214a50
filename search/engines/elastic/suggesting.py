"""Titles that begin with what was typed, by the search server."""

from elasticsearch.dsl import Q

from search.engines.elastic import client
from search.engines.elastic.breaker import breaker
from search.engines.elastic.finding import sound
from search.engines.postgresql.suggesting import LONGEST_BEGINNING
from search.queries import Suggestion


def suggest(text: str, *, language: str, limit: int) -> list[Suggestion]:
    """At most ``limit`` titles, the most signed first. Raises `breaker.Away`."""
    begun = Q("match_bool_prefix", starts={"query": text[:LONGEST_BEGINNING], "operator": "and"})
    search = (
        client.search()
        .query(Q("bool", filter=[begun, Q("terms", reads=["", language])]))
        .sort({"weight": "desc"}, {"object_id": "desc"})
        .source(["kind", "object_id", "title_*", "address"])
        .extra(track_total_hits=False)[:limit]
    )
    answer = breaker.call(lambda: sound(search.execute()))
    return [
        Suggestion(hit.kind, hit.object_id, _title(hit.to_dict()), hit.to_dict().get("address", ""))
        for hit in answer.hits
    ]


def _title(source: dict[str, str]) -> str:
    return next((value for name, value in source.items() if name.startswith("title_")), "")
