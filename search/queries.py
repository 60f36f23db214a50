"""What can be asked of a search, and what comes back: one contract for every engine.

An engine answers a ``Query`` that has a text with ``Results``: Elasticsearch (`search.engines.elastic`) where it is
configured and well, PostgreSQL (`search.engines.postgresql`) always. Lists without a text come from the tables
(`search.engines.tables`). Which of them answered makes no difference to whoever asks, but for ``Results.simpler``.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from petitions.listings import SHOWN
from petitions.models import Topic
from search.models import Kind

LONGEST_TEXT = 200
PAGE_SIZE = 20
DEEPEST_PAGE = 50
# Beyond this many nobody needs an exact number, and counting on would cost more than finding: "1,000+".
MOST_COUNTED = 1_000

SORTS = ("relevance", "signatures", "trending", "newest", "closing")
FACETS = ("kind", "state", "topic", "department", "region", "year")
KINDS = tuple(Kind.values)

_REGION = re.compile(r"[A-Za-z0-9]{1,4}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_TOKEN = re.compile(r"p([1-9][0-9]{0,3})")


@dataclass(frozen=True)
class Query:
    """A question, already sound: every value is one that an engine may rely on.

    ``topic`` is a topic's code, ``department`` a number, ``year`` that of opening; empty means any. ``language`` is the
    reader's: answers and pages come in it alone, petitions in whatever language they were written.
    """

    text: str = ""
    kind: str = Kind.PETITION
    state: str = "all"
    topic: str = ""
    department: str = ""
    region: str = ""
    year: str = ""
    sort: str = "signatures"
    page: int = 1
    language: str = "en"
    across: bool = False  # asked of all kinds, of which the reader may choose

    @classmethod
    def read(cls, values: Mapping[str, str], *, language: str = "en", kinds: tuple[str, ...] = ()) -> "Query":
        """The question that a client's parameters ask. Whatever makes no sense reads as if it were not there.

        ``kinds``: what ``kind`` may be; nothing but petitions where none is given. A page token wins over a page.
        """
        text = " ".join(values.get("q", "").replace("\x00", " ").split())[:LONGEST_TEXT].strip()
        state, sort, kind = values.get("state", ""), values.get("sort", ""), values.get("kind", "")
        topic = values.get("topic", "").replace("\x00", "")[: Topic._meta.get_field("code").max_length or 0]
        region = values.get("region", "")
        natural = "relevance" if text else "signatures"
        return cls(
            text=text,
            kind=(kind if kind in kinds else "") if kinds else str(Kind.PETITION),
            state=state if state in SHOWN else "all",
            topic=topic,
            department=_number(values.get("department", ""), digits=9),
            region=region if _REGION.fullmatch(region) else "",
            year=_year(values.get("year", "")),
            sort=sort if sort in SORTS and (text or sort != "relevance") else natural,
            page=page_of_token(values.get("token", "")) or int(_number(values.get("page", ""), digits=6) or 1) or 1,
            language=language,
            across=bool(kinds),
        )

    @property
    def begins(self) -> int:
        """How many come before this page."""
        return (self.page - 1) * PAGE_SIZE

    @property
    def facets(self) -> tuple[str, ...]:
        """What the reader may narrow the finds by."""
        return FACETS if self.across else FACETS[1:]

    @property
    def filters(self) -> dict[str, str]:
        """What narrows the text's finds, by facet; only what is asked for."""
        chosen = {name: str(getattr(self, name)) for name in self.facets}
        return {name: value for name, value in chosen.items() if value and (name, value) != ("state", "all")}


def _number(text: str, *, digits: int) -> str:
    return text if text.isascii() and text.isdigit() and len(text) <= digits else ""


def _year(text: str) -> str:
    return text if _YEAR.fullmatch(text) else ""


def page_of_token(token: str) -> int | None:
    """The page that a page token leads to; None for what is no token of ours.

    A token names a place in the order, not a state of an engine: leafing goes on when another one answers meanwhile.
    """
    try:
        found = _TOKEN.fullmatch(base64.urlsafe_b64decode(token.encode() + b"==").decode())
    except (binascii.Error, ValueError):
        return None
    return int(found[1]) if found else None


def token_of(page: int) -> str:
    """The page token of this page."""
    return base64.urlsafe_b64encode(f"p{page}".encode()).decode().rstrip("=")


@dataclass(frozen=True)
class Found:
    """A document that fits. ``title`` and ``text`` are pieces of it with the words marked (`search.marks`), or ''."""

    kind: str
    object_id: int
    title: str = ""
    text: str = ""


@dataclass(frozen=True)
class Results:
    """One page of what fits, in order, and how many there are.

    ``facets`` counts, by facet and value, what would be found with that value and all other filters. No number goes
    beyond ``most``. ``partial``: the numbers come from the finds looked at, and there are at least so many.
    ``simpler``: the search server did not answer, and the tables did.
    """

    found: list[Found]
    total: int
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    partial: bool = False
    simpler: bool = False
    most: int = MOST_COUNTED

    @property
    def total_is_exact(self) -> bool:
        return self.total < self.most and not self.partial

    def is_least(self, number: int) -> bool:
        """Whether this number of a facet says only that there are at least so many."""
        return self.partial or number >= self.most

    def next_token(self, query: Query) -> str:
        """The token of the next page; empty at the end."""
        goes_on = query.page < DEEPEST_PAGE and query.begins + len(self.found) < self.total
        return token_of(query.page + 1) if goes_on and len(self.found) == PAGE_SIZE else ""


@dataclass(frozen=True)
class Suggestion:
    """The title of something public that begins with what was typed, word by word."""

    kind: str
    object_id: int
    title: str
    address: str
