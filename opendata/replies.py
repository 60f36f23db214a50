"""How public data is answered: to pages of every site, with what a client needs to ask again only for what changed."""

import hashlib
import time
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from cms.caching import mark_unstored

View = Callable[..., HttpResponse]

JSON = "application/json; charset=utf-8"
METHODS = "GET, HEAD, OPTIONS"
ASKED_AGAIN_SECONDS = 86_400  # for so long a browser knows that it may ask


def open_data(view: View) -> View:
    """Decorate a view of public data: pages of every site may read what it answers, its refusals too. Read-only."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            response = _asked_first(request)
        elif request.method in ("GET", "HEAD"):
            response = view(request, *args, **kwargs)
        else:
            response = refusal(HTTPStatus.METHOD_NOT_ALLOWED)
            response["Allow"] = METHODS
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link, Retry-After"
        return response

    return wrapper


def _asked_first(request: HttpRequest) -> HttpResponse:
    """What a browser asks before a request with headers of its own."""
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    response["Allow"] = response["Access-Control-Allow-Methods"] = METHODS
    # Nothing that is public depends on who asks: a page may send what its library likes to send.
    response["Access-Control-Allow-Headers"] = "*, Accept, Content-Type, If-Modified-Since, If-None-Match"
    response["Access-Control-Max-Age"] = str(ASKED_AGAIN_SECONDS)
    return response


def host_address(request: HttpRequest) -> str:
    """Scheme and name that the client called. Where the site is known by https, links say https."""
    scheme = "https" if urlsplit(settings.BASE_URL).scheme == "https" else request.scheme
    return f"{scheme}://{request.get_host()}"


def answer(request: HttpRequest, document: Any, *, changed_at: datetime | None = None) -> HttpResponse:
    """The document as JSON with its ETag, and when it last changed if that is known; 304 to a client that has it."""
    body = orjson.dumps(document)
    response = HttpResponse(body, content_type=JSON)
    etag = response["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    last_modified = int(changed_at.timestamp()) if changed_at else None
    # A second that is not over may bring another change, which a time in seconds could not tell from this one.
    if last_modified is None or last_modified >= int(time.time()):
        return get_conditional_response(request, etag=etag, response=response) or response
    response["Last-Modified"] = http_date(last_modified)
    return get_conditional_response(request, etag=etag, last_modified=last_modified, response=response) or response


def refusal(status: int, message: str = "") -> HttpResponse:
    """Why there is no document, as JSON that nobody keeps."""
    body = orjson.dumps({"error": message or HTTPStatus(status).phrase})
    response = HttpResponse(body, content_type=JSON, status=status)
    mark_unstored(response)
    return response
