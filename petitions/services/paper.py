"""The number of signatures on paper, beside the count and never a part of it."""

from datetime import datetime

from django.db import transaction

from petitions import signals
from petitions.services.steps import lock, save


@transaction.atomic
def record_paper(*, petition_id: int, change: int, now: datetime) -> None:
    """Let the number on paper rise by ``change`` (fall, where negative), in the caller's transaction.

    No count and no threshold changes by it. Raises Petition.DoesNotExist; IntegrityError below zero.
    """
    petition = lock(petition_id)
    petition.paper_count += change
    save(petition, now)
    signals.announce(signals.petition_changed, petition_id=petition_id)
