"""What can be asked of a search, and what comes back: one contract for every engine.

An engine is a function ``Query -> Results``. PostgreSQL (`search.fallback`) is always there.
"""

from dataclasses import dataclass, field
from typing import Any

from petitions.listings import SHOWN
from petitions.models import Petition, Topic

LONGEST_TEXT = 200
PAGE_SIZE = 20
DEEPEST_PAGE = 50
# Beyond this many nobody needs an exact number, and counting on would cost more than finding.
MOST_COUNTED = 10_000

SORTS = ("relevance", "signatures", "trending", "newest", "closing")


@dataclass(frozen=True)
class Query:
    """A question, already sound: every value is one that an engine may rely on."""

    text: str = ""
    state: str = "all"
    topic: str = ""
    sort: str = "signatures"
    page: int = 1

    @classmethod
    def read(cls, values: Any) -> "Query":
        """The question that a client's parameters ask. Whatever makes no sense reads as if it were not there."""
        text = " ".join(values.get("q", "").replace("\x00", " ").split())[:LONGEST_TEXT].strip()
        state = values.get("state", "")
        sort = values.get("sort", "")
        topic = values.get("topic", "").replace("\x00", "")[: Topic._meta.get_field("code").max_length or 0]
        page = values.get("page", "")
        natural = "relevance" if text else "signatures"
        return cls(
            text=text,
            state=state if state in SHOWN else "all",
            topic=topic,
            sort=sort if sort in SORTS and (text or sort != "relevance") else natural,
            page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 7 and int(page) else 1,
        )


@dataclass(frozen=True)
class Results:
    """One page of petitions, and how many there are.

    ``total`` and the facets stop at MOST_COUNTED. ``states`` counts by list name what the text and topic find in each;
    ``topics`` counts by topic code what the text and state find.
    """

    petitions: list[Petition]
    total: int
    states: dict[str, int] = field(default_factory=dict)
    topics: dict[str, int] = field(default_factory=dict)

    @property
    def total_is_exact(self) -> bool:
        return self.total < MOST_COUNTED
