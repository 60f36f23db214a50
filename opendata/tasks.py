"""Clocks of this room. Each task calls one service."""

from celery import shared_task
from django.utils import timezone

from opendata.changes import numbering
from opendata.dumps import shelf
from opendata.wethepeople import validations


@shared_task(ignore_result=True, soft_time_limit=60)
def number_changes() -> int:
    """Give what was changed its place in the change feed."""
    return numbering.number(timezone.now())


# Half a million petitions take some minutes; the limit is for a disk or a database that hangs.
@shared_task(ignore_result=True, soft_time_limit=7_200, time_limit=7_500)
def make_dump() -> int:
    """Make the dump of this day once its night is over, or the first of all; how many were made."""
    now = timezone.now()
    if not shelf.is_due(now):
        return 0
    try:
        shelf.make(now=now)
    except shelf.Busy:
        return 0
    return 1


@shared_task(ignore_result=True, soft_time_limit=600)
def forget_partner_signatures() -> int:
    """Let go of what came through partners' keys long ago, or was never confirmed."""
    return validations.forget_old(timezone.now())
