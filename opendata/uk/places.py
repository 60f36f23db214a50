"""Constituencies, the parliaments they belonged to, and what was signed in one of them."""

from http import HTTPStatus
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse

from cms.caching import public_page
from opendata.replies import answer, host_address, open_data, refusal
from opendata.uk import reference
from opendata.uk.documents import STATES
from opendata.uk.reference import Constituency
from opendata.uk.tables import Rows, as_csv
from petitions.lifecycle import State
from petitions.listings import OPEN, OPENED
from petitions.models import ConstituencyCount, Petition

HOUR = 3600
MOST = 50
HEAD = ("Petition", "URL", "State", "Local Signatures", "Total Signatures")


@open_data
@public_page(HOUR)
def constituencies(request: HttpRequest) -> HttpResponse:
    """All constituencies by their code: of the boundaries of 2010, which figures name, and of 2024."""
    return answer(request, {code: one.document() for code, one in reference.constituencies().items()})


@open_data
@public_page(HOUR)
def parliaments(request: HttpRequest) -> HttpResponse:
    """The parliaments whose petitions are in the archive."""
    return answer(request, [one.document() for one in reference.parliaments()])


@open_data
@public_page(HOUR)
def parliament(request: HttpRequest, period: str) -> HttpResponse:
    """One parliament with its constituencies."""
    found = _of_period(period)
    if found is None:
        return refusal(HTTPStatus.NOT_FOUND)
    return answer(request, found.document() | {"constituencies": found.constituencies()})


@open_data
@public_page(HOUR)
def constituencies_of_parliament(request: HttpRequest, period: str) -> HttpResponse:
    """The constituencies of one parliament by their code."""
    found = _of_period(period)
    if found is None:
        return refusal(HTTPStatus.NOT_FOUND)
    return answer(request, {one["ons_code"]: one for one in found.constituencies()})


def _of_period(period: str) -> reference.Parliament | None:
    return next((one for one in reference.parliaments() if one.period == period), None)


@open_data
@public_page
def local(request: HttpRequest, slug: str, *, every: bool = False) -> HttpResponse:
    """What was signed most in a constituency: open petitions, or with ``every`` closed ones too."""
    found = _named(slug)
    if not found:
        return refusal(HTTPStatus.NOT_FOUND)
    host = host_address(request)
    petitions = [_item(row, host) for row in _signed_in(found, every=every)]
    return answer(request, {"constituency": found[0].name, **_member(found), "petitions": petitions})


@open_data
@public_page
def local_table(request: HttpRequest, slug: str, *, every: bool = False) -> HttpResponse:
    """The same as CSV."""
    found = _named(slug)
    if not found:
        return refusal(HTTPStatus.NOT_FOUND)
    host = host_address(request)
    rows = [tuple(_item(row, host).values()) for row in _signed_in(found, every=every)]
    return as_csv(request, Rows(HEAD, len(rows), [rows]), name=f"{'all' if every else 'open'}-petitions-{slug}.csv")


def _named(slug: str) -> tuple[Constituency, ...]:
    """The constituencies of this name, or the one of this code."""
    by_code = reference.constituencies().get(slug)
    return (by_code,) if by_code else reference.constituencies_by_slug().get(slug, ())


def _member(found: tuple[Constituency, ...]) -> dict[str, Any]:
    """Their member of parliament, if we know one; of no address of theirs we know."""
    name = next((one.mp for one in found if one.mp), "")
    return {"mp": {"name": name, "url": None}} if name else {}


def _signed_in(found: tuple[Constituency, ...], *, every: bool) -> QuerySet[ConstituencyCount]:
    shown = Petition.objects.public().filter(OPENED if every else OPEN)
    return (
        ConstituencyCount.objects.filter(ons_code__in=[one.ons_code for one in found], petition__in=shown)
        .select_related("petition")
        .order_by(F("signature_count").desc(), F("petition_id").desc())[:MOST]
    )


def _item(row: ConstituencyCount, host: str) -> dict[str, Any]:
    petition = row.petition
    return {
        "action": petition.title,
        "url": f"{host}/petitions/{petition.pk}",
        "state": STATES.get(State(petition.state), "closed"),
        "constituency_signature_count": row.signature_count,
        "total_signature_count": petition.signature_count,
    }
