"""Clocks of this room. Each task calls one service."""

from celery import shared_task
from django.utils import timezone

from opendata.changes import numbering
from opendata.wethepeople import validations


@shared_task(ignore_result=True, soft_time_limit=60)
def number_changes() -> int:
    """Give what was changed its place in the change feed."""
    return numbering.number(timezone.now())


@shared_task(ignore_result=True, soft_time_limit=600)
def forget_partner_signatures() -> int:
    """Let go of what came through partners' keys long ago, or was never confirmed."""
    return validations.forget_old(timezone.now())
