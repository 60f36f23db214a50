"""A question in the words of the index: what is looked for in each language, and a tag for each filter."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from petitions.models import Topic
from petitions.querysets import searched
from search.models import Kind
from search.queries import Query

LONGEST_NUMBER = 18
# How often a count can be halved: search_tier() gives no more.
TIERS = range(22, -1, -1)
FIRST_YEAR = 2000

WORDS = """
SELECT websearch_to_tsquery('redress_english', %(text)s)::text, websearch_to_tsquery('redress_french', %(text)s)::text
"""


@dataclass(frozen=True)
class Asked:
    """``words`` by language: what a text of that language must hold; a language without words finds nothing.

    ``number`` is a petition's, where the text is one.
    """

    words: dict[str, str]
    number: int | None

    @property
    def anywhere(self) -> str:
        """The words, each in the texts of its language. Empty where nothing can be found by them."""
        return " | ".join(f"(({words}) & {tag('l', language)})" for language, words in self.words.items())


def read(text: str) -> Asked:
    """What this text asks for."""
    with connection.cursor() as cursor:
        cursor.execute(WORDS, {"text": searched(text)})
        english, french = cursor.fetchone()
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None
    return Asked({language: words for language, words in (("en", english), ("fr", french)) if words}, number)


def tag(kind: str, value: object) -> str:
    """One of the tags that `search_tags()` puts among the words, quoted for a question."""
    quoted = f"§{kind}:{value}".replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'"


def narrowed(query: Query, *, without: str = "") -> list[str]:
    """The tags of all filters but one. An unknown topic is a tag that nothing has."""
    tags = {
        "kind": _of_kind(query),
        "state": tag("s", query.state) if query.state != "all" else "",
        "topic": tag("o", _number_of(query.topic)) if query.topic else "",
        "department": tag("d", int(query.department)) if query.department else "",
        "region": tag("g", query.region) if query.region else "",
        "year": tag("y", int(query.year)) if query.year else "",
    }
    if without == "kind":
        tags["kind"] = _of_kind(Query(kind="", language=query.language))
    return [one for name, one in tags.items() if one and (name == "kind" or name != without)]


def _of_kind(query: Query) -> str:
    of_reader = tag("r", query.language)
    if query.kind == Kind.PETITION:
        return tag("k", query.kind)
    return f"({tag('k', query.kind)} & {of_reader})" if query.kind else f"({tag('k', Kind.PETITION)} | {of_reader})"


def _number_of(topic: str) -> int:
    return Topic.objects.filter(code=topic).values_list("pk", flat=True).first() or 0


def steps(sort: str, now: datetime) -> list[str]:
    """Tags that part all documents, those that come first in this order in the first: found step by step."""
    years: Iterable[str] = (tag("y", year) for year in range(now.year + 1, FIRST_YEAR - 1, -1))
    over = (tag("c", year) for year in range(now.year + 1, FIRST_YEAR - 1, -1))
    if sort == "newest":
        return list(years)
    if sort == "closing":
        return [tag("c", "open"), *over]
    return [tag("t", tier) for tier in TIERS]
