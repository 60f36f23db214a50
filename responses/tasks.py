"""The clocks and sweeps of this room. Each fetches the time and calls one service."""

from celery import shared_task
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from responses import services
from responses.services import batches, digests, gathering, presence

# Two beats, or a slow run, must not publish the same pages at once.
PUBLISH_LOCK = 7_405_001


@shared_task
def open_missing_cases() -> int:
    return services.open_missing_cases(timezone.now())


@shared_task
def watch_due_dates() -> int:
    return services.watch_due_dates(timezone.now())


@shared_task
def record_missing_publications() -> int:
    return services.record_missing_publications(timezone.now())


@shared_task
def check_clearances() -> int:
    return len(services.check_clearances())


@shared_task
def work_on_batches() -> int:
    return batches.work_on_batches(timezone.now())


@shared_task
def send_digests() -> int:
    now = timezone.now()
    presence.forget(now)
    return digests.send_digests(now)


@shared_task
def chase_contributions() -> int:
    return gathering.chase(timezone.now())


@shared_task
def follow_up() -> int:
    """Cases whose answers failed their signers, and petitions that are due a hearing."""
    now = timezone.now()
    services.tell_of_hearings(now)
    return services.follow_up_low_rated(now)


@shared_task
def publish_scheduled() -> None:
    """Answers whose time has come, and whatever editors scheduled among the other pages."""
    services.publish_due(timezone.now())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [PUBLISH_LOCK])
        if cursor.fetchone()[0]:
            call_command("publish_scheduled")
