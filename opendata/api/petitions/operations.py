"""Petitions, their history, places and timelines."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Literal

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query, Router
from ninja.errors import HttpError
from pydantic import BaseModel, Field

from opendata import keyset
from opendata.api import lists
from opendata.api.kinds import PetitionNumber, Problem
from opendata.api.petitions import documents, shapes
from opendata.replies import host_address
from petitions import selectors
from petitions.lifecycle import State
from petitions.models import Petition
from petitions.querysets import with_words
from petitions.visibility import Visibility

router = Router(tags=["petitions"])

REFUSALS = {400: Problem, 404: Problem}
GONE = {**REFUSALS, 410: Problem}
MOST_HOURS = 1000
EPOCH = date(1970, 1, 1)

ORDERS: dict[str, keyset.Order] = {
    "signatures": (F("signature_count").desc(), F("id").desc()),
    "newest": (Coalesce("opened_at", "rejected_at").desc(), F("id").desc()),
    "id": (F("id").asc(),),
}
BY_HOUR: keyset.Order = (F("hour").asc(),)
NEWEST_ENTRY: keyset.Order = (F("happened_at").desc(), F("id").desc())


class Asked(BaseModel):
    """Which petitions, and in which order."""

    q: Annotated[
        str, Field(max_length=lists.LONGEST_TEXT, description=_("Words that stand in it, each in its own language."))
    ] = ""
    state: Annotated[
        Literal["any", "open", "closed", "rejected", "withdrawn"],
        Field(description=_("Only those in this state."), examples=["open"]),
    ] = "any"
    response_state: Annotated[
        Literal["any", "none", "awaiting", "answered"], Field(description=_("Only those whose answer stands so."))
    ] = "any"
    topic: Annotated[str, Field(max_length=60, description=_("Only those on the topic of this code."))] = ""
    department: Annotated[str, Field(max_length=20, description=_("Only those of the department of this acronym."))] = (
        ""
    )
    sort: Annotated[
        Literal["signatures", "newest", "id"],
        Field(
            description=_("The most signed first; the last opened or refused first; or by number, which never changes.")
        ),
    ] = "signatures"


@router.get(
    "/petitions",
    response={200: shapes.PetitionPage, **REFUSALS},
    operation_id="listPetitions",
    summary=_("List petitions"),
    description=_(
        "All that were ever opened or publicly refused. Counts move while you walk: sort by `id` to meet each petition "
        "once."
    ),
)
def petitions(request: HttpRequest, asked: Query[Asked], part: Query[lists.PartAsked]) -> shapes.PetitionPage:
    rows = documents.prepared(Petition.objects.public().filter(_condition(asked)))
    order = ORDERS[asked.sort]
    found, following = lists.page(request, rows, order, of=f"petitions-{asked.sort}", part=part)
    base, today = host_address(request), timezone.localdate()
    return shapes.PetitionPage(data=[documents.petition(row, base=base, today=today) for row in found], next=following)


def _condition(asked: Asked) -> Q:
    condition = with_words(asked.q) if asked.q.strip() else Q()
    if asked.state != "any":
        condition &= Q(state=State(asked.state))
    if asked.response_state != "any":
        condition &= Q(response_state=asked.response_state)
    if asked.topic:
        condition &= Q(topics__code=asked.topic)
    if asked.department:
        condition &= Q(departments__acronym=asked.department)
    return condition


@router.get(
    "/petitions/{petition_id}",
    response={200: shapes.Petition, **GONE},
    operation_id="getPetition",
    summary=_("One petition"),
)
def petition(request: HttpRequest, petition_id: PetitionNumber) -> shapes.Petition:
    row = documents.prepared(Petition.objects.public()).filter(pk=petition_id).first()
    if row is None:
        shown(petition_id)
        raise HttpError(404, "Not Found")
    return documents.petition(row, base=host_address(request), today=timezone.localdate())


class HoursAsked(lists.PartAsked):
    """Which hours."""

    limit: Annotated[int, Field(ge=1, le=MOST_HOURS, description=_("How many hours, 1,000 at most."))] = MOST_HOURS
    since: Annotated[date, Field(description=_("Only hours of this day (UTC) or later."), examples=["2026-01-15"])] = (
        EPOCH
    )


@router.get(
    "/petitions/{petition_id}/history",
    response={200: shapes.History, **GONE},
    operation_id="getPetitionHistory",
    summary=_("Signatures of one petition by hour"),
)
def history(request: HttpRequest, petition_id: PetitionNumber, asked: Query[HoursAsked]) -> shapes.History:
    row = shown(petition_id)
    hours = row.hour_counts.exclude(count=0)
    known = hours.aggregate(known=Sum("count"))["known"] or 0
    if asked.since > EPOCH:
        hours = hours.filter(hour__gte=datetime.combine(asked.since, time.min, UTC))
    found, following = lists.page(request, hours, BY_HOUR, of=f"hours-{row.pk}", part=asked)
    return shapes.History(
        signature_count=row.signature_count,
        before=row.signature_count - known,
        data=[shapes.Hour(hour=one.hour, signature_count=one.count) for one in found],
        next=following,
    )


@router.get(
    "/petitions/{petition_id}/places",
    response={200: shapes.Places, **GONE},
    operation_id="getPetitionPlaces",
    summary=_("Signatures of one petition by place"),
    description=_(
        "By region, country and, for imported petitions, constituency. Few signatures from one place are shown by none."
    ),
)
def places(request: HttpRequest, petition_id: PetitionNumber) -> shapes.Places:
    return documents.placed(shown(petition_id))


@router.get(
    "/petitions/{petition_id}/events",
    response={200: shapes.EventPage, **GONE},
    operation_id="getPetitionEvents",
    summary=_("The timeline of one petition"),
    description=_("What was entered here; the dates of imported petitions stand in the petition."),
)
def events(request: HttpRequest, petition_id: PetitionNumber, part: Query[lists.PartAsked]) -> shapes.EventPage:
    row = shown(petition_id)
    entries = row.events.filter(public=True)
    found, following = lists.page(request, entries, NEWEST_ENTRY, of=f"events-{row.pk}", part=part)
    return shapes.EventPage(data=[documents.event(one) for one in found], next=following)


def shown(petition_id: int) -> Petition:
    """The public petition of this number. Raises HttpError: 410 for one that was public, 404 for any other."""
    row, seen = selectors.by_number(petition_id)
    if row is None or seen is not Visibility.PAGE:
        raise HttpError(410, "Gone") if seen is Visibility.GONE else HttpError(404, "Not Found")
    return row
