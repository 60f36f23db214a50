"""What the browser remembers between signing and *check your e-mail*: sealed, of one length, for half an hour."""

import base64
import binascii
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import http_date

from signatures.models import Role
from signatures.persons import Signer
from vault import sealing

NAME = "signing"
LIFETIME = timedelta(minutes=30)
# Names of 100 and addresses of 254 characters fit, whatever their letters; sealed, base64 needs no padding.
SEALED_LENGTH = 2049


@dataclass(frozen=True)
class Handed:
    """What was handed in a moment ago: which row, by whom, in which role."""

    petition_id: int
    row_id: int
    role: str
    signer: Signer

    def for_address(self, email: str) -> "Handed":
        """The same, by somebody with another address."""
        return replace(self, signer=replace(self.signer, email=email))


def remember(response: HttpResponse, handed: Handed, *, now: datetime) -> None:
    """Set the cookie. Its length tells nothing: it is the same for everybody."""
    path = reverse("signatures:sign", args=[handed.petition_id])
    terms = {"httponly": True, "samesite": "Lax", "secure": settings.SESSION_COOKIE_SECURE}
    response.set_cookie(NAME, _sealed(handed, now), max_age=LIFETIME, path=path, **terms)


def header(handed: Handed, *, path: str, now: datetime) -> str:
    """The same as the value of a header, as Django writes it. ``path`` is that of the petition's sign page."""
    seconds = int(LIFETIME.total_seconds())
    terms = f"expires={http_date(time.time() + seconds)}; HttpOnly; Max-Age={seconds}; Path={path}; SameSite=Lax"
    secure = "; Secure" if settings.SESSION_COOKIE_SECURE else ""
    return f" {NAME}={_sealed(handed, now)}; {terms}{secure}"


def _sealed(handed: Handed, now: datetime) -> str:
    fields = [handed.row_id, handed.role, now.timestamp(), vars(handed.signer)]
    plain = orjson.dumps(fields).ljust(SEALED_LENGTH)
    return base64.urlsafe_b64encode(sealing.seal_bytes(plain, context=_context(handed.petition_id))).decode()


def recall(request: HttpRequest, petition_id: int, *, now: datetime) -> Handed | None:
    """What the cookie remembers; None without one, when it was tampered with, or after half an hour."""
    try:
        sealed = base64.urlsafe_b64decode(request.COOKIES.get(NAME, "").encode("ascii"))
        row_id, role, at, signer = orjson.loads(sealing.unseal_bytes(sealed, context=_context(petition_id)))
    except (UnicodeEncodeError, binascii.Error, sealing.BrokenSeal):
        return None
    if at + LIFETIME.total_seconds() < now.timestamp():
        return None
    return Handed(petition_id, row_id, Role(role), Signer(**signer))


def _context(petition_id: int) -> str:
    return f"check-email:{petition_id}"
