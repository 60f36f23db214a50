"""Titles that begin with what was typed: found by the search server, told as the tables have them.

What was taken from sight a moment ago may be in its index still; here nobody reads it first.
"""

from elasticsearch.dsl import Q

from search.engines.elastic import client
from search.engines.elastic.breaker import breaker
from search.engines.elastic.finding import sound
from search.engines.postgresql.suggesting import LONGEST_BEGINNING
from search.models import Document
from search.queries import Suggestion


def suggest(text: str, *, language: str, limit: int) -> list[Suggestion]:
    """At most ``limit`` titles, the most signed first. Raises `breaker.Away`."""
    begun = Q("match_bool_prefix", starts={"query": text[:LONGEST_BEGINNING], "operator": "and"})
    search = (
        client.search()
        .query(Q("bool", filter=[begun, Q("terms", reads=["", language])]))
        .sort({"weight": "desc"}, {"object_id": "desc"})
        .source(["kind", "object_id"])
        .extra(track_total_hits=False)[:limit]
    )
    answer = breaker.call(lambda: sound(search.execute()))
    found = [(hit.kind, hit.object_id) for hit in answer.hits]
    kinds, numbers = {kind for kind, _number in found}, {number for _kind, number in found}
    standing = Document.objects.filter(kind__in=kinds, object_id__in=numbers, reads__in=("", language), gone=False)
    told = {row[:2]: Suggestion(*row) for row in standing.values_list("kind", "object_id", "title", "address")}
    return [told[one] for one in found if one in told]
