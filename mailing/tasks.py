from celery import shared_task
from django.utils import timezone

from mailing import sender


@shared_task
def send_due() -> int:
    """Send the mails that are due; how many left."""
    return sender.send_due(timezone.now())
