"""Passing a petition on: its share card, a page of ways to share, a poster, a QR code, and a card for other sites."""

import io
from collections.abc import Callable
from urllib.parse import urlsplit

import segno
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt

from cms import face
from cms.caching import public_page
from cms.errors import error_page
from cms.languages import current_language
from petitions import details, selectors, sharecards
from petitions.views import absolute, not_shown, reading
from petitions.visibility import Visibility

CARD_SECONDS = 300
PAGE_SECONDS = 30
MODULE = 10  # pixels of a QR code's smallest square, as a file
BUSY_SECONDS = 5


@reading
@public_page(max_age=CARD_SECONDS)
def card(request: HttpRequest, petition_id: int, digest: str) -> HttpResponse:
    """``/petitions/<id>/card/<digest>.png``: the share card. One that is no more leads to the one that is."""
    petition, seen = selectors.by_number(petition_id)
    if petition is None or seen is not Visibility.PAGE:
        return not_shown(request, None if seen is Visibility.NEUTRAL else petition, _without_neutral(seen))
    if digest != sharecards.digest(petition):
        return HttpResponseRedirect(sharecards.path(petition))
    return drawn(request, lambda: sharecards.card(petition))


@reading
@public_page(max_age=CARD_SECONDS)
def site_card(request: HttpRequest) -> HttpResponse:
    """``/card.png``: the card of all pages that have none of their own: what this site is for, and where it is."""
    where = urlsplit(settings.BASE_URL).netloc
    return drawn(request, lambda: sharecards.card_of("site", title=face.words().description, note=where))


def drawn(request: HttpRequest, card: Callable[[], bytes]) -> HttpResponse:
    """A card as an answer; 503 while too many others are drawn."""
    try:
        return HttpResponse(card(), content_type="image/png")
    except sharecards.Busy:
        return error_page(request, 503, retry_after=BUSY_SECONDS)


def _without_neutral(seen: Visibility) -> Visibility:
    """A petition that is not public yet has a neutral page, and nothing else."""
    return Visibility.ABSENT if seen is Visibility.NEUTRAL else seen


@reading
@public_page(max_age=PAGE_SECONDS)
def share(request: HttpRequest, petition_id: int) -> HttpResponse:
    """``/petitions/<id>/share/``"""
    return _page(request, petition_id, "petitions/share.html")


@reading
@public_page(max_age=PAGE_SECONDS)
def poster(request: HttpRequest, petition_id: int) -> HttpResponse:
    """``/petitions/<id>/poster/``: one sheet of A4, to be printed. Of a petition that can be signed only."""
    return _page(request, petition_id, "petitions/poster.html", open_only=True)


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@reading
@public_page(max_age=PAGE_SECONDS)
def embed(request: HttpRequest, petition_id: int) -> HttpResponse:
    """``/petitions/<id>/embed/``: the petition as a card in a frame of any site. No form, no script, no cookie."""
    return _page(request, petition_id, "petitions/embed.html")


@reading
@public_page(max_age=CARD_SECONDS)
def qr(request: HttpRequest, petition_id: int) -> HttpResponse:
    """``/petitions/<id>/qr.svg``: the petition's address as a picture for print."""
    petition, seen = selectors.by_number(petition_id)
    if petition is None or seen is not Visibility.PAGE:
        return not_shown(request, None if seen is Visibility.NEUTRAL else petition, _without_neutral(seen))
    picture = io.BytesIO()
    address = absolute(petition.get_absolute_url())
    segno.make(address, error="m", micro=False).save(picture, kind="svg", scale=MODULE, light="#fff")
    response = HttpResponse(picture.getvalue(), content_type="image/svg+xml")
    response["Content-Disposition"] = f'attachment; filename="petition-{petition.pk}.svg"'
    return response


def _page(request: HttpRequest, petition_id: int, template: str, *, open_only: bool = False) -> HttpResponse:
    found, seen = selectors.whole_by_number(petition_id)
    if found is None or seen is not Visibility.PAGE:
        return not_shown(request, None, _without_neutral(seen))
    petition = found.petition
    detail = details.detail(found, language=current_language(), now=timezone.now())
    path = petition.get_absolute_url()
    if open_only and not detail.is_open:
        return HttpResponseRedirect(path)
    context = {
        "petition": petition,
        "detail": detail,
        "path": path,
        "address": absolute(path),
        "typed": absolute(path).partition("//")[2],  # as people type it who can't read the code
        "card": sharecards.path(petition),
    }
    return render(request, template, context)
