"""Lists as CSV, whole: small ones at once, long ones as a stream that holds numbers only.

The numbers of a list's petitions are read first, in its order; their rows follow in short statements. So no petition
comes twice or is left out, however its count moves meanwhile, and no cursor is held open for a slow reader.
"""

import csv
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from opendata.streams import Stream, streamed
from opendata.uk.documents import STATES
from petitions.lifecycle import State
from petitions.models import Petition
from petitions.querysets import PetitionQuerySet
from responses.spreadsheet import cell

CONTENT_TYPE = "text/csv; charset=utf-8; header=present"
HEAD = ("Petition", "URL", "State", "Signatures Count")
BATCH = 1_000
AT_ONCE = 2_000  # rows that are one answer, which may be held


@dataclass(frozen=True)
class Rows:
    """The rows of a table, in batches, and how many there are."""

    head: tuple[str, ...]
    number: int
    batches: Iterable[list[tuple[Any, ...]]]


def petition_rows(petitions: PetitionQuerySet, address: str) -> Rows:
    """A row for each of these petitions, in their order. ``address`` has a place for the number."""
    numbers = array("q", petitions.values_list("pk", flat=True))

    def batches() -> Iterator[list[tuple[Any, ...]]]:
        for begin in range(0, len(numbers), BATCH):
            some = numbers[begin : begin + BATCH].tolist()
            found = Petition.objects.public().filter(pk__in=some).values_list("pk", "title", "state", "signature_count")
            rows = {pk: (title, address.format(pk), _state(state), count) for pk, title, state, count in found}
            yield [rows[pk] for pk in some if pk in rows]

    return Rows(HEAD, len(numbers), batches())


def _state(state: str) -> str:
    return STATES.get(State(state), "closed")


def as_csv(request: HttpRequest, rows: Rows, *, name: str) -> HttpResponse | Stream:
    """The table as RFC 4180 for spreadsheets; 503 while too many long ones are read already."""
    response: HttpResponse | Stream
    if rows.number <= AT_ONCE:
        response = HttpResponse("".join(_lines(rows)), content_type=CONTENT_TYPE)
    else:
        response = streamed(request, _lines(rows), content_type=CONTENT_TYPE)
    if response.status_code == HTTPStatus.OK:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(rows: Rows) -> Iterator[str]:
    """The table, some lines at a time."""
    written = _Written()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(rows.head)
    yield written.taken()
    for batch in rows.batches:
        writer.writerows([cell(value) for value in row] for row in batch)
        yield written.taken()


class _Written:
    """What a writer wrote, until it is taken."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def write(self, part: str) -> None:
        self._parts.append(part)

    def taken(self) -> str:
        parts, self._parts = self._parts, []
        return "".join(parts)
