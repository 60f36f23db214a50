"""Closing when the time has come, and reopening."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import require
from petitions import signals
from petitions.lifecycle import Act
from petitions.models import Petition, SigningPause
from petitions.models.timeline import EventKind
from petitions.refusals import Refused
from petitions.services.counting import cross_thresholds
from petitions.services.events import record_event
from petitions.services.moderation import make_thresholds
from petitions.services.steps import MODERATE, lock, move, record, save

BATCH = 100


def close_due(now: datetime) -> int:
    """The sweep: close every open petition whose deadline has come; how many. Two at once share the work.

    A deadline that comes while signing is paused waits: it moves when signing is resumed.
    """
    closed = 0
    while batch := _close_batch(now):
        closed += batch
    return closed


@transaction.atomic
def _close_batch(now: datetime) -> int:
    pauses = SigningPause.objects.filter(ended_at=None, began_at__lt=OuterRef("closes_at"))
    due = Petition.objects.past_deadline(now).filter(~Exists(pauses)).order_by("pk")
    petitions = list(due.select_for_update(skip_locked=True, no_key=True)[:BATCH])
    for petition in petitions:
        move(petition, Act.CLOSE)
        petition.closed_at = petition.closes_at
        save(petition, now)
        record_event(
            petition_id=petition.pk,
            kind=EventKind.CLOSED,
            key=f"{petition.closes_at:%Y-%m-%d}",
            details={"signatures": petition.signature_count},
            tells_creator=True,
            tells_signers=True,
            now=petition.closes_at or now,
        )
        record("close", petition.pk, actor=None)
        signals.announce(signals.petition_changed, petition_id=petition.pk)
    return len(petitions)


@transaction.atomic
def reopen(*, petition_id: int, closes_at: datetime, actor: User | None, reason: str, now: datetime) -> Petition:
    """Open a closed petition until ``closes_at``, under the clock, the thresholds and the mails of this site.

    Thresholds that it has passed already are marked reached and bring nothing; all others will. No actor stands for
    a command. Raises NotAllowed, WrongState; Refused without a reason or with a deadline that has passed.
    """
    if actor is not None:
        require(actor, MODERATE)
    petition = lock(petition_id)
    if not reason.strip():
        raise Refused(_("Say why the petition is opened again."), "reason")
    if closes_at <= now:
        raise Refused(_("The new deadline must lie ahead."), "closes_at")
    move(petition, Act.REOPEN)
    petition.closes_at, petition.closed_at, petition.exempt = closes_at, None, False
    save(petition, now)
    make_thresholds(petition)
    cross_thresholds(petition_ids=[petition_id], now=now, fires=False)
    record("reopen", petition_id, actor=actor, reason=reason.strip(), details={"closes_at": closes_at.isoformat()})
    signals.announce(signals.petition_changed, petition_id=petition_id)
    return petition
