"""Petitions that ask for nearly the same: shown before a new one is written, and beside it when it is checked.

A better finder (a search engine) registers itself with `register`; without one, or when it has no answer, PostgreSQL
compares words. How the score was chosen: docs/reading.md.
"""

from collections.abc import Callable, Collection
from typing import Any

import structlog
from django.db import connection

from petitions.lifecycle import State
from petitions.models import Petition
from petitions.querysets import search_configuration

log = structlog.get_logger(__name__)

Finder = Callable[..., list[int]]

_registered: Finder | None = None

# Each word of the title counts the more the rarer it is, twice where it stands in the other title; long titles are
# held back, titles with the same letters pushed forward. How rare a word is need not be known beyond some thousands.
SCORED = """
WITH words AS MATERIALIZED (
    SELECT word, word_in_title, 1 / (1 + ln(1 + found.number)) AS rarity
    FROM (
        SELECT quoted::tsquery AS word, (quoted || ':A')::tsquery AS word_in_title
        FROM (
            SELECT '''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''' AS quoted
            FROM unnest(to_tsvector(%(config)s::regconfig, %(title)s)) ORDER BY length(lexeme) DESC LIMIT %(words)s
        ) AS lexemes
    ) AS queries,
    LATERAL (
        SELECT count(*) AS number
        FROM (
            SELECT 1 FROM petitions_petition WHERE search @@ word AND state = ANY(%(states)s) LIMIT %(counted)s
        ) AS bounded
    ) AS found
), candidates AS MATERIALIZED (
    SELECT id, search, similarity(title, %(title)s) AS likeness
    FROM petitions_petition
    WHERE state = ANY(%(states)s) AND id <> %(exclude)s
      AND (search @@ (SELECT string_agg(word::text, ' | ')::tsquery FROM words) OR title %% %(title)s)
)
SELECT id
FROM candidates, LATERAL (
    SELECT coalesce(sum(
        rarity * CASE WHEN search @@ word_in_title THEN 2 WHEN search @@ word THEN 1 ELSE 0 END
    ), 0) AS shared, coalesce(sum(rarity), 1) AS whole
    FROM words
) AS matched
WHERE shared >= %(least_shared)s * whole OR likeness >= %(least_likeness)s
ORDER BY (shared / (1 + 0.5 * ln(1 + length(ts_filter(search, '{a}')))) + 0.1 * likeness) * (1 + likeness) DESC, id DESC
LIMIT %(limit)s
"""
MOST_WORDS = 16
COUNTED = 5000
LEAST_SHARED = 0.3
LEAST_LIKENESS = 0.3


def register(finder: Finder | None) -> None:
    """Ask ``finder(title=, language=, limit=, states=, exclude_id=) -> ids, nearest first`` before PostgreSQL.

    None takes it away again. Whatever it raises is logged, and PostgreSQL answers.
    """
    global _registered
    _registered = finder


def find(
    *,
    title: str,
    language: str,
    limit: int = 5,
    states: Collection[str] | None = None,
    exclude_id: int | None = None,
) -> list[Petition]:
    """The petitions most like ``title``, nearest first, at most ``limit``; fewer where nothing else comes near.

    ``states`` are those looked at (open ones if not given); ``exclude_id`` is left out. A petition that is not public
    is found only by whoever names its state.
    """
    wanted = [str(state) for state in (states or (State.OPEN,))]
    ids = _by_finder(title=title, language=language, limit=limit, states=wanted, exclude_id=exclude_id)
    if ids is None:
        ids = _by_words(title=title, language=language, limit=limit, states=wanted, exclude_id=exclude_id)
    # The finder's index may lag behind: what is shown is what the table says now.
    found = Petition.objects.filter(state__in=wanted).in_bulk(ids)
    return [found[pk] for pk in ids if pk in found and pk != exclude_id]


def _by_finder(**question: object) -> list[int] | None:
    if _registered is None:
        return None
    try:
        return _registered(**question)
    except Exception as error:
        log.warning("similar_finder_failed", error=type(error).__name__)
        return None


def _by_words(*, title: str, language: str, limit: int, states: list[str], exclude_id: int | None) -> list[int]:
    values: dict[str, Any] = {
        "title": title.replace("\x00", ""),
        "config": search_configuration(language),
        "states": states,
        "exclude": exclude_id or 0,
        "limit": limit,
        "words": MOST_WORDS,
        "counted": COUNTED,
        "least_shared": LEAST_SHARED,
        "least_likeness": LEAST_LIKENESS,
    }
    with connection.cursor() as cursor:
        cursor.execute(SCORED, values)
        return [pk for (pk,) in cursor.fetchall()]
