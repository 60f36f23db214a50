"""The short way of a sign form that is in order: to the same services, past what Django does for any request.

Its reply is the long way's, down to the last header: they are learned from a reply that came the long way. Whatever is
not plainly in order, or is not accepted, goes the long way, which may do the same again and can explain.
"""

import io
import re
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from config.access_log import tell
from config.learned import LANGUAGE, Application, Environ, Headers, Learned, Reply
from config.middleware import caller_address
from petitions.refusals import Refused
from signatures import cookies, door, entry, group_commit, intake
from signatures.cookies import Handed
from signatures.identity import InvalidAddress
from signatures.models import Role

FORM = "application/x-www-form-urlencoded"
SEE_OTHER = f"{HTTPStatus.SEE_OTHER.value} {HTTPStatus.SEE_OTHER.phrase}"
OWN = frozenset({"location", "set-cookie"})

_PATH = re.compile(rf"{LANGUAGE}/petitions/(?P<petition_id>[1-9]\d{{0,17}})/sign/", re.ASCII)


class ShortWay:
    """A WSGI application before Django's."""

    def __init__(self, django: Application) -> None:
        self._django = django
        self._learned = Learned(is_taken, own=OWN)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = _PATH.fullmatch(environ.get("PATH_INFO", "")) if environ["REQUEST_METHOD"] == "POST" else None
        if found is None:
            return self._django(environ, start_response)
        headers = self._learned.headers(environ, found["language"])
        if headers is None:
            return self._django(environ, self._learned.learning(environ, found["language"], start_response))
        began = time.perf_counter()
        handed = handed_in(environ, int(found["petition_id"]), found["language"] or settings.LANGUAGE_CODE)
        if handed is None:
            connection.close_if_unusable_or_obsolete()
            return self._django(environ, start_response)
        path = environ["PATH_INFO"]
        cookie = cookies.header(handed, path=path, now=timezone.now())
        start_response(SEE_OTHER, [*headers, ("Location", f"{path}check-email/"), ("Set-Cookie", cookie)])
        tell("signatures:sign", {"petition_id": handed.petition_id}, method="POST", status=303, began=began)
        return Reply()


def is_taken(status: str, headers: Headers) -> bool:
    """Whether this is the reply to a signature that was taken."""
    return status.startswith("303") and any(name.lower() == "set-cookie" for name, _value in headers)


def handed_in(environ: Environ, petition_id: int, language: str) -> Handed | None:
    """What was handed in, on disk; None where the long way must be gone, with the form as it came."""
    try:
        with group_commit.coming():
            return _hand_in(environ, petition_id, language)
    except (door.TurnedBack, Refused, InvalidAddress, Error):
        return None


def _hand_in(environ: Environ, petition_id: int, language: str) -> Handed | None:
    typed = _typed(environ)
    if typed is None or door.is_challenged(petition_id):
        return None
    address = caller_address(environ)
    signer = entry.read(typed, network=address, language=language)
    if signer is None:
        return None
    visit = door.visit(address, petition_id)
    try:
        row_id = intake.accept(petition_id=petition_id, signer=signer, visit=visit, now=timezone.now())
    finally:
        if visit.turn or visit.away:
            environ[door.KNOCKED] = visit.away  # or the long way would take a second turn
    return Handed(petition_id, row_id, Role.SIGNER, signer)


def _typed(environ: Environ) -> dict[str, str] | None:
    """The form, if it is as a browser sends it that signs for the first time."""
    length = environ.get("CONTENT_LENGTH") or ""
    if environ.get("CONTENT_TYPE") != FORM or not (length.isascii() and length.isdecimal()):
        return None
    if int(length) > settings.PUBLIC_BODY_MAX_BYTES or environ.get("QUERY_STRING") or environ.get("HTTP_COOKIE"):
        return None
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)  # for the long way
    try:
        pairs = parse_qsl(body.decode("ascii"), True, True, "utf-8", "strict", settings.PUBLIC_MAX_FIELDS)
    except ValueError:
        return None
    return None if b"%00" in body or b"\0" in body else dict(pairs)
