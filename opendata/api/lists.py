"""Pages of lists: so many rows behind a place, and the address of the next page."""

from typing import Annotated, Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja.errors import HttpError
from pydantic import BaseModel, Field

from opendata import keyset
from opendata.replies import host_address

USUAL, MOST = 50, 100
LONGEST_TEXT = 200

Limit = Annotated[int, Field(ge=1, le=MOST, description=_("How many rows, 100 at most."), examples=[20])]
Cursor = Annotated[
    str,
    Field(max_length=keyset.LONGEST, description=_("The place to go on behind, as `next` has it; empty: the start.")),
]


class PartAsked(BaseModel):
    """Which part of a list."""

    limit: Limit = USUAL
    cursor: Cursor = ""


def page(
    request: HttpRequest, rows: QuerySet, order: keyset.Order, *, of: str, part: PartAsked
) -> tuple[list[Any], str | None]:
    """The rows of this part in this order, and the address of the next page. ``of`` names the list.

    Raises HttpError (404) for a cursor that leads nowhere in it.
    """
    placed = keyset.with_places(rows, order)
    if part.cursor:
        try:
            placed = keyset.behind(placed, order, part.cursor, of=of)
        except keyset.BadPlace as error:
            raise HttpError(404, "This cursor leads nowhere in this list: begin without one.") from error
    found = list(placed[: part.limit + 1])
    if len(found) <= part.limit:
        return found, None
    return found[: part.limit], _next(request, keyset.place_of(found[part.limit - 1], order, of=of))


def _next(request: HttpRequest, cursor: str) -> str:
    asked = [(name, value) for name, value in request.GET.items() if name != "cursor"]
    return f"{host_address(request)}{request.path}?{urlencode(sorted([*asked, ('cursor', cursor)]))}"
