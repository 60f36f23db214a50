"""Answers owed: who owes them, until when, and how late they are."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, cast

from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query, Router
from pydantic import BaseModel, Field

from cms.languages import main_language
from opendata import keyset
from opendata.api import lists
from opendata.api.petitions.documents import words
from opendata.api.petitions.operations import REFUSALS
from opendata.api.tracker import shapes
from opendata.replies import host_address
from petitions.models import PublicCase
from responses import clock, performance, tracker

router = Router(tags=["tracker"])

LATEST_FIRST: keyset.Order = (F("due_on").asc(), F("petition_id").asc())


class Asked(BaseModel):
    """Which answers."""

    department: Annotated[str, Field(max_length=20, description=_("Only those of the department of this acronym."))] = (
        ""
    )
    late: Annotated[bool, Field(description=_("Only those past their due day."))] = False


@router.get(
    "/tracker",
    response={200: shapes.OwedPage, **REFUSALS},
    operation_id="listAnswersOwed",
    summary=_("List answers owed"),
    description=_("The latest first; one row for each petition."),
)
def owed(request: HttpRequest, asked: Query[Asked], part: Query[lists.PartAsked]) -> shapes.OwedPage:
    today, base = timezone.localdate(), host_address(request)
    faces = tracker.owed().select_related("petition", "department").defer("petition__search", "petition__salt")
    if asked.department:
        faces = faces.filter(department__acronym=asked.department)
    if asked.late:
        faces = faces.filter(due_on__lt=today)
    found, following = lists.page(request, faces, LATEST_FIRST, of="tracker", part=part)
    return shapes.OwedPage(data=[_owed(face, base, today) for face in found], next=following)


def _owed(face: PublicCase, base: str, today: date) -> shapes.Owed:
    due_on = cast(date, face.due_on)
    return shapes.Owed(
        petition=face.petition_id,
        links={
            "petition": f"{base}/api/petitions/{face.petition_id}",
            "page": f"{base}/petitions/{face.petition_id}/",
        },
        title=face.petition.title,
        signature_count=face.petition.signature_count,
        case=cast(int, face.case_id),
        department=face.department.acronym if face.department else None,
        state=face.state,
        owed_since=cast(datetime, face.owed_since),
        due_on=due_on,
        days_late=clock.days_late(due_on, today),
        pause_reason=words(face.pause_reason),
        update=words(face.news),
        updated_at=face.news_at,
    )


@router.get(
    "/tracker/performance",
    response={200: shapes.Performance},
    operation_id="getPerformance",
    summary=_("How promises are kept"),
    description=_("By department, and month by month since the first promise."),
)
def promises(request: HttpRequest) -> shapes.Performance:
    today = timezone.localdate()
    return shapes.Performance(
        departments=[
            shapes.DepartmentRecord(**asdict(row)) for row in performance.by_department(main_language(), today)
        ],
        months=[shapes.MonthRecord(**asdict(row)) for row in performance.by_month(today)],
    )
