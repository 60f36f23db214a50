"""What is like a title, by the words that tell most."""

from elasticsearch.dsl import Q

from search.engines.elastic import client
from search.engines.elastic.breaker import breaker
from search.engines.elastic.finding import sound
from search.engines.elastic.mapping import fields_in
from search.models import Kind

GATHERED = 400
MOST_WORDS = 40


def like(title: str, *, language: str) -> list[int]:
    """The numbers of the public petitions that share most with this title, and with those nearest to it.

    Raises `breaker.Away`.
    """
    own, text = fields_in(language)
    more = {
        "fields": [own, text],
        "min_term_freq": 1,
        "min_doc_freq": 1,
        "max_query_terms": MOST_WORDS,
        "minimum_should_match": 1,
    }
    search = (
        client.search()
        .query(
            Q(
                "bool",
                filter=[Q("term", kind=Kind.PETITION)],
                should=[
                    Q("more_like_this", like=title, **more),
                    Q("multi_match", query=title, fields=[f"{own}^2", text], type="most_fields", fuzziness="AUTO"),
                ],
                minimum_should_match=1,
            )
        )
        .source(["object_id"])
        .extra(track_total_hits=False)[:GATHERED]
    )
    answer = breaker.call(lambda: sound(search.execute()))
    return [hit.object_id for hit in answer.hits]
