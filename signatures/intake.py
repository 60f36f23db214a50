"""The hot path: a signature is accepted, and confirmed. Each is one transaction and locks no open petition."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

import mailing.services
import petitions.services
from petitions import switches
from petitions.lifecycle import State
from petitions.models import Petition
from petitions.refusals import Refused
from signatures import pacing, persons, supporters
from signatures.models import Role, Signature, SignatureState
from signatures.persons import Signer
from signatures.standing import AFTER_CLOSING, EARLY, Standing, knows, standing
from signatures.supporters import lock_early
from vault import tokens

CODE_TRIES = 5


class NotSignable(Refused):
    """The petition takes no signature now; ``standing`` says why."""

    def __init__(self, found: Standing) -> None:
        super().__init__(_("This petition can't be signed now."))
        self.standing = found


class Outcome(Enum):
    CONFIRMED = "confirmed"
    ALREADY = "already"  # confirmed before by the same link
    PAUSED = "paused"  # administrators have paused signing: nothing was looked at
    CLOSED = "closed"  # the petition closed more than a day ago
    VOID = "void"  # no such row at this generation, or its petition is not public any more


@dataclass(frozen=True)
class Confirmation:
    outcome: Outcome
    role: str = Role.SIGNER

    @property
    def is_signed(self) -> bool:
        """Whether the signature counts now, by this confirmation or an earlier one."""
        return self.outcome in (Outcome.CONFIRMED, Outcome.ALREADY)


# Insert first: the unique key decides who was first, and locks the row for whoever comes second. A confirmed, held or
# invalidated row stays as it is. What is typed again replaces what was never confirmed.
ACCEPT = """
INSERT INTO signatures_signature AS kept (
    petition_id, signer_key, state, role, notify, language, region_code, country_code, created_at,
    generation, code_tries, sealed, domain_tag, name_tag, network_tag
) SELECT
    petition.id, %(signer_key)s, 'pending', %(role)s, %(notify)s, %(language)s, %(region_code)s, %(country_code)s,
    %(now)s, 0, 0, %(sealed)s, %(domain_tag)s, %(name_tag)s, %(network_tag)s
FROM petitions_petition AS petition
WHERE petition.id = %(petition_id)s AND petition.state = %(state)s
    AND (petition.closes_at IS NULL OR petition.closes_at > %(now)s)
ON CONFLICT (petition_id, signer_key) DO UPDATE SET
    state = 'pending', confirmed_at = NULL, role = CASE kept.role WHEN 'creator' THEN kept.role ELSE EXCLUDED.role END,
    notify = EXCLUDED.notify, language = EXCLUDED.language, region_code = EXCLUDED.region_code,
    country_code = EXCLUDED.country_code, created_at = EXCLUDED.created_at, sealed = EXCLUDED.sealed,
    domain_tag = EXCLUDED.domain_tag, name_tag = EXCLUDED.name_tag, network_tag = EXCLUDED.network_tag
WHERE kept.state IN ('pending', 'withdrawn')
RETURNING id
"""


@transaction.atomic
def accept(*, petition_id: int, signer: Signer, role: Role = Role.SIGNER, now: datetime) -> int:
    """Take a signature and queue the mail by which its owner confirms it; the row's id.

    Nothing that the caller gets or that takes time tells whether the address signed before: who did is mailed that,
    without a link; who is mailed too often gets nothing. Supporters sign before moderation, 20 at most.

    Raises NotSignable; InvalidAddress where the provider has no such addresses.
    """
    petition = Petition.objects.filter(pk=petition_id).defer("title", "ask", "detail").first()
    found = standing(petition, by_supporters_link=role == Role.SUPPORTER, now=now)
    if petition is None or found != Standing.TAKES:
        raise NotSignable(found)
    values = persons.columns(signer, petition)
    if petition.state == State.GATHERING_SUPPORT:
        lock_early(petition_id)
        if not supporters.has_room(petition_id=petition_id, signer_key=values["signer_key"]):
            raise NotSignable(Standing.ENOUGH)
    else:
        role = Role.SIGNER
    given = {**values, "petition_id": petition_id, "role": role, "state": petition.state, "now": now}
    row_id, kind = _returned(ACCEPT, given), pacing.CONFIRM
    if row_id is None:
        row_id, kind = _kept(petition, values["signer_key"])
    if kind:
        pacing.queue_paced(
            kind, petition_id=petition_id, row_id=row_id, address_key=persons.address_key(signer.email), now=now
        )
    return row_id


def _kept(petition: Petition, signer_key: bytes) -> tuple[int, str]:
    """The row that was in the way, and the kind of mail that its owner gets ('' for none)."""
    row = Signature.objects.filter(petition_id=petition.pk, signer_key=signer_key).values_list("id", "state").first()
    if row is None:
        # Nothing was in the way: the petition left its state a moment ago.
        raise NotSignable(Standing.ENOUGH if petition.state == State.GATHERING_SUPPORT else Standing.ENDED)
    row_id, state = row
    return row_id, pacing.ALREADY_SIGNED if state in (SignatureState.CONFIRMED, SignatureState.HELD) else ""


# A signature accepted before closing may be confirmed for a day after.
CONFIRM = """
WITH confirmed AS (
    UPDATE signatures_signature AS signature SET state = 'confirmed', confirmed_at = %(now)s
    FROM petitions_petition AS petition
    WHERE signature.petition_id = %(petition_id)s AND signature.id = %(row_id)s
        AND signature.generation = %(generation)s AND signature.state = 'pending'
        AND petition.id = signature.petition_id AND ({petition_takes})
    RETURNING signature.petition_id, signature.region_code, signature.country_code, signature.role
), counted AS (
    INSERT INTO signatures_delta (petition_id, region_code, country_code, at, amount)
    SELECT petition_id, region_code, country_code, %(now)s, 1 FROM confirmed
)
SELECT role FROM confirmed
"""
CONFIRM_OPENED = CONFIRM.format(
    petition_takes="""
    petition.state = 'open' AND petition.closes_at IS NULL
    OR petition.state IN ('open', 'closed')
        AND petition.closes_at > signature.created_at AND petition.closes_at > %(closed_since)s
    """
)
CONFIRM_EARLY = CONFIRM.format(
    petition_takes="""
    petition.state = 'draft' AND signature.role = 'creator'
    OR petition.state IN ('gathering_support', 'in_moderation') AND signature.role <> 'signer'
    """
)


@transaction.atomic
def confirm(*, petition_id: int, row_id: int, generation: int, now: datetime) -> Confirmation:
    """Make a pending signature count, once however often it is asked: the row and its delta, together.

    The creator's confirmation hands the petition to its supporters; a supporter's is added to their number. While
    signing is paused the answer is PAUSED; the time that takes prolongs the day after closing.
    """
    if switches.current().signing_paused:
        return Confirmation(Outcome.PAUSED)
    given = {
        "petition_id": petition_id,
        "row_id": row_id,
        "generation": generation,
        "now": now,
        "closed_since": switches.grace_began(now, AFTER_CLOSING),
    }
    if role := _returned(CONFIRM_OPENED, given):
        return Confirmation(Outcome.CONFIRMED, role)
    if Petition.objects.filter(pk=petition_id, state__in=EARLY).exists():
        lock_early(petition_id)
        if role := _returned(CONFIRM_EARLY, given):
            _bring(petition_id, row_id, role, now)
            return Confirmation(Outcome.CONFIRMED, role)
    return _unconfirmed(petition_id, row_id, generation)


def _bring(petition_id: int, row_id: int, role: str, now: datetime) -> None:
    if role == Role.CREATOR:
        petitions.services.confirm_creator(petition_id=petition_id, now=now)
        mailing.services.queue(
            "creator_confirmed",
            petition_id=petition_id,
            row_id=row_id,
            once_key=f"creator_confirmed:{petition_id}",
            now=now,
        )
    else:
        supporters.count(petition_id=petition_id, now=now)


def _unconfirmed(petition_id: int, row_id: int, generation: int) -> Confirmation:
    row = Signature.objects.filter(petition_id=petition_id, id=row_id, generation=generation).first()
    petition = Petition.objects.filter(pk=petition_id).first()
    if row is None or petition is None or not knows(petition, row.role):
        return Confirmation(Outcome.VOID)
    outcomes = {SignatureState.CONFIRMED: Outcome.ALREADY, SignatureState.PENDING: Outcome.CLOSED}
    return Confirmation(outcomes.get(SignatureState(row.state), Outcome.VOID), row.role)


def confirm_by_code(*, petition_id: int, row_id: int, code: str, now: datetime) -> Confirmation:
    """As ``confirm``, by the 8 digits of the mail. After five wrong tries of one row no code confirms it any more.

    A wrong code, too many tries and an unknown row are the same answer: VOID.
    """
    if switches.current().signing_paused:
        return Confirmation(Outcome.PAUSED)
    # The try is paid before the code is looked at, and committed: parallel guesses can't share one.
    generation = _returned(
        """
        UPDATE signatures_signature SET code_tries = code_tries + 1
        WHERE petition_id = %(petition_id)s AND id = %(row_id)s AND code_tries < %(most)s RETURNING generation
        """,
        {"petition_id": petition_id, "row_id": row_id, "most": CODE_TRIES},
    )
    row = {"petition_id": petition_id, "row_id": row_id, "generation": generation}
    if generation is None or not tokens.is_code(code, **row):
        return Confirmation(Outcome.VOID)
    with transaction.atomic():
        confirmation = confirm(**row, now=now)
        Signature.objects.filter(petition_id=petition_id, id=row_id).update(code_tries=F("code_tries") - 1)
    return confirmation


def _returned(statement: str, given: dict[str, Any]) -> Any:
    """The first column of the row that the statement returned; None if there was none."""
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        row = cursor.fetchone()
    return row[0] if row else None
