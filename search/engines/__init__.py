"""Who answers: lists come from the tables, texts are looked for by the search server, or else by PostgreSQL."""

from dataclasses import replace

from search.engines import elastic, postgresql, tables
from search.engines.elastic.breaker import Away
from search.queries import Query, Results, Suggestion


def find(query: Query) -> Results:
    """The answer to a question. Never fails because a search server does: ``simpler`` tells that it did."""
    if not query.text:
        return tables.find(query)
    if not elastic.takes(query):
        return postgresql.find(query)
    try:
        return elastic.find(query)
    except Away:
        return replace(postgresql.find(query), simpler=True)


def suggest(text: str, *, language: str, limit: int) -> list[Suggestion]:
    """Titles that begin with what was typed, most signed first; of petitions, and of pages for ``language``."""
    if elastic.is_configured():
        try:
            return elastic.suggest(text, language=language, limit=limit)
        except Away:
            pass
    return postgresql.suggest(text, language=language, limit=limit)
