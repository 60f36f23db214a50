"""Small tables that others refer to by code: departments, topics, regions. Hearings and outcomes of all petitions."""

from typing import Annotated, Literal

from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Query, Router
from pydantic import BaseModel, Field

from accounts.models import Department as DepartmentRow
from opendata import keyset
from opendata.api import lists
from opendata.api.kinds import Shape, Words, described
from opendata.api.petitions.documents import hearing, names, outcome
from opendata.api.petitions.operations import REFUSALS
from opendata.api.petitions.shapes import Hearing, Outcome
from opendata.values import text
from petitions.models import Event, Petition
from petitions.models import Hearing as HearingRow
from petitions.models import Region as RegionRow
from petitions.models import Topic as TopicRow
from petitions.models.timeline import EventKind

router = Router(tags=["tables"])

BY_PETITION: keyset.Order = (F("petition_id").desc(),)
DEBATED = {"planned": None, "held": True, "refused": False}
NEWEST: keyset.Order = (F("happened_at").desc(), F("id").desc())


class Department(Shape):
    """An office that answers."""

    acronym: str = described(_("Its acronym, by which other tables name it."), "DEFRA")
    name: Words = described(_("Its name, by language."), {"en": "Office of Trees", "fr": "Office des arbres"})
    url: str | None = described(_("Its address on the web."), "https://example.org/trees/")
    active: bool = described(_("Whether it takes new petitions."), True)


class Topic(Shape):
    """What petitions are about."""

    code: str = described(_("Its code."), "environment")
    name: Words = described(_("Its name, by language."), {"en": "Environment", "fr": "Environnement"})


class Region(Shape):
    """A region of the country."""

    code: str = described(_("Its code, by which figures name it."), "LON")
    gss_code: str | None = described(_("Its code in official statistics."), "E12000007")
    name: Words = described(_("Its name, by language."), {"en": "London", "fr": "Londres"})


class Departments(Shape):
    """All departments, by acronym."""

    data: list[Department] = described(_("All of them."))


class Topics(Shape):
    """All topics, by code."""

    data: list[Topic] = described(_("All of them."))


class Regions(Shape):
    """All regions, by code."""

    data: list[Region] = described(_("All of them."))


class PetitionHearing(Hearing):
    """A hearing, and the petition that it was about."""

    petition: int = described(_("The petition's number."), 1000001)


class HearingPage(Shape):
    """One page of the list of hearings."""

    data: list[PetitionHearing] = described(_("The rows of this page."))
    next: str | None = described(_("The next page; null: this is the last."), None)


class PetitionOutcome(Outcome):
    """An outcome, and the petition that asked for it."""

    petition: int = described(_("The petition's number."), 1000001)


class OutcomePage(Shape):
    """One page of the list of outcomes."""

    data: list[PetitionOutcome] = described(_("The rows of this page."))
    next: str | None = described(_("The next page; null: this is the last."), None)


@router.get(
    "/departments",
    response={200: Departments},
    operation_id="listDepartments",
    summary=_("All departments"),
)
def departments(request: HttpRequest) -> Departments:
    return Departments(
        data=[
            Department(acronym=row.acronym, name=names(row), url=text(row.url), active=row.active)
            for row in DepartmentRow.objects.order_by("acronym")
        ]
    )


@router.get("/topics", response={200: Topics}, operation_id="listTopics", summary=_("All topics"))
def topics(request: HttpRequest) -> Topics:
    return Topics(data=[Topic(code=row.code, name=names(row)) for row in TopicRow.objects.order_by("code")])


@router.get("/regions", response={200: Regions}, operation_id="listRegions", summary=_("All regions"))
def regions(request: HttpRequest) -> Regions:
    return Regions(
        data=[
            Region(code=row.code, gss_code=text(row.gss_code), name=names(row))
            for row in RegionRow.objects.order_by("code")
        ]
    )


class HearingsAsked(BaseModel):
    """Which hearings."""

    outcome: Annotated[
        Literal["any", "planned", "held", "refused"], Field(description=_("Only those planned, held or refused."))
    ] = "any"


@router.get(
    "/hearings",
    response={200: HearingPage, **REFUSALS},
    operation_id="listHearings",
    summary=_("List hearings"),
    description=_("Planned, held and refused, by number of the petition, the highest first."),
)
def hearings(request: HttpRequest, asked: Query[HearingsAsked], part: Query[lists.PartAsked]) -> HearingPage:
    rows = HearingRow.objects.filter(petition__in=Petition.objects.public())
    if asked.outcome != "any":
        rows = rows.filter(debated=DEBATED[asked.outcome])
    found, following = lists.page(request, rows, BY_PETITION, of="hearings", part=part)
    data = [PetitionHearing(petition=row.petition_id, **dict(hearing(row))) for row in found]
    return HearingPage(data=data, next=following)


@router.get(
    "/outcomes",
    response={200: OutcomePage, **REFUSALS},
    operation_id="listOutcomes",
    summary=_("List outcomes"),
    description=_("What became of petitions, the newest first."),
)
def outcomes(request: HttpRequest, part: Query[lists.PartAsked]) -> OutcomePage:
    rows = Event.objects.filter(kind=EventKind.OUTCOME, public=True, petition__in=Petition.objects.public())
    found, following = lists.page(request, rows, NEWEST, of="outcomes", part=part)
    data = [PetitionOutcome(petition=row.petition_id, **dict(outcome(row))) for row in found]
    return OutcomePage(data=data, next=following)
