"""What every answer of the API is wrapped in, as JSON or as a script that calls a function with it."""

import hashlib
import re
from dataclasses import dataclass, field
from enum import IntEnum
from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from cms.caching import mark_unstored

JSON, SCRIPT = "application/json; charset=utf-8", "text/javascript; charset=utf-8"
CALLBACK = re.compile(r"[A-Za-z_$][\w$.]*", re.ASCII)
LONGEST_CALLBACK = 100


class Code(IntEnum):
    """The error codes of that API. 77 (a mail domain that is refused) is never sent: it would tell of an address."""

    CLOSED = 74
    FIELDS = 75
    NOT_SIGNABLE = 76
    UNAVAILABLE = 83
    NOT_FOUND = 84
    BAD_KEY = 85
    NOT_PUBLIC = 86
    BAD_RESPONSE_ID = 87
    BAD_URL = 88


class Refusal(Exception):
    """Why there is no result: a true HTTP status, that API's own code, and words for developers and for people."""

    def __init__(
        self, status: int, code: Code | None, developer: str, *, user: str = "", retry_after: int | None = None
    ) -> None:
        super().__init__(developer)
        self.status = HTTPStatus(status)
        self.code = code
        self.developer = developer
        self.user = user or developer
        self.retry_after = retry_after


@dataclass
class Found:
    """What was found: the results, how many there are in all, and which part of them this is."""

    results: list[dict[str, Any]]
    count: int
    limit: int
    offset: int = 0
    request: dict[str, Any] = field(default_factory=dict)  # resource and query, where the answer says them

    def metadata(self) -> dict[str, Any]:
        told = {"requestInfo": {"apiVersion": 1, **self.request}} if self.request else {}
        part = {"count": self.count, "limit": self.limit, "offset": self.offset}
        return {"responseInfo": _info(200, "OK"), **told, "resultset": part}


def _info(status: int, developer: str, user: str = "", code: int | str = "") -> dict[str, Any]:
    return {"status": status, "developerMessage": developer, "userMessage": user, "errorCode": code, "moreInfo": ""}


def callback_of(request: HttpRequest) -> str:
    """The name of the function that a script is to call. Raises Refusal for what is no name."""
    name = request.GET.get("callback", "")
    if len(name) > LONGEST_CALLBACK or not CALLBACK.fullmatch(name):
        raise Refusal(400, None, "Give the name of a function as callback, such as callback=show.")
    return name


def answered(request: HttpRequest, found: Found | None, *, callback: str = "", seconds: float = 0) -> HttpResponse:
    """What was found, made in so many seconds; without anything for a POST that was taken. 304 to who has it."""
    metadata = found.metadata() if found else {"responseInfo": _info(200, "OK")}
    results = orjson.dumps(found.results) if found else None
    told = orjson.dumps(metadata)
    # The same content is the same, however long it took.
    digest = hashlib.sha256(told + (results or b"") + callback.encode()).hexdigest()[:32]
    body = b'{"metadata":%s,"executionTime":%.6f}' % (told[:-1], seconds)
    body += b',"results":%s}' % results if results is not None else b"}"
    response = _response(body, callback, 200)
    if request.method not in ("GET", "HEAD"):
        return response
    response["ETag"] = f'W/"{digest}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def refused(refusal: Refusal, *, callback: str = "") -> HttpResponse:
    """The refusal in the same envelope, kept by nobody."""
    code = "" if refusal.code is None else int(refusal.code)
    info = _info(refusal.status.value, refusal.developer, refusal.user, code)
    body = orjson.dumps({"metadata": {"responseInfo": info}, "results": []})
    response = _response(body, callback, refusal.status.value)
    mark_unstored(response)
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    return response


def _response(body: bytes, callback: str, status: int) -> HttpResponse:
    if callback:
        # Line separators end a string in older JavaScript; a comment in front, so that no byte of ours begins the file.
        body = body.replace(b"\xe2\x80\xa8", rb"\u2028").replace(b"\xe2\x80\xa9", rb"\u2029")
        body = b"/**/%s(%s);" % (callback.encode(), body.replace(b"<", rb"\u003c"))
    response = HttpResponse(body, content_type=SCRIPT if callback else JSON, status=status)
    response["X-Content-Type-Options"] = "nosniff"
    return response
