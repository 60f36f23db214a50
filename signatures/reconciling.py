"""Counts compared with the rows they were made of. What differs is kept and alarmed; only an operator repairs it."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from petitions.services.counting import repair_counts
from signatures import drift_mail, tally
from signatures.models import CountCheck, Drift

CHUNK = 200
MOST_AT_ONCE = 20_000
CHECKED_EVERY = timedelta(hours=24)
# A petition that changes is compared again after this long: the largest ones take seconds.
CHECKED_AGAIN = timedelta(minutes=30)
MOST_SECONDS = 60
CELLS_KEPT = 100

log = structlog.get_logger(__name__)

# One statement is one moment: whatever is signed, confirmed and folded meanwhile, rows and deltas agree in it.
# Hours of petitions from elsewhere hold what was signed there too, so that they say nothing about the rows.
COMPARE = """
WITH chosen AS (
    SELECT id, source, signature_count, imported_count FROM petitions_petition WHERE id = ANY(%(petition_ids)s)
), parts AS (
    SELECT petition_id, region_code, country_code, date_trunc('hour', confirmed_at, 'UTC') AS hour, count(*) AS number
    FROM signatures_signature WHERE petition_id = ANY(%(petition_ids)s) AND state = 'confirmed'
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT petition_id, region_code, country_code, date_trunc('hour', at, 'UTC'), -amount
    FROM signatures_delta WHERE petition_id = ANY(%(petition_ids)s)
), given AS (
    SELECT petition_id, kind, place, sum(number) AS number
    FROM parts JOIN chosen ON chosen.id = parts.petition_id
    CROSS JOIN LATERAL (VALUES
        ('total', ''), ('region', region_code), ('country', country_code),
        ('hour', CASE source WHEN '' THEN to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24') END)
    ) AS cell (kind, place)
    WHERE place IS NOT NULL
    GROUP BY 1, 2, 3
), counted AS (
    SELECT id AS petition_id, 'total' AS kind, '' AS place, (signature_count - imported_count)::bigint AS number
    FROM chosen
    UNION ALL
    SELECT petition_id, 'region', region_code, signed FROM petitions_regioncount
    WHERE petition_id = ANY(%(petition_ids)s)
    UNION ALL
    SELECT petition_id, 'country', country_code, sum(signed) FROM petitions_countrycount
    WHERE petition_id = ANY(%(petition_ids)s) GROUP BY petition_id, country_code
    UNION ALL
    SELECT petition_id, 'hour', to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24'), count
    FROM petitions_hourcount JOIN chosen ON chosen.id = petition_id AND chosen.source = ''
)
SELECT petition_id, kind, place, coalesce(given.number, 0)::int, coalesce(counted.number, 0)::int
FROM given FULL JOIN counted USING (petition_id, kind, place)
WHERE coalesce(given.number, 0) <> coalesce(counted.number, 0)
ORDER BY petition_id, kind DESC, place
"""

# Whose turn it is, the longest unchecked first.
DUE = """
SELECT petition.id FROM petitions_petition AS petition
LEFT JOIN signatures_countcheck AS seen ON seen.petition_id = petition.id
WHERE seen.checked_at IS NULL OR seen.checked_at <= %(day_ago)s
    OR seen.checked_at <= %(while_ago)s AND petition.updated_at > seen.checked_at
ORDER BY seen.checked_at NULLS FIRST, petition.id LIMIT %(most)s
"""


@dataclass(frozen=True)
class Cell:
    """One figure that differs: ``kind`` is total, region, country or hour; ``place`` its code, or the hour in UTC."""

    kind: str
    place: str
    rows: int
    counted: int

    @property
    def lacks(self) -> int:
        return self.rows - self.counted


Differences = dict[int, list[Cell]]


def compare(petition_ids: Sequence[int]) -> Differences:
    """What differs between the counts of these petitions and their rows, at one moment. Who agrees is left out."""
    differences: Differences = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(COMPARE, {"petition_ids": list(petition_ids)})
        for petition_id, *cell in cursor.fetchall():
            differences[petition_id].append(Cell(*cell))
    return dict(differences)


def check_due(now: datetime) -> int:
    """Compare the petitions whose turn it is, for a minute at most; how many differ.

    Each petition has its turn once a day, and half an hour after the last one when it has changed since.
    """
    drifted, until = 0, time.monotonic() + MOST_SECONDS
    for chunk in chunks(_due(now)):
        drifted += len(check(chunk, now=now))
        if time.monotonic() > until:
            break
    return drifted


def chunks(petition_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The petitions in pieces that one comparison takes."""
    return (petition_ids[begin : begin + CHUNK] for begin in range(0, len(petition_ids), CHUNK))


def check(petition_ids: Sequence[int], *, now: datetime) -> Differences:
    """Compare these petitions, note that it was done, and keep, log and tell what differs. Repairs nothing."""
    differences = compare(petition_ids)
    with transaction.atomic():
        CountCheck.objects.bulk_create(
            [CountCheck(petition_id=petition_id, checked_at=now) for petition_id in petition_ids],
            update_conflicts=True,
            unique_fields=["petition_id"],
            update_fields=["checked_at"],
        )
        for petition_id in sorted(differences):
            _alarm(petition_id, differences[petition_id], now)
        agreeing = set(petition_ids) - differences.keys()
        Drift.objects.filter(petition_id__in=agreeing, settled_at=None).update(settled_at=now)
    return differences


def _due(now: datetime) -> list[int]:
    with connection.cursor() as cursor:
        given = {"day_ago": now - CHECKED_EVERY, "while_ago": now - CHECKED_AGAIN, "most": MOST_AT_ONCE}
        cursor.execute(DUE, given)
        return [row[0] for row in cursor.fetchall()]


def _alarm(petition_id: int, cells: list[Cell], now: datetime) -> None:
    off_by = -next((cell.lacks for cell in cells if cell.kind == "total"), 0)
    kept = [[cell.kind, cell.place, cell.rows, cell.counted] for cell in cells[:CELLS_KEPT]]
    log.error("count_drift", petition=petition_id, off_by=off_by, cells=len(cells))
    found = Drift.objects.filter(petition_id=petition_id, settled_at=None)
    if not found.update(seen_at=now, off_by=off_by, cells=kept):
        Drift.objects.create(petition_id=petition_id, found_at=now, seen_at=now, off_by=off_by, cells=kept)
        drift_mail.tell_administrators(now)


@transaction.atomic
def repair(petition_id: int, *, reason: str, now: datetime) -> list[Cell]:
    """Make the counts of a petition what its rows say, with one audit row; what was wrong, empty where all agreed.

    Raises Refused without a reason; Petition.DoesNotExist.
    """
    tally.hold_still()
    cells = compare([petition_id]).get(petition_id, [])
    if cells:
        lacks = {kind: _lacking(cells, kind) for kind in ("region", "country", "hour")}
        repair_counts(
            petition_id=petition_id,
            total=_lacking(cells, "total").get("", 0),
            regions=lacks["region"],
            countries=lacks["country"],
            hours={datetime.fromisoformat(f"{hour}:00:00+00:00"): number for hour, number in lacks["hour"].items()},
            reason=reason,
            now=now,
        )
        Drift.objects.filter(petition_id=petition_id, settled_at=None).update(settled_at=now)
    return cells


def _lacking(cells: Iterable[Cell], kind: str) -> dict[str, int]:
    return {cell.place: cell.lacks for cell in cells if cell.kind == kind}
