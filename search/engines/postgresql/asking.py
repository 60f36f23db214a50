"""A question in the words of the index: what is looked for in each language, and a tag for each filter."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import connection

from petitions.models import Topic
from petitions.querysets import searched
from search.models import Kind
from search.queries import Query

LONGEST_NUMBER = 18
# How often a count can be halved (search_tier), in steps that hold more and more: a word that many texts have is found
# often enough in the first, and one that few have is not looked for many times.
TIERS = (range(16, 23), range(13, 16), range(9, 13), range(9))
YEARS = (2, 1, 2, 4, 8, 16)  # in steps from the next one back

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
    if sort == "newest":
        return _by_years("y", now)
    if sort == "closing":
        return [tag("c", "open"), *_by_years("c", now)]
    return [" | ".join(tag("t", tier) for tier in tiers) for tiers in TIERS]


def _by_years(kind: str, now: datetime) -> list[str]:
    years = iter(range(now.year + 1, 0, -1))
    return [" | ".join(tag(kind, year) for year in islice(years, number)) for number in YEARS]
