"""What lets a signature in where a challenge stands: work that a browser did, or patience where it runs no scripts.

The work is ALTCHA's second version with PBKDF2. What a client sends costs us no key derivation before its HMAC, its
expiry, its petition and its first use are sure, in this order. First use is decided by PostgreSQL alone.
"""

import json
import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b

import altcha
from django.core.signing import BadSignature, Signer
from django.db import connection

from signatures import metrics
from vault import keys

ALGORITHM = "PBKDF2/SHA-256"
# 256 derivations of 5,000 rounds on average: a second for a phone of some years, 3 ms for us to check.
COST, PREFIX = 5_000, "00"
# As long as somebody may take over the form (WCAG 2.2.1 asks for 20 minutes at least where time is limited).
LIFETIME = timedelta(minutes=30)
# Without scripts the page must have been open for so long. Filling it in takes a person about as much.
PATIENCE = timedelta(seconds=20)
LONGEST_PROOF = 4_096


class Result(StrEnum):
    RIGHT = "right"
    MISSING = "missing"  # neither work nor a ticket of this petition
    EARLY = "early"  # a ticket, but not yet old enough
    MALFORMED = "malformed"
    EXPIRED = "expired"
    FORGED = "forged"
    ELSEWHERE = "elsewhere"  # made for another petition
    SPENT = "spent"
    WRONG = "wrong"


@dataclass(frozen=True)
class Puzzle:
    """What the form carries: the challenge as JSON for the script, and the ticket for browsers without one."""

    challenge: str
    ticket: str


@dataclass(frozen=True)
class Ticket:
    """When a form was first shown, signed by us."""

    text: str
    nonce: str
    issued_at: datetime

    def seconds_early(self, now: datetime) -> int:
        """How long it must be waited for still."""
        return max(0, math.ceil((self.issued_at + PATIENCE - now).total_seconds()))


def puzzle(petition_id: int, *, now: datetime, ticket: Ticket | None = None) -> Puzzle:
    """A fresh challenge for this petition, with a ticket of its own or with one that is being waited for."""
    challenge = altcha.create_challenge(
        ALGORITHM,
        COST,
        key_prefix=PREFIX,
        expires_at=now + LIFETIME,
        data={"petition": petition_id},
        hmac_secret=_secret(),
    )
    text = ticket.text if ticket else _signer().sign(f"{petition_id}.{int(now.timestamp())}.{secrets.token_hex(8)}")
    return Puzzle(json.dumps(challenge.to_dict(), separators=(",", ":")), text)


def ticket(text: str, petition_id: int, *, now: datetime) -> Ticket | None:
    """The ticket that a form of this petition brought back; None for any other text, and after half an hour."""
    try:
        petition, issued, nonce = _signer().unsign(text).split(".")
    except (BadSignature, ValueError):
        return None
    issued_at = datetime.fromtimestamp(int(issued), tz=now.tzinfo)
    return Ticket(text, nonce, issued_at) if petition == str(petition_id) and now < issued_at + LIFETIME else None


def examine(proof: str, petition_id: int, *, now: datetime) -> Result:
    """Whether ``proof`` (what the script sent) lets one signature of this petition in. RIGHT is said once.

    Never raises but for a database that is away.
    """
    result = _examined(proof, petition_id, now)
    metrics.PROOFS[result.value].inc()
    return result


def spend(nonce: str, *, now: datetime) -> bool:
    """Use up a challenge or a ticket; whether nobody had before. Decided by a unique key, in one statement."""
    digest = blake2b(nonce.encode(), digest_size=16).digest()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO signatures_spentproof (digest, expires_at) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [digest, now + LIFETIME],
        )
        return cursor.rowcount == 1


def forget_expired(now: datetime) -> int:
    """Delete what would be refused as expired anyway; how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM signatures_spentproof WHERE expires_at < %s", [now])
        return cursor.rowcount


class _Unfit(Exception):
    def __init__(self, result: Result) -> None:
        self.result = result


def _examined(proof: str, petition_id: int, now: datetime) -> Result:
    if len(proof) > LONGEST_PROOF:
        return Result.MALFORMED

    def derive(parameters: altcha.ChallengeParameters, salt: bytes, password: bytes) -> bytes:
        # The library comes here last, once HMAC and expiry have held. Each challenge costs us one derivation at most.
        if parameters.data != {"petition": petition_id}:
            raise _Unfit(Result.ELSEWHERE)
        if not spend(parameters.nonce, now=now):
            raise _Unfit(Result.SPENT)
        return altcha.derive_key_pbkdf2(parameters, salt, password)

    try:
        found = altcha.verify_solution(proof, _secret(), derive)
    except _Unfit as unfit:
        return unfit.result
    if found.verified:
        return Result.RIGHT
    if found.expired:
        return Result.EXPIRED
    if found.invalid_signature:
        return Result.FORGED
    return Result.WRONG if found.invalid_solution else Result.MALFORMED


def _secret() -> bytes:
    return keys.derive("challenge")


def _signer() -> Signer:
    return Signer(key=keys.derive("challenge ticket").hex(), salt="signatures.challenge")
