"""Published answers."""

from typing import Annotated

from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Query, Router
from ninja.errors import HttpError
from pydantic import BaseModel, Field

from opendata import keyset
from opendata.api import lists
from opendata.api.answers import documents, shapes
from opendata.api.kinds import CaseNumber
from opendata.api.petitions.operations import GONE, REFUSALS
from opendata.replies import host_address
from responses.models import AnswerPage

router = Router(tags=["answers"])

NEWEST: keyset.Order = (F("case__published_at").desc(nulls_last=True), F("case_id").desc())


class Asked(BaseModel):
    """Which answers."""

    department: Annotated[str, Field(max_length=20, description=_("Only those of the department of this acronym."))] = (
        ""
    )


@router.get(
    "/answers",
    response={200: shapes.AnswerPage, **REFUSALS},
    operation_id="listAnswers",
    summary=_("List answers"),
    description=_("The newest first."),
)
def answers(request: HttpRequest, asked: Query[Asked], part: Query[lists.PartAsked]) -> shapes.AnswerPage:
    rows = documents.prepared()
    if asked.department:
        rows = rows.filter(case__department__acronym=asked.department)
    found, following = lists.page(request, rows, NEWEST, of="answers", part=part)
    base = host_address(request)
    return shapes.AnswerPage(data=[documents.answer(page, base=base) for page in found], next=following)


@router.get(
    "/answers/{case}",
    response={200: shapes.WholeAnswer, **GONE},
    operation_id="getAnswer",
    summary=_("One answer, whole"),
    description=_("By the number of its case; 410 for one that was taken off."),
)
def answer(request: HttpRequest, case: CaseNumber) -> shapes.WholeAnswer:
    page = documents.prepared().filter(case=case).first()
    if page is None:
        off = AnswerPage.objects.filter(case=case).first()
        raise HttpError(410, "Gone") if off and off.taken_off_for() else HttpError(404, "Not Found")
    return documents.whole(page, base=host_address(request))
