"""What the browser remembers between signing and *check your e-mail*: sealed, of one length, for half an hour."""

import base64
import binascii
import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from signatures.models import Role
from signatures.persons import Signer
from vault import sealing

NAME = "signing"
LIFETIME = timedelta(minutes=30)
# Names of 100 and addresses of 254 characters fit, whatever their letters.
SEALED_LENGTH = 2048


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
    fields = {
        "row": str(handed.row_id),
        "role": handed.role,
        "at": now.isoformat(),
        "signer": json.dumps(asdict(handed.signer), ensure_ascii=False),
        "pad": "",
    }
    fields["pad"] = " " * (SEALED_LENGTH - len(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()))
    sealed = sealing.seal(fields, context=_context(handed.petition_id))
    response.set_cookie(
        NAME,
        base64.urlsafe_b64encode(sealed).decode(),
        max_age=int(LIFETIME.total_seconds()),
        path=reverse("signatures:sign", args=[handed.petition_id]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def recall(request: HttpRequest, petition_id: int, *, now: datetime) -> Handed | None:
    """What the cookie remembers; None without one, when it was tampered with, or after half an hour."""
    try:
        sealed = base64.urlsafe_b64decode(request.COOKIES.get(NAME, "").encode("ascii"))
        fields = sealing.unseal(sealed, context=_context(petition_id))
    except (UnicodeEncodeError, binascii.Error, sealing.BrokenSeal):
        return None
    if datetime.fromisoformat(fields["at"]) + LIFETIME < now:
        return None
    return Handed(petition_id, int(fields["row"]), Role(fields["role"]), Signer(**json.loads(fields["signer"])))


def _context(petition_id: int) -> str:
    return f"check-email:{petition_id}"
