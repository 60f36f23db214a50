"""Petitions as JSON, at the addresses and in the shape that clients of the UK Parliament's petitions site know."""

import hashlib
import json
import time
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from audit.models import Head
from cms.caching import public_page
from cms.errors import error_page
from opendata import documents
from opendata.lists import Question, links
from petitions import selectors
from petitions.listings import named
from petitions.models import Petition
from petitions.services.counting import counted_at
from petitions.visibility import Visibility

View = Callable[..., HttpResponse]


def open_data(view: View) -> View:
    """Decorate a view of public data: pages of every site may read what it answers, its refusals too."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return require_safe(wrapper)


def host_address(request: HttpRequest) -> str:
    """Scheme and name that the client called. Where the site is known by https, links say https."""
    scheme = "https" if urlsplit(settings.BASE_URL).scheme == "https" else request.scheme
    return f"{scheme}://{request.get_host()}"


def answer(request: HttpRequest, document: Any, *, changed_at: datetime | None = None) -> HttpResponse:
    """The document as JSON with its ETag, and when it last changed if that is known; 304 to a client that has it."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    etag = response["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    last_modified = int(changed_at.timestamp()) if changed_at else None
    # A second that is not over may bring another change, which a time in seconds could not tell from this one.
    if last_modified is None or last_modified >= int(time.time()):
        return get_conditional_response(request, etag=etag, response=response) or response
    response["Last-Modified"] = http_date(last_modified)
    return get_conditional_response(request, etag=etag, last_modified=last_modified, response=response) or response


@open_data
@public_page
def petition_list(request: HttpRequest) -> HttpResponse:
    """One page of a list of petitions."""
    question = Question.read(request.GET)
    petitions = named(question.state).petitions()
    if question.topic:
        petitions = petitions.filter(topics__code=question.topic)
    if question.text:
        petitions = petitions.matching(question.text)
    page = list(documents.prepared(petitions)[question.begins : question.begins + question.size])
    host = host_address(request)
    document = {
        "links": links(
            question,
            base=host + reverse("opendata:petitions"),
            called=host + request.get_full_path(),
            total=petitions.order_by().count(),
        ),
        "data": documents.items(page, lambda petition: _address(host, petition)),
    }
    return answer(request, document)


def _address(host: str, petition: Petition) -> str:
    return host + reverse("opendata:petition", args=[petition.pk])


@open_data
@public_page
def petition_document(request: HttpRequest, number: str) -> HttpResponse:
    """One petition with its signatures by place."""
    petition, refusal = _shown(request, number)
    if petition is None:
        return refusal
    document = {
        "links": {"self": _address(host_address(request), petition)},
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
    petition, refusal = _shown(request, number)
    if petition is None:
        return refusal
    known_until = counted_at()
    document = documents.count(petition, counted_at=known_until, now=timezone.now())
    return answer(request, document, changed_at=max(petition.updated_at, known_until or petition.updated_at))


@open_data
@public_page
def petition_history(request: HttpRequest, number: str) -> HttpResponse:
    """New signatures of one petition by hour."""
    petition, refusal = _shown(request, number)
    if petition is None:
        return refusal
    address = host_address(request) + reverse("opendata:history", args=[petition.pk])
    data = {"type": "petition-history", "id": petition.pk, "attributes": documents.history(petition)}
    return answer(request, {"links": {"self": address}, "data": data}, changed_at=petition.updated_at)


@open_data
@public_page
def audit_heads(request: HttpRequest) -> HttpResponse:
    """The heads of the audit log, one a day, the newest first: who keeps one can hold us to it (docs/audit.md)."""
    heads = [
        {
            "day": head.day.isoformat(),
            "entries": head.number,
            "digest": bytes(head.digest).hex(),
            "published_at": head.published_at.isoformat(timespec="seconds"),
        }
        for head in Head.objects.all()
    ]
    return answer(request, {"algorithm": "sha256", "data": heads})


def _shown(request: HttpRequest, number: str) -> tuple[Petition | None, HttpResponse]:
    """The public petition of this number; or no petition, and what to answer instead."""
    if not (number.isascii() and number.isdigit()):
        return None, error_page(request, 400)
    petition, seen = selectors.by_number(number)
    if petition is None or seen is not Visibility.PAGE:
        return None, error_page(request, 410 if seen is Visibility.GONE else 404)
    return documents.prepared(Petition.objects.all()).get(pk=petition.pk), HttpResponse()
