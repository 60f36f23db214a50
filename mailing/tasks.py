from celery import shared_task
from django.utils import timezone

from mailing import sender


@shared_task
def send_due() -> None:
    """Send the mails that are due."""
    sender.send_due(timezone.now())
