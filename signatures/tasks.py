from celery import shared_task
from django.utils import timezone

from signatures import pacing, retention, supporters, tally, telling


@shared_task
def fold() -> None:
    """Count what was confirmed."""
    tally.fold(timezone.now())


@shared_task
def tell_due() -> None:
    """Queue mails about what happened."""
    telling.tell_due(timezone.now())


@shared_task
def sweep_supporters() -> None:
    """Count supporters where the number is not right."""
    supporters.sweep(timezone.now())


@shared_task
def expire_pending() -> None:
    """Let go of what was never confirmed, and of how often mailboxes were written to."""
    now = timezone.now()
    retention.expire_pending(now)
    pacing.forget_old(now)
