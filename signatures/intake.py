"""The hot path: a signature is accepted, and confirmed. Each is one transaction and locks no open petition."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

import mailing.services
import petitions.services
from petitions import switches
from petitions.lifecycle import State
from petitions.models import Petition
from petitions.refusals import Refused
from signatures import cards, door, group_commit, persons, supporters
from signatures.cards import Card
from signatures.door import TurnedBack, Visit
from signatures.fraud import suspicion
from signatures.models import Role, Signature, SignatureState
from signatures.persons import Signer
from signatures.standing import AFTER_CLOSING, EARLY, Standing, knows, standing
from signatures.statements import CONFIRM_EARLY, CONFIRM_OPENED, PAY_FOR_CODE, returned
from signatures.supporters import lock_early
from vault import tokens
from vault.signer import about_tag

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


def accept(
    *, petition_id: int, signer: Signer, role: Role = Role.SIGNER, visit: Visit | None = None, now: datetime
) -> int:
    """Take a signature and queue the mail by which its owner confirms it; the row's id. One transaction.

    Nothing that the caller gets or that takes time tells whether the address signed before: who did is mailed that,
    without a link; who is mailed too often or wants no mail gets nothing. Supporters sign before moderation, 20 at
    most. Who brings a ``visit`` takes their turn at the door on the way, together with others.

    Raises NotSignable; TurnedBack at the door; InvalidAddress where the provider has no such addresses.
    """
    if role == Role.SUPPORTER:
        with transaction.atomic():
            lock_early(petition_id)
            return _accept_at_leisure(petition_id, signer, role, now)
    card = cards.find(petition_id)
    if card is None or card.salt is None or switches.current().signing_paused:
        if visit:
            door.take_turns([visit])
            _let_in(visit)
        return _accept_at_leisure(petition_id, signer, role, now)
    row_id = _accepted(card, signer, role=role, state=State.OPEN, visit=visit, now=now)
    if visit:
        _let_in(visit)
    return _accept_at_leisure(petition_id, signer, role, now) if row_id is None else row_id


def _let_in(visit: Visit) -> None:
    if visit.away:
        raise TurnedBack(visit.away)


def _accept_at_leisure(petition_id: int, signer: Signer, role: Role, now: datetime) -> int:
    """Ask first why the petition would not take it; then with its card as it is now."""
    petition = Petition.objects.filter(pk=petition_id).defer("title", "ask", "detail").first()
    found = standing(petition, by_supporters_link=role == Role.SUPPORTER, now=now)
    if petition is None or found != Standing.TAKES:
        raise NotSignable(found)
    card = cards.of(petition)
    is_early = petition.state == State.GATHERING_SUPPORT
    if is_early and not supporters.has_room(petition_id=petition_id, signer_key=persons.signer_key(signer.email, card)):
        raise NotSignable(Standing.ENOUGH)
    role = role if is_early else Role.SIGNER
    row_id = _accepted(card, signer, role=role, state=petition.state, now=now)
    if row_id is None:
        # Nothing was in the way: the petition left its state a moment ago.
        raise NotSignable(Standing.ENOUGH if is_early else Standing.ENDED)
    return row_id


def _accepted(
    card: Card, signer: Signer, *, role: Role, state: str, now: datetime, visit: Visit | None = None
) -> int | None:
    """The row's id; None where the petition takes nothing in this state, the card is outdated, or nobody is let in."""
    suspected = suspicion.of_address(signer.email)
    address_keys = persons.address_keys(signer.email)
    row = {
        **persons.columns(signer, card),
        "petition_id": card.pk,
        "petition_state": state,
        "salt": card.salt,
        "key_version": card.key_version,
        "rules_version": card.rules_version,
        "role": role,
        "suspicion": suspected,
        "may_be_mailed": suspected != suspicion.BLOCKED,
        "address_key": address_keys[0],
        "address_keys": address_keys,
        "about": about_tag(address_keys[0], petition_id=card.pk),
        "at": now,
    }
    return group_commit.accept(row, visit)


def confirm(*, petition_id: int, row_id: int, generation: int, now: datetime) -> Confirmation:
    """Make a pending signature count, once however often it is asked: the row and its delta, together.

    A suspected one is held for staff, which the answer does not tell. The creator's confirmation hands the petition to
    its supporters; a supporter's is added to their number. While signing is paused the answer is PAUSED; the time that
    takes prolongs the day after closing.
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
    if role := returned(CONFIRM_OPENED, given):
        return Confirmation(Outcome.CONFIRMED, role)
    if Petition.objects.filter(pk=petition_id, state__in=EARLY).exists():
        with transaction.atomic():
            lock_early(petition_id)
            if role := returned(CONFIRM_EARLY, given):
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
    outcomes = {
        SignatureState.CONFIRMED: Outcome.ALREADY,
        SignatureState.HELD: Outcome.ALREADY,
        SignatureState.PENDING: Outcome.CLOSED,
    }
    return Confirmation(outcomes.get(SignatureState(row.state), Outcome.VOID), row.role)


def confirm_by_code(*, petition_id: int, row_id: int, code: str, now: datetime) -> Confirmation:
    """As ``confirm``, by the 8 digits of the mail. After five wrong tries of one row no code confirms it any more.

    A wrong code, too many tries and an unknown row are the same answer: VOID.
    """
    if switches.current().signing_paused:
        return Confirmation(Outcome.PAUSED)
    # The try is paid before the code is looked at, and committed: parallel guesses can't share one.
    generation = returned(PAY_FOR_CODE, {"petition_id": petition_id, "row_id": row_id, "most": CODE_TRIES})
    row = {"petition_id": petition_id, "row_id": row_id, "generation": generation}
    if generation is None or not tokens.is_code(code, **row):
        return Confirmation(Outcome.VOID)
    with transaction.atomic():
        confirmation = confirm(**row, now=now)
        Signature.objects.filter(petition_id=petition_id, id=row_id).update(code_tries=F("code_tries") - 1)
    return confirmation
