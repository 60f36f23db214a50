"""Titles that begin with what was typed: first among the most signed, and only then among all."""

import re

from django.db import connection

from search.queries import Suggestion

# Most beginnings are common ones, and stand in these; what is not there is rare, and quickly found by the index.
MOST_SIGNED = 1500
LONGEST_BEGINNING = 60
MOST_WORDS = 8

_WORD = re.compile(r"\w+")

SHOWN = "(reads = '' OR reads = %(language)s)"
AMONG_MOST_SIGNED = f"""
SELECT kind, object_id, title, address FROM (
    SELECT * FROM search_document WHERE NOT gone ORDER BY tier DESC, id DESC LIMIT {MOST_SIGNED}
) AS most_signed
WHERE starts @@ to_tsquery('redress_plain', %(begun)s) AND {SHOWN}
LIMIT %(limit)s
"""  # noqa: S608 - written above
# By a sum, or the planner walks down the signatures again, in the hope to meet a rare word soon.
AMONG_ALL = f"""
SELECT kind, object_id, title, address FROM search_document
WHERE starts @@ to_tsquery('redress_plain', %(begun)s) AND {SHOWN} AND NOT gone
ORDER BY tier + 0 DESC, id DESC
LIMIT %(limit)s
"""  # noqa: S608 - written above


def begun(text: str) -> str:
    """What was typed as a question: all words, of which the last may go on. Empty where there is no word."""
    words = _WORD.findall(text[:LONGEST_BEGINNING])[:MOST_WORDS]
    return " & ".join([f"'{word}'" for word in words[:-1]] + [f"'{word}':*" for word in words[-1:]])


def suggest(text: str, *, language: str, limit: int) -> list[Suggestion]:
    """At most ``limit`` titles, the most signed first."""
    values = {"begun": begun(text), "language": language, "limit": limit}
    if not values["begun"]:
        return []
    with connection.cursor() as cursor:
        cursor.execute(AMONG_MOST_SIGNED, values)
        rows = cursor.fetchall()
        if len(rows) < limit:
            cursor.execute(AMONG_ALL, values)
            rows = cursor.fetchall()
    return [Suggestion(*row) for row in rows]
