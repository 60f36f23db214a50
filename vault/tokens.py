"""Tokens of mailed links: a MAC over what the link is for. Nothing of them is stored anywhere.

A token is ``base64url(key version, purpose, petition, row, generation, expiry | first 16 bytes of HMAC-SHA-256)``.
Whoever uses one must still compare its generation with the row's.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from functools import lru_cache

from vault import keys

LIFETIME = timedelta(days=30)
CODE_DIGITS = 8
_BODY = struct.Struct(">HBQQHI")
_ADDRESS = struct.Struct(">QQ")
_MAC_BYTES = 16


class Purpose(IntEnum):
    """What a link is for; a token made for one purpose opens nothing else."""

    CONFIRM = 1
    UNSUBSCRIBE = 2
    CREATOR = 3
    SUPPORT = 4
    DRAFT = 5
    RATE = 6
    MAILBOX = 7
    CONTRIBUTE = 8
    NOT_ME = 9
    NEVER = 10
    STAFF = 11
    FOLLOW = 12
    UNFOLLOW = 13


class BadToken(Exception):
    """No token of ours, for something else, or expired. Says no more, so that a page can't either."""


@dataclass(frozen=True)
class Claim:
    """What a valid token says: which row of which petition, at which generation."""

    petition_id: int
    row_id: int
    generation: int


def make(
    purpose: Purpose, *, petition_id: int, row_id: int, generation: int, now: datetime, lifetime: timedelta = LIFETIME
) -> str:
    """A link token for ``purpose``, valid until ``now + lifetime``; the same arguments give the same token."""
    version = keys.keyring().current
    body = _BODY.pack(version, purpose, petition_id, row_id, generation, _expires(now, lifetime))
    return base64.urlsafe_b64encode(body + _mac(body, version)).rstrip(b"=").decode()


@lru_cache(maxsize=256)
def _expires(now: datetime, lifetime: timedelta) -> int:
    return int((now + lifetime).timestamp())


def read(token: str, purpose: Purpose, *, now: datetime) -> Claim:
    """The claim in ``token``. Raises BadToken when it was changed, is for another purpose, or has expired."""
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
        body, mac = raw[: _BODY.size], raw[_BODY.size :]
        version, made_for, petition_id, row_id, generation, expires = _BODY.unpack(body)
        genuine = hmac.compare_digest(mac, _mac(body, version))
    except (UnicodeEncodeError, binascii.Error, struct.error, keys.UnknownKey) as error:
        raise BadToken from error
    # base64 ignores the spare bits of the last character; a token has one spelling only.
    if not genuine or base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != token:
        raise BadToken
    if made_for != purpose or expires < now.timestamp():
        raise BadToken
    return Claim(petition_id=petition_id, row_id=row_id, generation=generation)


def make_for_address(purpose: Purpose, address_key: bytes, *, now: datetime, lifetime: timedelta) -> str:
    """A link token about a mailbox as such, by its address key of 16 bytes; it names no petition."""
    high, low = _ADDRESS.unpack(address_key)
    return make(purpose, petition_id=high, row_id=low, generation=0, now=now, lifetime=lifetime)


def read_address(token: str, purpose: Purpose, *, now: datetime) -> bytes:
    """The address key in a token made for one. Raises BadToken."""
    claim = read(token, purpose, now=now)
    return _ADDRESS.pack(claim.petition_id, claim.row_id)


def code(*, petition_id: int, row_id: int, generation: int) -> str:
    """The 8 digits that confirm a signature where the link can't be opened."""
    return _code(keys.keyring().current, petition_id, row_id, generation)


def is_code(typed: str, *, petition_id: int, row_id: int, generation: int) -> bool:
    """Whether ``typed`` is the code of that row, under any key version still kept. The caller counts wrong tries."""
    genuine = False
    for version in keys.keyring().keys:
        right = _code(version, petition_id, row_id, generation)
        genuine |= hmac.compare_digest(typed.encode(), right.encode())
    return genuine


def _code(version: int, petition_id: int, row_id: int, generation: int) -> str:
    message = struct.pack(">QQH", petition_id, row_id, generation)
    digest = hmac.new(keys.derive("code", version=version), message, hashlib.sha256).digest()
    return str(int.from_bytes(digest[:8], "big") % 10**CODE_DIGITS).zfill(CODE_DIGITS)


def _mac(body: bytes, version: int) -> bytes:
    return hmac.digest(keys.derive("token", version=version), body, "sha256")[:_MAC_BYTES]
