"""From deltas to counts: one writer moves what was appended into the petitions' figures. Cost follows what is new."""

from datetime import datetime

from django.db import connection, transaction

import petitions.services
from petitions.services import CountChange
from petitions.services.counting import note_counted
from petitions.services.trends import roll_trends

BATCH = 5000
BATCHES = 20
# How exactly the age of the counts is known while nobody signs: an idle site need not write every second.
IDLE_SECONDS = 5
_FOLDER_LOCK = 0x7A11

# Deleting a delta and counting it is one transaction: it is in one place or the other, never in both or none.
TAKE = """
WITH taken AS (
    DELETE FROM signatures_delta WHERE id IN (SELECT id FROM signatures_delta ORDER BY id LIMIT %s)
    RETURNING petition_id, region_code, country_code, date_trunc('hour', at, 'UTC') AS hour, amount
)
SELECT petition_id, region_code, country_code, hour, sum(amount)::int, count(*)::int
FROM taken GROUP BY 1, 2, 3, 4
"""


def fold(now: datetime) -> int:
    """Move waiting deltas into totals, places and hours; how many. One caller at a time, others return 0 at once."""
    folded = 0
    for _batch in range(BATCHES):
        moved = _fold_batch(now)
        folded += moved
        if moved < BATCH:
            break
    return folded


@transaction.atomic
def _fold_batch(now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_FOLDER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(TAKE, [BATCH])
        rows = cursor.fetchall()
    changes = [CountChange(*row[:5]) for row in rows if row[4]]
    if changes:
        petitions.services.record_counts(changes=changes, now=now)
    moved = sum(row[5] for row in rows)
    if moved < BATCH:
        note_counted(now=now, at_least_every=0 if moved else IDLE_SECONDS)
    return moved


@transaction.atomic
def roll(now: datetime) -> int:
    """Once an hour, let the oldest hour fall out of what trends; how many petitions trend, 0 if it was done before."""
    hold_still()
    return roll_trends(now=now)


def hold_still() -> None:
    """Wait for the folder and keep it out until the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FOLDER_LOCK])
