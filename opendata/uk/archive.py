"""Imported petitions a second time, by parliament: what the UK's site calls its archive.

Nothing moves: a petition stands at its own address as well, and neither leads to the other.
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from cms.caching import public_page
from opendata.keyset import BadPlace
from opendata.replies import answer, host_address, open_data, refusal
from opendata.uk import documents, pages
from opendata.uk.lists import Question
from opendata.uk.reference import Parliament, parliaments
from opendata.uk.tables import as_csv, petition_rows
from opendata.uk.views import BAD_CURSOR, shown
from petitions.lifecycle import State
from petitions.listings import Listing, named
from petitions.models import Petition
from petitions.models.petition import Source
from petitions.querysets import PetitionQuerySet

# State in the archive -> list of live petitions that has its condition and order.
STATES = {
    "all": "all",
    "published": "closed",
    "rejected": "rejected",
    "with_response": "with_response",
    "debated": "debated",
    "not_debated": "not_debated",
}
LEFT_OUT = ("closing_date", "creator_name")
DEBATE = (
    "debated_on",
    "transcript_url",
    "video_url",
    "debate_pack_url",
    "overview",
    "public_engagement_url",
    "debate_summary_url",
)
LONGEST_NUMBER = 9


@open_data
@public_page
def petition_list(request: HttpRequest) -> HttpResponse:
    """One page of a list of one parliament's petitions."""
    parliament, refused = _asked_for(request)
    if parliament is None:
        return refused
    question, listing = _question(request, parliament)
    host = host_address(request)
    try:
        document = pages.document(
            pages.narrowed(_petitions(listing, parliament), question),
            question,
            order=listing.order,
            base=host + reverse("opendata:archived"),
            called=host + request.get_full_path(),
            items=lambda page: _items(page, parliament, host),
        )
    except BadPlace:
        return refusal(HTTPStatus.BAD_REQUEST, BAD_CURSOR)
    return answer(request, document)


@open_data
@public_page
def petition_table(request: HttpRequest) -> HttpResponse:
    """The same list, whole, as CSV."""
    parliament, refused = _asked_for(request)
    if parliament is None:
        return refused
    question, listing = _question(request, parliament)
    petitions = pages.narrowed(_petitions(listing, parliament), question)
    rows = petition_rows(petitions, f"{host_address(request)}/petitions/{{}}")
    return as_csv(request, rows, name=f"{question.state}-petitions-{parliament.period}.csv")


@open_data
@public_page
def petition_document(request: HttpRequest, number: str) -> HttpResponse:
    """One archived petition; 404 for one that is not in the archive."""
    petition, refused = shown(number)
    if petition is None:
        return refused
    parliament = parliament_of(petition)
    if parliament is None:
        return refusal(HTTPStatus.NOT_FOUND)
    document = {
        "links": {"self": _address(host_address(request), petition)},
        "data": {
            "type": "archived-petition",
            "id": petition.pk,
            "parliament": parliament.document(),
            "attributes": attributes(petition) | _breakdowns(petition),
        },
    }
    return answer(request, document, changed_at=petition.updated_at)


def parliament_of(petition: Petition) -> Parliament | None:
    """The parliament in whose archive a petition is; None for one that is in none."""
    if petition.source != Source.UK or petition.state not in (State.CLOSED, State.REJECTED):
        return None
    moment = petition.created_at if petition.state == State.REJECTED else petition.opened_at
    found = (one for one in parliaments() if moment and one.begins_at <= moment < one.dissolution_at)
    return next(found, None)


def attributes(petition: Petition) -> dict[str, Any]:
    """The attributes of a prepared petition as the archive has them."""
    every = {name: value for name, value in documents.attributes(petition).items() if name not in LEFT_OUT}
    if every["debate"] is not None:
        every["debate"] = {name: every["debate"][name] for name in DEBATE}
    return every


def _breakdowns(petition: Petition) -> dict[str, Any]:
    every = documents.breakdowns(petition)
    if every:
        every["signatures_by_constituency"].sort(key=lambda row: row["name"])
    return every


def _asked_for(request: HttpRequest) -> tuple[Parliament | None, HttpResponse]:
    """The parliament that was asked for, the latest where none was; or what to answer instead."""
    typed = request.GET.get("parliament")
    if typed is None:
        return parliaments()[-1], HttpResponse()
    if not (typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_NUMBER):
        return None, refusal(HTTPStatus.BAD_REQUEST, "parliament is a number.")
    found = next((one for one in parliaments() if one.number == int(typed)), None)
    return found, refusal(HTTPStatus.NOT_FOUND, "There is no archive of this parliament.")


def _question(request: HttpRequest, parliament: Parliament) -> tuple[Question, Listing]:
    asked = parliament.number if "parliament" in request.GET else None
    question = Question.read(request.GET, states=STATES, parliament=asked)
    return question, named(STATES[question.state])


def _petitions(listing: Listing, parliament: Parliament) -> PetitionQuerySet:
    begins, ends = parliament.begins_at, parliament.dissolution_at
    closed = Q(state=State.CLOSED, opened_at__gte=begins, opened_at__lt=ends)
    rejected = Q(state=State.REJECTED, created_at__gte=begins, created_at__lt=ends)
    return listing.petitions().filter(closed | rejected, source=Source.UK)


def _items(page: Iterable[Petition], parliament: Parliament, host: str) -> list[dict[str, Any]]:
    of_parliament = parliament.document()
    return [
        {
            "type": "archived-petition",
            "id": petition.pk,
            "links": {"self": _address(host, petition)},
            "parliament": of_parliament,
            "attributes": attributes(petition),
        }
        for petition in page
    ]


def _address(host: str, petition: Petition) -> str:
    return host + reverse("opendata:archived_petition", args=[petition.pk])
