"""The clocks of this room."""

from celery import shared_task
from django.utils import timezone

from accounts.services import signing_in


@shared_task
def forget_sessions() -> int:
    return signing_in.forget_sessions(timezone.now())
