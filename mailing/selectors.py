"""What others may know of the queue."""

import threading
import time
from datetime import datetime, timedelta

from django.db import Error, connection

from mailing.models import Mail, MailState, Priority

LATE_AFTER = timedelta(minutes=1)
CACHED_SECONDS = 5.0

# Due and not sent for a minute; or put off, and nothing has left since; or its turn at a busy receiver is far off.
LATE = """
SELECT EXISTS (
    SELECT FROM mailing_mail WHERE state = 'queued' AND priority = 0 AND due_at < %(a_minute_ago)s
) OR EXISTS (
    SELECT FROM mailing_mail WHERE state = 'queued' AND priority = 0 AND (
        attempts > 0 AND created_at > coalesce((SELECT at FROM mailing_lastsent), '-infinity')
        OR has_slot AND due_at > %(in_a_minute)s
    )
)
"""

_cached: tuple[float, bool] = (0.0, False)
_lock = threading.Lock()


def is_late(now: datetime) -> bool:
    """Whether a confirmation queued now may have to wait: for the page that says "check your e-mail".

    Some seconds old. While the database is away nothing leaves: True.
    """
    global _cached
    with _lock:
        until, late = _cached
        if until > time.monotonic():
            return late
        _cached = (time.monotonic() + CACHED_SECONDS, late)  # the others go on with the last answer meanwhile
    try:
        with connection.cursor() as cursor:
            cursor.execute(LATE, {"a_minute_ago": now - LATE_AFTER, "in_a_minute": now + LATE_AFTER})
            late = cursor.fetchone()[0]
    except Error:
        late = True
    with _lock:
        _cached = (time.monotonic() + CACHED_SECONDS, late)
    return late


def forget() -> None:
    """Look anew at the next question."""
    global _cached
    with _lock:
        _cached = (0.0, False)


def waiting_bulk(petition_id: int, detail: dict[str, int]) -> int:
    """How many bulk mails about a petition are still to leave, of those whose details hold ``detail``."""
    return Mail.objects.filter(
        petition_id=petition_id, state=MailState.QUEUED, priority=Priority.BULK, details__contains=detail
    ).count()


def failed_bulk(petition_id: int, detail: dict[str, int]) -> int:
    """How many of them failed for good, in the 90 days for which rows are kept."""
    failed = Mail.objects.filter(state=MailState.FAILED, priority=Priority.BULK, petition_id=petition_id)
    return failed.filter(details__contains=detail).count()
