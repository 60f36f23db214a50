"""Telling people what happened. The events of a petition are the queue; mails are queued in the same transaction in
which an event is marked as told, so that a run that is killed is gone on with where it stopped.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

import mailing.services
from petitions.models import Event
from signatures import following
from signatures.letters import TO_CREATOR, TO_SIGNER
from signatures.models import Role, Signature, SignatureState

BATCH = 5000
BATCHES_A_RUN = 20


def tell_due(now: datetime) -> int:
    """Queue the mails of events that nobody was told of yet, creators first; how many mails."""
    queued = 0
    for event_id in Event.objects.filter(tells_creator=True, creator_told_at=None).order_by("pk").values_list("pk"):
        queued += _step(event_id[0], _tell_creator, now)
    batches = BATCHES_A_RUN
    for event_id in Event.objects.filter(tells_signers=True, signers_told_at=None).order_by("pk").values_list("pk"):
        while batches and (told := _step(event_id[0], _tell_signers, now)):
            queued += told
            batches -= 1
    return queued


@transaction.atomic
def _step(event_id: int, tell: Callable[[Event, datetime], int], now: datetime) -> int:
    # Whoever is at it already goes on; the next sweep looks again.
    event = Event.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=event_id).first()
    return tell(event, now) if event else 0


def _tell_creator(event: Event, now: datetime) -> int:
    """To the mailbox of the creator's signature, whatever was ticked when signing."""
    if event.creator_told_at:
        return 0
    creators = Signature.objects.filter(
        petition_id=event.petition_id, role=Role.CREATOR, state=SignatureState.CONFIRMED
    ).values_list("id", flat=True)
    rows = [(row_id, f"event:{event.pk}:{row_id}") for row_id in creators]
    mailing.services.queue_many(TO_CREATOR, rows, petition_id=event.petition_id, details={"event": event.pk}, now=now)
    event.creator_told_at = now
    event.save(update_fields=["creator_told_at"])
    return len(rows)


def _tell_signers(event: Event, now: datetime) -> int:
    """The next batch of signers, by ascending number, with the last of them all followers; 0 when all are told.

    A creator told as such is left out.
    """
    if event.signers_told_at:
        return 0
    signers = Signature.objects.filter(
        petition_id=event.petition_id,
        id__gt=event.signers_told_through or 0,
        state=SignatureState.CONFIRMED,
        notify=True,
    )
    if event.tells_creator:
        signers = signers.exclude(role=Role.CREATOR)
    found = list(signers.order_by("id").values_list("id", flat=True)[:BATCH])
    mailing.services.queue_many(
        TO_SIGNER,
        [(row_id, f"event:{event.pk}:{row_id}") for row_id in found],
        petition_id=event.petition_id,
        details={"event": event.pk},
        now=now,
    )
    if found:
        event.signers_told_through = found[-1]
        event.signers_told += len(found)
    told = len(found)
    if len(found) < BATCH:
        told += following.tell(event, now)
        event.signers_told_at = now
    event.save(update_fields=["signers_told_through", "signers_told", "signers_told_at"])
    return told
