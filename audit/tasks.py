"""The clocks of this room."""

import structlog
from celery import shared_task
from django.utils import timezone

from audit import sealing, verification
from audit.models import Head

log = structlog.get_logger(__name__)


@shared_task
def seal() -> int:
    return sealing.seal(timezone.now())


@shared_task
def publish_head() -> bool:
    """Publish the day's head, and verify what came since the one before: at the cost of a day's acts."""
    before = Head.objects.order_by("-day").first()
    head = sealing.publish_head(timezone.now())
    if head is None:
        return False
    if found := verification.first_break(after=before.number if before else 0):
        log.error("audit_broken", how=found.how, link=found.number, entry=found.entry_id)
    return True
