"""Who has a case open: kept for an hour, so that two people do not work past each other."""

from datetime import datetime, timedelta

from accounts.models import User
from responses.models import Case, Presence

KEPT = timedelta(hours=1)


def note(case: Case, user: User, now: datetime) -> None:
    """Keep that ``user`` has the case open at ``now``."""
    Presence.objects.bulk_create(
        [Presence(case=case, user=user, seen_at=now)],
        update_conflicts=True,
        unique_fields=["case", "user"],
        update_fields=["seen_at"],
    )


def forget(now: datetime) -> int:
    """Take away who was where more than an hour ago; how many rows."""
    return Presence.objects.filter(seen_at__lt=now - KEPT).delete()[0]
