"""One page of what fits, and how many: by one index, step by step from the most signed down, until there are enough."""

import json
from typing import Any

from django.db import connection
from django.utils import timezone

from petitions.models import Topic
from search import marks
from search.engines.postgresql import asking
from search.engines.postgresql.asking import Asked
from search.queries import MOST_COUNTED, PAGE_SIZE, Found, Query, Results

# How many finds are ranked and counted. Those beyond have fewer signatures, and the reader better uses another word.
LOOKED_AT = 1_200

# Of the weights D, C, B and A: a title counts most, what is asked for more than detail. Rank is divided by the
# logarithm of the text's length, since long texts hold every word somewhere. Of two that fit alike, people look for
# the one that many signed; and an answer says more than the petition that it answers.
CANDIDATES = """
SELECT one.id, one.kind, one.object_id, one.lists, one.topics, one.departments, one.regions, one.year, one.weight,
    one.happened_at, one.closes_at,
    CASE WHEN %(ranks)s THEN
        ts_rank('{0.1,0.2,0.4,1}', one.words,
                CASE one.language WHEN 'fr' THEN %(french)s ELSE %(english)s END::tsquery, 1)
        * (1 + ln(1 + greatest(one.weight, 0)) / 10) * CASE one.kind WHEN 'petition' THEN 1 ELSE 1.5 END
    ELSE 0 END AS rank
FROM unnest(%(steps)s::text[]) AS step,
LATERAL (
    SELECT * FROM search_document
    WHERE words @@ (%(asked)s::tsquery && step::tsquery)
      AND words @@ CASE language WHEN 'fr' THEN %(french)s ELSE %(english)s END::tsquery
      AND reads IN ('', %(reader)s) AND (%(kind)s = '' OR kind = %(kind)s)
      AND (kind <> 'petition' OR object_id <> %(number)s)
    ORDER BY {first}
    LIMIT %(looked_at)s
) AS one
LIMIT %(looked_at)s
"""
# A number finds the petition of that number, before all others.
NUMBERED = """
SELECT id, kind, object_id, lists, topics, departments, regions, year, weight, happened_at, closes_at, 1e9 AS rank
FROM search_document
WHERE kind = 'petition' AND reads = '' AND object_id = %(number)s AND %(kind)s IN ('', 'petition') AND NOT gone
  AND (%(narrowed)s = '' OR words @@ %(narrowed)s::tsquery)
"""
CANDIDATES_OF = f"WITH one AS MATERIALIZED (({NUMBERED}) UNION ALL ({CANDIDATES}))"  # noqa: S608 - written above
# Which of a step's finds are looked at, where they are too many.
FIRST = {"newest": "happened_at DESC", "closing": "closes_at, happened_at DESC"}
MOST_SIGNED = "weight DESC"

COUNTED = {
    "kind": "SELECT kind AS value, count(*) AS number FROM one",
    "state": "SELECT value, count(*) AS number FROM one, unnest(lists) AS value",
    "topic": "SELECT value, count(*) AS number FROM one, unnest(topics) AS value",
    "department": "SELECT value, count(*) AS number FROM one, unnest(departments) AS value",
    "region": "SELECT value, count(*) AS number FROM one, unnest(regions) AS value",
    "year": "SELECT year AS value, count(*) AS number FROM one",
}
ORDERS = {
    "relevance": "rank DESC, weight DESC",
    "signatures": "weight DESC, happened_at DESC",
    "newest": "happened_at DESC",
    "closing": "closes_at ASC NULLS LAST, happened_at DESC",
    "trending": "trend.last_day DESC NULLS LAST, weight DESC",
}
TREND = "LEFT JOIN petitions_trend AS trend ON one.kind = 'petition' AND trend.petition_id = one.object_id"


def find(query: Query) -> Results:
    """The answer to a question with a text. A page past the end is empty."""
    asked = asking.read(query.text)
    if not asked.words and asked.number is None:
        return Results([], 0)
    own = [name for name in query.facets if name in query.filters]
    told = _ask(query, asked, page=True, facets=[name for name in query.facets if name not in own])
    facets = told["facets"]
    for name in own:
        facets |= _ask(query, asked, without=name, facets=[name])["facets"]
    return Results(
        found=_marked(told["page"] or [], asked),
        total=min(told["total"], MOST_COUNTED),
        facets=_named(facets),
        partial=told["total"] >= LOOKED_AT,
    )


def _ask(query: Query, asked: Asked, *, facets: list[str], without: str = "", page: bool = False) -> dict[str, Any]:
    """Total, facets and page of one look, as one value of JSON."""
    narrowed = " & ".join(asking.narrowed(query, without=without))
    counted = ", ".join(
        f"'{name}', (SELECT json_object_agg(value, number) FROM ({COUNTED[name]} GROUP BY value) AS counted)"  # noqa: S608
        for name in facets
    )
    trend = TREND if query.sort == "trending" else ""
    shown = (
        f"(SELECT json_agg(shown) FROM (SELECT one.id FROM one {trend} ORDER BY {ORDERS[query.sort]}, "  # noqa: S608
        f"object_id DESC, id DESC LIMIT {PAGE_SIZE} OFFSET %(begins)s) AS shown)"
        if page
        else "NULL"
    )
    candidates = CANDIDATES_OF.replace("{first}", FIRST.get(query.sort, MOST_SIGNED))
    statement = (
        f"{candidates} SELECT json_build_object('total', (SELECT count(*) FROM one), "  # noqa: S608 - written here
        f"'facets', json_build_object({counted}), 'page', {shown})::text"
    )
    wanted = f"({asked.anywhere})" if asked.words else asking.tag("t", "none")
    values = {
        "asked": f"{wanted} & {narrowed}" if narrowed else wanted,
        "reader": query.language,
        "kind": "" if without == "kind" else query.kind,
        "english": asked.words.get("en", ""),
        "french": asked.words.get("fr", ""),
        "narrowed": narrowed,
        "number": -1 if asked.number is None else asked.number,
        "steps": asking.steps(query.sort, timezone.now()),
        "ranks": query.sort == "relevance" and page,
        "looked_at": LOOKED_AT,
        "begins": query.begins,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        told: dict[str, Any] = json.loads(cursor.fetchone()[0])
    return told


def _named(facets: dict[str, dict[str, int] | None]) -> dict[str, dict[str, int]]:
    """The counts with topics by their codes, none beyond what is counted."""
    bounded = {
        name: {value: min(number, MOST_COUNTED) for value, number in (counts or {}).items()}
        for name, counts in facets.items()
    }
    if bounded.get("topic"):
        codes = dict(Topic.objects.values_list("pk", "code"))
        bounded["topic"] = {codes[int(pk)]: n for pk, n in bounded["topic"].items() if int(pk) in codes}
    return bounded


# Of a long text only the beginning is looked through for a piece to show.
LOOKED_THROUGH = 2000
MARKED = """
SELECT kept.id, kept.kind, kept.object_id,
    ts_headline(config, kept.title, asked, 'HighlightAll=true,{marks}'),
    ts_headline(config, left(CASE kept.kind WHEN 'petition' THEN concat_ws(E'\\n', one.ask, one.detail)
                             ELSE kept.text END, {looked_through}), asked,
                'MaxWords=34,MinWords=18,MaxFragments=1,{marks}')
FROM search_document AS kept
LEFT JOIN petitions_petition AS one ON kept.kind = 'petition' AND one.id = kept.object_id,
LATERAL (
    SELECT CASE kept.language WHEN 'fr' THEN 'redress_french' ELSE 'redress_english' END::regconfig AS config,
        CASE kept.language WHEN 'fr' THEN %(french)s ELSE %(english)s END::tsquery AS asked
) AS chosen
WHERE kept.id = ANY(%(ids)s)
""".format(looked_through=LOOKED_THROUGH, marks=f"StartSel={marks.BEGIN},StopSel={marks.END}")  # noqa: S608 - written here


def _marked(page: list[dict[str, int]], asked: Asked) -> list[Found]:
    ids = [row["id"] for row in page]
    if not ids:
        return []
    values = {"ids": ids, "english": asked.words.get("en", ""), "french": asked.words.get("fr", "")}
    with connection.cursor() as cursor:
        cursor.execute(MARKED, values)
        rows = {row[0]: Found(*row[1:]) for row in cursor.fetchall()}
    return [rows[pk] for pk in ids if pk in rows]
