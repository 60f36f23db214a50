"""Wake-ups: what the clock would find within seconds is looked for at once."""

from typing import Any

from django.dispatch import receiver

from petitions import signals
from signatures.tasks import tell_due


@receiver(signals.petition_answered, dispatch_uid="signatures.tell_of_answer")
def tell_of_answer(petition_id: int, **kwargs: Any) -> None:
    """Mail those who wait for the answer."""
    tell_due.delay()


@receiver(signals.threshold_crossed, dispatch_uid="signatures.tell_of_threshold")
def tell_of_threshold(petition_id: int, **kwargs: Any) -> None:
    """Mail the creator."""
    tell_due.delay()
