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
# How often a count can be halved (search_tier), in steps that hold about as many: few petitions have many signatures.
TIERS = (range(13, 23), (12, 11), (10, 9), (8, 7), (6, 5), (4, 3), (2, 1, 0))
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
        """What a text of some language must hold. Empty where nothing can be found by words."""
        return " | ".join(f"({words})" for words in dict.fromkeys(self.words.values()))


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
    """The tags of all filters but one. An unknown topic is a tag that nothing has.

    That it is a petition is no tag here, nor for whom it is: nearly all are, and the index would read them all.
    """
    tags = {
        "kind": tag("k", query.kind) if query.kind not in ("", Kind.PETITION) else "",
        "state": tag("s", query.state) if query.state != "all" else "",
        "topic": tag("o", _number_of(query.topic)) if query.topic else "",
        "department": tag("d", int(query.department)) if query.department else "",
        "region": tag("g", query.region) if query.region else "",
        "year": tag("y", int(query.year)) if query.year else "",
    }
    return [one for name, one in tags.items() if one and name != without]


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
    return [" | ".join(tag("t", tier) for tier in tiers) for tiers in TIERS]
