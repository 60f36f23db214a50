"""Changes get their place in the feed: one writer, after those who made them have committed (decision 0123)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max

from opendata.models import Change, Kind
from petitions.models import Petition
from responses.models import AnswerPage

BATCH = 5000
BATCHES = 20
_LOCK = 0xC4A6
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Each batch is in one place or the other, never in both or none.
TAKE = """
DELETE FROM opendata_touched WHERE id IN (SELECT id FROM opendata_touched ORDER BY id LIMIT %s)
RETURNING kind, subject
"""

Subject = tuple[str, int]


def position_of(moment: datetime) -> int:
    """The position before everything that was numbered at this moment or later: microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def number(now: datetime) -> int:
    """Give a position to everything that was touched; how many things. One caller at a time, others return 0."""
    numbered = 0
    for _batch in range(BATCHES):
        taken, changed = _number_batch(now)
        numbered += changed
        if taken < BATCH:
            break
    return numbered


@transaction.atomic
def _number_batch(now: datetime) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0, 0
        cursor.execute(TAKE, [BATCH])
        rows: list[Subject] = cursor.fetchall()
    subjects = sorted(set(rows))
    last = Change.objects.aggregate(last=Max("position"))["last"] or 0
    first = max(last + 1, position_of(now))
    public = _public(subjects)
    changes = [
        Change(kind=kind, subject=subject, position=position, at=now, listed=(kind, subject) in public)
        for position, (kind, subject) in enumerate(subjects, first)
    ]
    # What was ever listed stays so, or those who follow would not hear that it is gone.
    _store((change for change in changes if change.listed), "listed")
    _store(change for change in changes if not change.listed)
    return len(rows), len(subjects)


def _store(changes: Iterable[Change], *more: str) -> None:
    Change.objects.bulk_create(
        changes, update_conflicts=True, unique_fields=["kind", "subject"], update_fields=["position", "at", *more]
    )


def _public(subjects: Iterable[Subject]) -> set[Subject]:
    """Those of these that everybody may see now."""
    numbers: dict[str, list[int]] = {kind: [] for kind in Kind.values}
    for kind, subject in subjects:
        numbers[kind].append(subject)
    petitions = Petition.objects.public().filter(pk__in=numbers[Kind.PETITION]).values_list("pk", flat=True)
    answers = AnswerPage.objects.live().filter(case__in=numbers[Kind.ANSWER]).values_list("case", flat=True)
    return {
        *((Kind.PETITION.value, pk) for pk in petitions),
        *((Kind.ANSWER.value, case) for case in answers),
        *((kind, pk) for kind in (Kind.DEPARTMENT.value, Kind.TOPIC.value) for pk in numbers[kind]),
    }
