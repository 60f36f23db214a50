"""Keys of partners: issued once, changed and revoked by staff, and found again by nothing but their digest."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

import audit.services
from accounts.models import User
from accounts.permissions import require
from opendata.models import PartnerKey
from petitions import places
from petitions.refusals import Refused

MANAGE = "opendata.manage_partners"
KEY_BYTES = 32
KEY = re.compile(r"[\w-]{43}", re.ASCII)
SHOWN_CHARACTERS = 8
MOST_PER_MINUTE, MOST_PER_HOUR = 10_000, 100_000


@dataclass(frozen=True)
class Terms:
    """What staff decide about a key."""

    partner: str
    declaration: str
    country: str
    language: str
    trusted: bool
    per_minute: int
    per_hour: int
    note: str = ""
    expires_at: datetime | None = None


def _digest(key: str) -> bytes:
    # 256 bits of chance need neither salt nor a slow hash.
    return hashlib.sha256(key.encode()).digest()


def find(key: str, *, now: datetime) -> PartnerKey | None:
    """The key's row if it may be used now."""
    if not KEY.fullmatch(key):
        return None
    return in_force(now).filter(digest=_digest(key)).first()


def in_force(now: datetime) -> Any:
    """The keys that may be used at ``now``."""
    return PartnerKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)


@transaction.atomic
def issue(*, actor: User, terms: Terms, now: datetime) -> tuple[PartnerKey, str]:
    """A new key: its row, and the key itself, which nobody can read again. One audit row.

    Raises NotAllowed; Refused with its field for terms that can't be.
    """
    require(actor, MANAGE)
    key = secrets.token_urlsafe(KEY_BYTES)
    row = PartnerKey(digest=_digest(key), beginning=key[:SHOWN_CHARACTERS], issued_by=actor, issued_at=now)
    _put(row, terms, now)
    _record("partner_key.issue", row, actor, terms.note)
    return row, key


@transaction.atomic
def change(*, actor: User, key_id: int, terms: Terms, reason: str, now: datetime) -> PartnerKey:
    """Other terms for a key, in force with the next request. One audit row.

    Raises NotAllowed; Refused with its field without a reason, for terms that can't be, when nothing changes, or once
    the key is revoked.
    """
    require(actor, MANAGE)
    row = _standing(key_id, reason)
    before = _facts(row)
    _put(row, terms, now)
    changed = {name: [old, new] for name, new in _facts(row).items() if (old := before[name]) != new}
    if not changed:
        raise Refused(_("Nothing was changed."))
    _record("partner_key.change", row, actor, reason.strip(), changed=changed)
    return row


@transaction.atomic
def revoke(*, actor: User, key_id: int, reason: str, now: datetime) -> None:
    """End a key for good, with the next request. What came through it stays. One audit row.

    Raises NotAllowed; Refused without a reason, or when it is revoked already.
    """
    require(actor, MANAGE)
    row = _standing(key_id, reason)
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    _record("partner_key.revoke", row, actor, reason.strip())


def _standing(key_id: int, reason: str) -> PartnerKey:
    if not reason.strip():
        raise Refused(_("Say why."), "reason")
    row = PartnerKey.objects.select_for_update().filter(pk=key_id, revoked_at=None).first()
    if row is None:
        raise Refused(_("This key is revoked already."))
    return row


def _put(row: PartnerKey, terms: Terms, now: datetime) -> None:
    if not terms.partner.strip():
        raise Refused(_("Name the partner."), "partner")
    if not terms.declaration.strip():
        raise Refused(_("Say what the partner has declared about those who sign."), "declaration")
    if terms.country not in places.countries():
        raise Refused(_("Choose a country."), "country")
    if terms.language not in dict(settings.LANGUAGES):
        raise Refused(_("Choose a language."), "language")
    for name, most in (("per_minute", MOST_PER_MINUTE), ("per_hour", MOST_PER_HOUR)):
        if not 0 < getattr(terms, name) <= most:
            raise Refused(_("Give a number from 1 to %(most)s.") % {"most": most}, name)
    if terms.expires_at is not None and terms.expires_at != row.expires_at and terms.expires_at <= now:
        raise Refused(_("This time is past."), "expires_at")
    row.partner, row.declaration, row.note = (text.strip() for text in (terms.partner, terms.declaration, terms.note))
    row.country, row.language, row.trusted = terms.country, terms.language, terms.trusted
    row.per_minute, row.per_hour, row.expires_at = terms.per_minute, terms.per_hour, terms.expires_at
    row.save()


def _facts(row: PartnerKey) -> dict[str, Any]:
    names = ("partner", "declaration", "country", "language", "trusted", "per_minute", "per_hour", "note")
    until = row.expires_at.isoformat() if row.expires_at else None
    return {**{name: getattr(row, name) for name in names}, "until": until}


def _record(action: str, row: PartnerKey, actor: User, reason: str, **details: Any) -> None:
    audit.services.record(
        action=action,
        subject_kind="partner_key",
        subject_id=row.pk,
        actor_id=actor.pk,
        reason=reason,
        details=details or _facts(row),
    )
