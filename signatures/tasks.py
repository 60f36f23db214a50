from celery import shared_task
from django.utils import timezone

import mailing.retention
import petitions.services
from mailing import pace
from petitions import networks
from signatures import (
    bounces,
    clearing,
    mailboxes,
    pacing,
    reconciling,
    reminders,
    retention,
    supporters,
    tally,
    telling,
)
from signatures.challenge import proofs
from signatures.challenge.watch import watch as watch_rates
from signatures.fraud import bulk, watch


@shared_task
def fold() -> int:
    """Count what was confirmed; how many changes."""
    return tally.fold(timezone.now())


@shared_task
def roll() -> None:
    """Let the oldest hour fall out of what trends."""
    tally.roll(timezone.now())


@shared_task
def reconcile() -> int:
    """Compare counts with rows; how many petitions differ."""
    return reconciling.check_due(timezone.now())


@shared_task
def tell_due() -> int:
    """Queue mails about what happened; how many."""
    return telling.tell_due(timezone.now())


@shared_task
def sweep_supporters() -> int:
    """Count supporters where the number is not right; of how many petitions."""
    return supporters.sweep(timezone.now())


@shared_task
def expire_pending() -> None:
    """Let go of what was never confirmed, of how often mailboxes were written to, and of mailboxes that were away."""
    now = timezone.now()
    retention.expire_pending(now)
    pacing.forget_old(now)
    pace.forget_old(now)
    bounces.forget_old(now)


@shared_task
def keep_no_longer() -> None:
    """Let go of what has been kept long enough: signers of petitions dealt with, requests, drafts, reports, mails."""
    now = timezone.now()
    mailboxes.expire(now)
    clearing.clear_due(now)
    clearing.unlink_due(now)
    petitions.services.forget_old(now)
    mailing.retention.forget_old(now)


@shared_task
def remind_due() -> None:
    """Remind those who have not confirmed."""
    reminders.remind_due(timezone.now())


@shared_task
def work_on_bulk_acts() -> None:
    """Go on with what staff started on many signatures."""
    bulk.work()


@shared_task
def watch_for_fraud() -> None:
    """Flag what stands out among the newest signatures."""
    watch.look(timezone.now())


@shared_task
def watch_door() -> None:
    """Switch challenges on and off."""
    watch_rates(timezone.now())


@shared_task
def sweep_door() -> None:
    """Let go of spent proofs, and of networks that no rule holds for any more."""
    now = timezone.now()
    proofs.forget_expired(now)
    networks.forget_ended(now)
