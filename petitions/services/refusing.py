"""Refusing a petition, hiding it, taking it down, and taking that back."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from petitions import lifecycle, signals
from petitions.lifecycle import OPENED, Act, State
from petitions.models import Petition, Rejection, RejectionReason, ReviewRequest
from petitions.models.moderation import ReviewOutcome
from petitions.models.timeline import EventKind
from petitions.refusals import Refused
from petitions.services.counting import cross_thresholds
from petitions.services.events import record_event
from petitions.services.moderation import refuse_if_claimed
from petitions.services.steps import leave_queue, lock_for_moderator, move, record, save
from petitions.wording import clean


@dataclass(frozen=True)
class Decision:
    """Why a petition is refused: a reason of staff's list, words of the moderator, and the petition it repeats."""

    reason: RejectionReason
    details: str
    duplicate_of: Petition | None


@transaction.atomic
def reject(
    *,
    petition_id: int,
    moderator: User,
    reason_code: str,
    details: str = "",
    duplicate_of_id: int | None = None,
    now: datetime,
) -> Petition:
    """Refuse a petition that was never open; hidden where the reason hides. The creator is told why.

    Raises NotAllowed, WrongState; Refused while a colleague has claimed it, or for a wrong reason or duplicate.
    """
    petition = lock_for_moderator(petition_id, moderator)
    if petition.was_opened:
        raise lifecycle.WrongState(Act.REJECT, petition.state)
    refuse_if_claimed(petition, moderator, now)
    decision = _decision(petition, reason_code, details, duplicate_of_id)
    return _refuse(petition, decision, moderator, "reject", hide_it=decision.reason.hides, now=now)


@transaction.atomic
def take_down(
    *,
    petition_id: int,
    moderator: User,
    reason_code: str,
    details: str = "",
    duplicate_of_id: int | None = None,
    now: datetime,
) -> Petition:
    """Refuse a petition that is open or closed: its page says so from now on, or is gone where the reason hides.

    Signatures, dates and an answer owed are kept. Raises NotAllowed, WrongState; Refused as ``reject``.
    """
    petition = lock_for_moderator(petition_id, moderator)
    if petition.state not in OPENED:
        raise lifecycle.WrongState(Act.REJECT, petition.state)
    decision = _decision(petition, reason_code, details, duplicate_of_id)
    return _refuse(petition, decision, moderator, "take_down", hide_it=decision.reason.hides, now=now)


@transaction.atomic
def hide(*, petition_id: int, moderator: User, reason_code: str, details: str = "", now: datetime) -> Petition:
    """Refuse a petition in any state and show its text to nobody, whatever the reason.

    Raises NotAllowed, WrongState; Refused while a colleague has claimed it, or for an unknown reason.
    """
    petition = lock_for_moderator(petition_id, moderator)
    refuse_if_claimed(petition, moderator, now)
    decision = _decision(petition, reason_code, details, None, duplicate_needed=False)
    return _refuse(petition, decision, moderator, "hide", hide_it=True, now=now)


@transaction.atomic
def restore(*, petition_id: int, moderator: User, reason: str, now: datetime) -> Petition:
    """Take a refusal back: open again with the dates it had (closed where the deadline has passed), or, never opened,
    back in the queue.

    Raises NotAllowed, WrongState; Refused without a reason.
    """
    petition = lock_for_moderator(petition_id, moderator)
    if not clean(reason):
        raise Refused(_("Say why the decision is taken back."), "reason")
    take_back(petition, moderator, clean(reason), now, tells_creator=True)
    return petition


def take_back(petition: Petition, actor: User, reason: str, now: datetime, *, tells_creator: bool) -> None:
    """Undo the refusal of a locked petition: restored when it had been open, else back in the queue.

    A review of it that still waits has nothing left to decide.
    """
    was_hidden = petition.state == State.HIDDEN
    if petition.was_opened:
        move(petition, Act.RESTORE)
        petition.state = lifecycle.restored(
            withdrawn=petition.withdrawn_at is not None,
            deadline_passed=petition.closed_at is not None
            or (petition.closes_at is not None and petition.closes_at <= now),
        )
        if petition.state == State.CLOSED and petition.closed_at is None:
            petition.closed_at = petition.closes_at
    else:
        move(petition, Act.RECONSIDER)
        petition.moderation_threshold_reached_at = petition.moderation_threshold_reached_at or now
    petition.rejected_at = petition.hidden_at = None
    Rejection.objects.filter(petition=petition).delete()
    ReviewRequest.objects.filter(petition=petition, outcome="").update(
        outcome=ReviewOutcome.OVERTURNED, decided_by=actor, decided_at=now
    )
    save(petition, now)
    record_event(
        petition_id=petition.pk,
        kind=EventKind.RESTORED,
        key=now.isoformat(),
        public=petition.was_opened,
        tells_creator=tells_creator,
        tells_signers=petition.was_opened,  # they heard that it was taken down
        now=now,
    )
    record("restore", petition.pk, actor=actor, reason=reason, details={"hidden": was_hidden, "state": petition.state})
    cross_thresholds(petition_ids=[petition.pk], now=now)
    signals.announce(signals.petition_changed, petition_id=petition.pk)


def _decision(
    petition: Petition, reason_code: str, details: str, duplicate_of_id: int | None, *, duplicate_needed: bool = True
) -> Decision:
    reason = RejectionReason.objects.filter(code=reason_code, active=True).first()
    if reason is None:
        raise Refused(_("Choose a reason."), "reason_code")
    duplicate_of = None
    if reason.needs_duplicate and duplicate_needed:
        duplicate_of = _duplicate(petition, duplicate_of_id)
    return Decision(reason=reason, details=clean(details), duplicate_of=duplicate_of)


def _duplicate(petition: Petition, duplicate_of_id: int | None) -> Petition:
    other = Petition.objects.public().filter(pk=duplicate_of_id).exclude(pk=petition.pk).first()
    if other is None:
        raise Refused(_("Enter the number of a public petition that asks for the same."), "duplicate_of_id")
    return other


def _refuse(
    petition: Petition, decision: Decision, moderator: User, act: str, *, hide_it: bool, now: datetime
) -> Petition:
    before = petition.state
    move(petition, Act.HIDE if hide_it else Act.REJECT)
    if hide_it:
        petition.hidden_at = now
    else:
        petition.rejected_at = now
    leave_queue(petition)
    save(petition, now)
    Rejection.objects.update_or_create(
        petition=petition,
        defaults={
            "reason": decision.reason,
            "details": decision.details,
            "duplicate_of": decision.duplicate_of,
            "decided_by": moderator,
            "decided_at": now,
        },
    )
    duplicate_of_id = decision.duplicate_of.pk if decision.duplicate_of else None
    record_event(
        petition_id=petition.pk,
        kind=EventKind.TAKEN_DOWN if petition.was_opened else EventKind.REFUSED,
        key=now.isoformat(),
        details={"reason": decision.reason.code, "hidden": hide_it},
        public=not hide_it,
        tells_creator=True,
        tells_signers=petition.was_opened,
        now=now,
    )
    record(
        act,
        petition.pk,
        actor=moderator,
        reason=decision.details,
        details={
            "code": decision.reason.code,
            "hidden": hide_it,
            "from": before,
            "duplicate_of": duplicate_of_id,
        },
    )
    signals.announce(signals.petition_changed, petition_id=petition.pk)
    return petition
