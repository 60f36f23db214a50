"""The page of a confirmed signature. All signers of a petition see the same: it is made once a second, not for each."""

import time
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import escape

from cms.languages import current_language, main_language, path_for
from petitions import related
from petitions.cards import card
from signatures import selectors

TEMPLATE = "signatures/signed.html"
SECONDS = 1.0
PAGES = 256
# Stands for the page's own address, in which there is a token.
HERE = "/the-address-of-this-page/"


@dataclass(frozen=True)
class Page:
    """A rendered page, cut where its address belongs."""

    made_at: float
    pieces: list[str]


_pages: dict[tuple[int, str], Page] = {}


def page(request: HttpRequest, *, petition_id: int, now: datetime) -> HttpResponse:
    """What a signer sees who has confirmed; its count is a second old at most."""
    key = (petition_id, current_language())
    kept = _pages.get(key)
    if kept is None or kept.made_at + SECONDS < time.monotonic():
        kept = _made(request, petition_id, now)
        if len(_pages) >= PAGES:
            _pages.clear()
        _pages[key] = kept
    return HttpResponse(escape(path_for(request.path, main_language())).join(kept.pieces))


def forget() -> None:
    """Make each page anew."""
    _pages.clear()


def _made(request: HttpRequest, petition_id: int, now: datetime) -> Page:
    made_at, elsewhere = time.monotonic(), copy(request)
    elsewhere.path = elsewhere.path_info = path_for(HERE, current_language())
    context = selectors.signed(petition_id=petition_id, now=now)
    language = current_language()
    context["related"] = [card(one, language) for one in related.to(context["petition"])]
    rendered = render_to_string(TEMPLATE, context, elsewhere)
    return Page(made_at, rendered.split(HERE))
