"""The public tracker: every answer that is owed, read from the public face of cases only."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.db.models import Count, F, Min, QuerySet, Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms.languages import main_language
from petitions.lifecycle import ResponseState, State
from petitions.models import PublicCase
from petitions.timeline import words
from petitions.wording import localized
from responses import clock
from responses.models.case import PAUSED, CaseState

STATES: dict[str, str | Promise] = {**dict(CaseState.choices), PAUSED: _("paused")}

# Name in the address -> order in the table. Lateness comes first: it is what the tracker is for.
ORDERS: dict[str, tuple[Any, ...]] = {
    "late": (F("due").asc(), F("first").asc()),
    "since": (F("since").asc(), F("first").asc()),
    "signatures": (F("signatures").desc(), F("first").asc()),
    "department": (F("who").asc(nulls_last=True), F("due").asc(), F("first").asc()),
    "state": (F("stage").asc(), F("due").asc(), F("first").asc()),
    "title": (F("name").asc(), F("first").asc()),
}
DEFAULT_ORDER = "late"


@dataclass(frozen=True)
class Owed:
    """One petition whose answer is owed, as JSON and CSV tell it: texts in the main language, dates as ISO 8601.

    Petitions that one answer will serve have the same ``case``; ``case_signatures`` is the sum of theirs.
    """

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
    update: str | None
    case: int
    case_petitions: int
    case_signatures: int


def owed() -> QuerySet[PublicCase]:
    """The public faces of all petitions that wait for an answer.

    Petitions that were hidden, taken down or withdrawn are not there, nor what was imported: that has no due date.
    """
    return PublicCase.objects.filter(
        case_id__isnull=False,
        due_on__isnull=False,
        answered_at=None,
        petition__state__in=(State.OPEN, State.CLOSED),
        petition__response_state=ResponseState.AWAITING,
    )


def owed_cases(order: str = DEFAULT_ORDER) -> QuerySet[PublicCase, Any]:
    """One row for each answer that is owed, with the sum of its petitions; an unknown ``order`` is that of lateness."""
    return (
        owed()
        .order_by()
        .values("case_id")
        .annotate(
            first=Min("petition_id"),
            petitions=Count("pk"),
            signatures=Sum("petition__signature_count"),
            due=Min("due_on"),
            since=Min("owed_since"),
            stage=Min("state"),
            who=Min("department__name"),
            name=Min("petition__title"),
        )
        .order_by(*ORDERS.get(order, ORDERS[DEFAULT_ORDER]))
    )


def rows(base_url: str, today: date) -> Iterator[Owed]:
    """Every petition that is owed an answer, latest first; ``base_url`` stands before the path of each."""
    faces = owed().select_related("petition", "department").order_by("due_on", "petition_id")
    sums = {group["case_id"]: group for group in owed_cases()}
    for face in faces:
        due_on = cast(date, face.due_on)
        group = sums.get(face.case_id) or {"petitions": 1, "signatures": face.petition.signature_count}
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
            update=localized(face.news, main_language()) or None,
            case=cast(int, face.case_id),
            case_petitions=group["petitions"],
            case_signatures=group["signatures"],
        )


def shown(groups: Iterable[dict[str, Any]], language: str, today: date) -> list[dict[str, Any]]:
    """The rows of the page's table for these of ``owed_cases``, in their order: one query."""
    wanted = list(groups)
    faces = defaultdict(list)
    of_cases = owed().filter(case_id__in=[group["case_id"] for group in wanted])
    for face in of_cases.select_related("petition", "department").order_by("petition__title", "petition_id"):
        faces[face.case_id].append(face)
    return [_row(group, faces[group["case_id"]], language, today) for group in wanted if group["case_id"] in faces]


def _row(group: dict[str, Any], faces: list[PublicCase], language: str, today: date) -> dict[str, Any]:
    face = faces[0]
    return {
        "petitions": [
            {
                "petition": face.petition,
                "text_language": face.petition.language if face.petition.language != language else "",
            }
            for face in faces
        ],
        "signatures": group["signatures"],
        "department": localized(face.department, language) if face.department else "",
        "state": STATES.get(face.state, face.state),
        "paused": face.state == PAUSED,
        # Each with its language, where that is not the page's.
        "said": [said for said in (words(face.pause_reason, language), words(face.news, language)) if said[0]],
        "owed_since": face.owed_since,
        "due_on": face.due_on,
        "days_late": clock.days_late(cast(date, face.due_on), today),
    }
