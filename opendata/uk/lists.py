"""Which page of which list a client of the UK Parliament's petitions API asks for, and the links that lead on. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from petitions.listings import LISTINGS

PAGE_SIZE = 50
LAST_PAGE = 99_999
LONGEST_TEXT = 200
LONGEST_CURSOR = 400
# Those of the UK API; who trends has a document of its own there.
STATES = tuple(name for name in LISTINGS if name != "trending")


def _whole(text: str, low: int, high: int) -> int | None:
    """The whole number in a parameter, pushed between the bounds; None where there is none."""
    sign, digits = text[:1] == "-", text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        return None
    number = int(digits[:9]) * (-1 if sign else 1)
    return min(max(number, low), high)


@dataclass(frozen=True)
class Question:
    """The parameters of a list, made sound: nothing that a client of the UK's API sends is an error.

    ``cursor`` is ours: the place behind which the page begins. It comes as it was given; ``parliament`` is a number
    that the archive knows.
    """

    state: str = "all"
    text: str = ""
    topic: str = ""
    page: int = 1
    count: int | None = None  # as asked for, between 1 and 50
    cursor: str = ""
    parliament: int | None = None

    @classmethod
    def read(
        cls, values: Mapping[str, str], *, states: Collection[str] = STATES, parliament: int | None = None
    ) -> "Question":
        """The question in these parameters. An unknown state reads as all, a page out of bounds as the first."""
        state = values.get("state", "")
        page = _whole(values.get("page", ""), 0, LAST_PAGE + 1)
        return cls(
            state=state if state in states else "all",
            text=values.get("q", "").replace("\x00", "").strip()[:LONGEST_TEXT],
            topic=values.get("topic", "").replace("\x00", "")[:LONGEST_TEXT],
            page=page if page is not None and 1 <= page <= LAST_PAGE else 1,
            count=_whole(values.get("count", ""), 1, PAGE_SIZE),
            cursor=values.get("cursor", "")[: LONGEST_CURSOR + 1],
            parliament=parliament,
        )

    @property
    def size(self) -> int:
        return self.count or PAGE_SIZE

    @property
    def begins(self) -> int:
        return 0 if self.cursor else (self.page - 1) * self.size

    def address(self, page: int = 1, cursor: str = "") -> str:
        """The parameters of another page of this list, in the order of the alphabet, without those that go without
        saying."""
        values = {
            "count": self.count or "",
            "cursor": cursor,
            "page": page if page > 1 else "",
            "parliament": self.parliament or "",
            "q": self.text,
            "state": "" if self.state == "all" else self.state,
            "topic": self.topic,
        }
        return urlencode({name: value for name, value in values.items() if value != ""})


def links(
    question: Question, *, base: str, called: str, total: int, next_cursor: str | None = None
) -> dict[str, str | None]:
    """The links of a page: ``called`` is the address that was asked for, ``base`` the list's without parameters.

    Past the end the previous page is the last one; of an empty list the last page is the first. A page that was asked
    for by cursor leads on by ``next_cursor`` and knows of no page before it.
    """
    last = max(-(-total // question.size), 1)

    def address(page: int = 1, cursor: str = "") -> str:
        parameters = question.address(page, cursor)
        return f"{base}?{parameters}" if parameters else base

    ends = {"self": called, "first": address(), "last": address(last)}
    if question.cursor:
        return {**ends, "next": address(cursor=next_cursor) if next_cursor else None, "prev": None}
    return {
        **ends,
        "next": address(question.page + 1) if question.page < last else None,
        "prev": address(min(question.page - 1, last)) if question.page > 1 else None,
    }
