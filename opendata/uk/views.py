"""Petitions as JSON, at the addresses and in the shape that clients of the UK Parliament's petitions site know."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from cms.caching import public_page
from opendata.keyset import BadPlace
from opendata.replies import answer, host_address, open_data, refusal
from opendata.uk import documents, pages, reference
from opendata.uk.lists import Question
from opendata.uk.tables import as_csv, petition_rows
from petitions import selectors
from petitions.listings import named
from petitions.models import Petition
from petitions.services.counting import counted_at
from petitions.visibility import Visibility

BAD_CURSOR = "The cursor is none of this list."


@open_data
@public_page
def petition_list(request: HttpRequest) -> HttpResponse:
    """One page of a list of petitions."""
    question = Question.read(request.GET)
    listing, host = named(question.state), host_address(request)
    try:
        document = pages.document(
            pages.narrowed(listing.petitions(), question),
            question,
            order=listing.order,
            base=host + reverse("opendata:petitions"),
            called=host + request.get_full_path(),
            items=lambda page: documents.items(page, lambda petition: address(host, petition)),
        )
    except BadPlace:
        return refusal(HTTPStatus.BAD_REQUEST, BAD_CURSOR)
    return answer(request, document)


@open_data
@public_page
def petition_table(request: HttpRequest) -> HttpResponse:
    """A whole list of petitions as CSV."""
    question = Question.read(request.GET)
    petitions = pages.narrowed(named(question.state).petitions(), question)
    rows = petition_rows(petitions, f"{host_address(request)}/petitions/{{}}")
    return as_csv(request, rows, name=f"{question.state}-petitions.csv")


def address(host: str, petition: Petition) -> str:
    """Where the petition's own document stands."""
    return host + reverse("opendata:petition", args=[petition.pk])


@open_data
@public_page
def petition_document(request: HttpRequest, number: str) -> HttpResponse:
    """One petition with its signatures by place."""
    petition, refused = shown(number)
    if petition is None:
        return refused
    document = {
        "links": {"self": address(host_address(request), petition)},
        "data": {
            "type": "petition",
            "id": petition.pk,
            "attributes": documents.attributes(petition) | documents.breakdowns(petition),
        },
    }
    return answer(request, document, changed_at=petition.updated_at)


@open_data
@public_page
def petition_count(request: HttpRequest, number: str) -> HttpResponse:
    """The count of one petition, and what it has reached."""
    petition, refused = shown(number)
    if petition is None:
        return refused
    known_until = counted_at()
    document = documents.count(petition, counted_at=known_until, now=timezone.now())
    return answer(request, document, changed_at=max(petition.updated_at, known_until or petition.updated_at))


@open_data
@public_page
def petition_history(request: HttpRequest, number: str) -> HttpResponse:
    """New signatures of one petition by hour."""
    petition, refused = shown(number)
    if petition is None:
        return refused
    own_address = host_address(request) + reverse("opendata:history", args=[petition.pk])
    data = {"type": "petition-history", "id": petition.pk, "attributes": documents.history(petition)}
    return answer(request, {"links": {"self": own_address}, "data": data}, changed_at=petition.updated_at)


@open_data
@public_page(60)
def topics(request: HttpRequest) -> HttpResponse:
    """All topics by their code."""
    return answer(request, reference.topics())


@open_data
@public_page
def trending(request: HttpRequest) -> HttpResponse:
    """What most people signed in the last hour."""
    host, known_until = host_address(request), counted_at()
    document = {
        "data": reference.trending(lambda petition: address(host, petition)),
        "links": {"self": host + reverse("opendata:trending")},
        "meta": {"updated_at": documents.moment(known_until)},
    }
    return answer(request, document)


@open_data
def not_acceptable(request: HttpRequest, **_named: str) -> HttpResponse:
    """An ending that this site has no form for."""
    return refusal(HTTPStatus.NOT_ACCEPTABLE, "There is no such format. Ask for .json, or of a list for .csv.")


def shown(number: str) -> tuple[Petition | None, HttpResponse]:
    """The public petition of this number; or no petition, and what to answer instead."""
    if not (number.isascii() and number.isdigit()):
        return None, refusal(HTTPStatus.BAD_REQUEST)
    petition, seen = selectors.by_number(number)
    if petition is None or seen is not Visibility.PAGE:
        return None, refusal(HTTPStatus.GONE if seen is Visibility.GONE else HTTPStatus.NOT_FOUND)
    return documents.prepared(Petition.objects.all()).get(pk=petition.pk), HttpResponse()
