"""The public tracker: every answer that is owed, read from the public face of cases only."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, cast

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms.languages import main_language
from petitions.lifecycle import ResponseState, State
from petitions.models import PublicCase
from petitions.wording import localized
from responses import clock
from responses.models.case import PAUSED, CaseState

STATES: dict[str, str | Promise] = {**dict(CaseState.choices), PAUSED: _("paused")}

# Name in the address -> order in the table. Lateness comes first: it is what the tracker is for.
ORDERS: dict[str, tuple[Any, ...]] = {
    "late": (F("due_on").asc(), F("petition_id").asc()),
    "since": (F("owed_since").asc(), F("petition_id").asc()),
    "signatures": (F("petition__signature_count").desc(), F("petition_id").asc()),
    "department": (F("department__name").asc(nulls_last=True), F("due_on").asc(), F("petition_id").asc()),
    "state": (F("state").asc(), F("due_on").asc(), F("petition_id").asc()),
    "title": (F("petition__title").asc(), F("petition_id").asc()),
}
DEFAULT_ORDER = "late"
# What a spreadsheet would run as a formula when it opens the file.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Owed:
    """One answer that is owed, as JSON and CSV tell it: texts in the main language, dates as ISO 8601."""

    petition_id: int
    title: str
    url: str
    signatures: int
    department: str | None
    state: str
    owed_since: str
    due_on: str
    days_late: int
    pause_reason: str | None


COLUMNS = [field.name for field in fields(Owed)]


def owed(order: str = DEFAULT_ORDER) -> QuerySet[PublicCase]:
    """The public faces of all owed answers; an unknown ``order`` is that of lateness.

    Petitions that were hidden, taken down or withdrawn are not there, nor what was imported: that has no due date.
    """
    return (
        PublicCase.objects.filter(
            case_id__isnull=False,
            due_on__isnull=False,
            answered_at=None,
            petition__state__in=(State.OPEN, State.CLOSED),
            petition__response_state=ResponseState.AWAITING,
        )
        .select_related("petition", "department")
        .order_by(*ORDERS.get(order, ORDERS[DEFAULT_ORDER]))
    )


def rows(base_url: str, today: date) -> Iterator[Owed]:
    """Every owed answer, latest first; ``base_url`` stands before the path of each petition."""
    for face in owed():
        due_on = cast(date, face.due_on)
        yield Owed(
            petition_id=face.petition_id,
            title=face.petition.title,
            url=f"{base_url}/petitions/{face.petition_id}/",
            signatures=face.petition.signature_count,
            department=localized(face.department, main_language()) if face.department else None,
            state=face.state,
            owed_since=timezone.localtime(face.owed_since).isoformat(timespec="seconds"),
            due_on=due_on.isoformat(),
            days_late=clock.days_late(due_on, today),
            pause_reason=localized(face.pause_reason, main_language()) or None,
        )


def as_dicts(owed_rows: Iterable[Owed]) -> list[dict[str, Any]]:
    return [asdict(row) for row in owed_rows]


def write_csv(owed_rows: Iterable[Owed], target: Any) -> None:
    """The rows as RFC 4180 with a header; a text that a spreadsheet would run gets an apostrophe in front."""
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in owed_rows:
        writer.writerow([_cell(value) for value in asdict(row).values()])


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def shown(face: PublicCase, language: str, today: date) -> dict[str, Any]:
    """One row of the page's table."""
    return {
        "petition": face.petition,
        "text_language": face.petition.language if face.petition.language != language else "",
        "department": localized(face.department, language) if face.department else "",
        "state": STATES.get(face.state, face.state),
        "paused": face.state == PAUSED,
        "pause_reason": localized(face.pause_reason, language),
        "owed_since": face.owed_since,
        "due_on": face.due_on,
        "days_late": clock.days_late(cast(date, face.due_on), today),
    }


def by_department(language: str, today: date) -> list[dict[str, Any]]:
    """How many answers each department owes and how many of them are late, most late first."""
    groups = (
        owed()
        .order_by()
        .values("department", name=F("department__name"), name_fr=F("department__name_fr"))
        .annotate(owed=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
        .order_by("-late", "-owed", "name")
    )
    return [
        {
            "name": localized({"en": group["name"], "fr": group["name_fr"]}, language) if group["department"] else "",
            "owed": group["owed"],
            "late": group["late"],
        }
        for group in groups
    ]
