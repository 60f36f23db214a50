"""Reading values of records whose shape nobody guarantees: each reader returns a sound value or says what is wrong."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from petitions.importing.lines import BadRecord

LARGEST_COUNT = 2**31 - 1
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
WHOLE_NUMBER = re.compile(r"\d{1,10}", re.ASCII)
# Zero bytes and halves of surrogate pairs.
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
CODE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


class Fields:
    """The fields of one JSON object. A field that is missing, null or "" is absent. Readers raise BadRecord."""

    def __init__(self, values: Any, place: str = "") -> None:
        self._place = place
        if not isinstance(values, Mapping):
            raise BadRecord(f"{place.rstrip('.') or 'the record'}: not an object")
        self._values = values

    def text(self, name: str, *, longest: int = 100_000) -> str:
        """A string that the database can hold, '' when absent."""
        return self._sound(name, self._values.get(name), longest)

    def needed_text(self, name: str, *, longest: int = 100_000) -> str:
        """A string with something in it."""
        text = self.text(name, longest=longest)
        if not text.strip():
            raise self._bad(name, "missing")
        return text

    def code(self, name: str, *, longest: int) -> str:
        """A string of ASCII letters, digits, - and _."""
        return self._code(name, self.needed_text(name, longest=longest))

    def codes(self, name: str, *, longest: int) -> list[str]:
        """A list of such strings, [] when absent."""
        return [self._code(name, self._sound(name, code, longest)) for code in self._list(name)]

    def whole(self, name: str, *, low: int, high: int) -> int:
        """A whole number within bounds; a true or false is none."""
        number = self._values.get(name)
        if isinstance(number, bool) or not isinstance(number, int):
            raise self._bad(name, "not a whole number" if name in self._values else "missing")
        if not low <= number <= high:
            raise self._bad(name, f"not between {low} and {high}")
        return number

    def count(self, name: str) -> int:
        """A number of signatures."""
        return self.whole(name, low=0, high=LARGEST_COUNT)

    def moment(self, name: str) -> datetime | None:
        """An instant with its time zone."""
        text = self.text(name, longest=40)
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise self._bad(name, "not a time as 2019-02-20T10:25:02Z") from error
        if moment.tzinfo is None or not EARLIEST <= moment <= LATEST:
            raise self._bad(name, "not a time with its time zone")
        return moment.astimezone(UTC)

    def needed_moment(self, name: str) -> datetime:
        moment = self.moment(name)
        if moment is None:
            raise self._bad(name, "missing")
        return moment

    def unix_moment(self, name: str) -> datetime:
        """An instant that stands as whole seconds since 1970."""
        return datetime.fromtimestamp(self.whole(name, low=0, high=int(LATEST.timestamp())), UTC)

    def day(self, name: str) -> date | None:
        text = self.text(name, longest=40)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError as error:
            raise self._bad(name, "not a date as 2019-02-20") from error

    def address(self, name: str, *, longest: int = 500) -> str:
        """A web address, http or https, '' when absent: others do not become links."""
        text = self.text(name, longest=longest)
        try:
            sound = not text or (urlsplit(text).scheme in ("http", "https") and bool(urlsplit(text).hostname))
        except ValueError:
            sound = False
        if not sound or any(character <= " " for character in text):
            raise self._bad(name, "not a web address")
        return text

    def one(self, name: str) -> "Fields | None":
        """The fields of an object inside, None when absent."""
        values = self._values.get(name)
        return None if values is None else Fields(values, f"{self._place}{name}.")

    def many(self, name: str) -> "list[Fields]":
        """The fields of each object of a list inside, [] when absent."""
        return [Fields(values, f"{self._place}{name}.") for values in self._list(name)]

    def _list(self, name: str) -> list[Any]:
        values = self._values.get(name)
        if values is None:
            return []
        if not isinstance(values, list):
            raise self._bad(name, "not a list")
        return values

    def _sound(self, name: str, text: Any, longest: int) -> str:
        if text is None:
            return ""
        if not isinstance(text, str):
            raise self._bad(name, "not a text")
        if len(text) > longest:
            raise self._bad(name, f"longer than {longest} characters")
        if UNSTORABLE.search(text):
            raise self._bad(name, "characters that no text can hold")
        return text

    def _code(self, name: str, text: str) -> str:
        if not CODE.fullmatch(text):
            raise self._bad(name, "not a code of letters, digits, - and _")
        return text

    def _bad(self, name: str, what: str) -> BadRecord:
        return BadRecord(f"{self._place}{name}: {what}")


def whole_number(text: str) -> int | None:
    """The number that a cell holds, None when it holds no whole number from 0 to the largest count."""
    number = int(text) if WHOLE_NUMBER.fullmatch(text) else None
    return number if number is not None and number <= LARGEST_COUNT else None
