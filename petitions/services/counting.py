"""Counts and thresholds: thousands of changes in a handful of statements, and each threshold once."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from petitions import signals
from petitions.lifecycle import OPENED, ResponseState
from petitions.models import Petition, Tally, Threshold
from petitions.models.timeline import EventKind
from petitions.refusals import Refused
from petitions.services.events import record_event
from petitions.services.steps import record
from petitions.services.trends import add_to_trends


@dataclass(frozen=True)
class CountChange:
    """``amount`` signatures more (or, negative, fewer) from one place in the hour that begins at ``hour`` (UTC)."""

    petition_id: int
    region_code: str
    country_code: str
    hour: datetime
    amount: int


LOCK = "SELECT id FROM petitions_petition WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"

TOTAL = """
UPDATE petitions_petition AS petition
SET signature_count = petition.signature_count + change.amount, updated_at = %s
FROM unnest(%s::bigint[], %s::int[]) AS change (petition_id, amount)
WHERE petition.id = change.petition_id
"""

PLACE = """
INSERT INTO {table} (petition_id, {place}, {more_columns} imported, signed)
SELECT change.petition_id, change.place, {more_values} 0, change.amount
FROM unnest(%s::bigint[], %s::text[], %s::int[]) AS change (petition_id, place, amount)
ON CONFLICT (petition_id, {unique}) DO UPDATE SET signed = {table}.signed + EXCLUDED.signed
"""
REGION = PLACE.format(
    table="petitions_regioncount", place="region_code", unique="region_code", more_columns="", more_values=""
)
COUNTRY = PLACE.format(
    table="petitions_countrycount",
    place="country_code",
    unique="country_code, name",
    more_columns="name,",
    more_values="'',",
)

HOUR = """
INSERT INTO petitions_hourcount (petition_id, hour, count)
SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::int[])
ON CONFLICT (petition_id, hour) DO UPDATE SET count = petitions_hourcount.count + EXCLUDED.count
"""

COUNTED = """
INSERT INTO petitions_tally AS tally (id, counted_at) VALUES (1, %s)
ON CONFLICT (id) DO UPDATE SET counted_at = EXCLUDED.counted_at
WHERE tally.counted_at <= EXCLUDED.counted_at - make_interval(secs => %s)
"""

CROSS = """
INSERT INTO petitions_crossing (threshold_id, petition_id, crossed_at, count, fires)
SELECT threshold.id, petition.id, %s, petition.signature_count, %s
FROM petitions_threshold AS threshold
JOIN petitions_petition AS petition ON petition.id = threshold.petition_id
WHERE petition.id = ANY(%s) AND petition.state = ANY(%s) AND NOT petition.exempt
  AND petition.signature_count >= threshold.count
ON CONFLICT (threshold_id) DO NOTHING
RETURNING id, threshold_id, petition_id
"""

# A threshold is undercut by the change that takes the count below it, and again each time that happens.
UNDERCUT = """
UPDATE petitions_crossing AS crossing SET undercut_at = %s
FROM petitions_threshold AS threshold, petitions_petition AS petition,
     unnest(%s::bigint[], %s::int[]) AS change (petition_id, amount)
WHERE threshold.id = crossing.threshold_id AND petition.id = threshold.petition_id
  AND petition.id = change.petition_id AND crossing.fires
  AND petition.signature_count < threshold.count AND petition.signature_count - change.amount >= threshold.count
RETURNING crossing.id, crossing.petition_id
"""


@transaction.atomic
def record_counts(*, changes: Sequence[CountChange], now: datetime) -> None:
    """Add the changes to totals, regions, countries and hours, and cross the thresholds that are reached.

    Belongs into the transaction that takes the changes away from where they waited. Exact whoever else counts at the
    same time: petitions are locked in the order of their ids. Changes to a petition that is not there are dropped.
    """
    known = _lock({change.petition_id for change in changes})
    changes = [change for change in changes if change.petition_id in known]
    if not changes:
        return
    _add(
        totals=_summed(((change.petition_id,), change.amount) for change in changes),
        regions=_summed(((change.petition_id, change.region_code), change.amount) for change in changes),
        countries=_summed(((change.petition_id, change.country_code), change.amount) for change in changes),
        hours=_summed(((change.petition_id, change.hour), change.amount) for change in changes),
        now=now,
    )


@transaction.atomic
def repair_counts(
    *,
    petition_id: int,
    total: int,
    regions: Mapping[str, int],
    countries: Mapping[str, int],
    hours: Mapping[datetime, int],
    reason: str,
    now: datetime,
) -> None:
    """Add to each figure of one petition what it lacks (negative: has too much), with one audit row.

    Thresholds that are reached by it cross, as in any count. Belongs into the transaction that found the difference.
    Raises Petition.DoesNotExist; Refused without a reason.
    """
    if not reason.strip():
        raise Refused(_("Say why the counts are repaired."), "reason")
    if petition_id not in _lock({petition_id}):
        raise Petition.DoesNotExist
    _add(
        totals=[[petition_id], [total]],
        regions=_summed(((petition_id, code), amount) for code, amount in regions.items()),
        countries=_summed(((petition_id, code), amount) for code, amount in countries.items()),
        hours=_summed(((petition_id, hour), amount) for hour, amount in hours.items()),
        now=now,
    )
    details = {
        "total": total,
        "regions": dict(regions),
        "countries": dict(countries),
        "hours": {hour.isoformat(): amount for hour, amount in hours.items()},
    }
    record("repair_counts", petition_id, actor=None, reason=reason.strip(), details=details)


def _add(
    *,
    totals: list[list[Any]],
    regions: list[list[Any]],
    countries: list[list[Any]],
    hours: list[list[Any]],
    now: datetime,
) -> None:
    """Add to the figures of locked petitions, and to what follows from them: thresholds, trends, signals."""
    known = totals[0]
    with connection.cursor() as cursor:
        cursor.execute(TOTAL, [now, *totals])
        for statement, amounts in ((REGION, regions), (COUNTRY, countries), (HOUR, hours)):
            if amounts:
                cursor.execute(statement, amounts)
        cursor.execute(UNDERCUT, [now, *totals])
        undercut = cursor.fetchall()
    if hours:
        add_to_trends(petition_ids=hours[0], hours=hours[1], amounts=hours[2], now=now)
    for crossing_id, petition_id in undercut:
        record("threshold_undercut", petition_id, actor=None, details={"crossing": crossing_id})
        signals.announce(signals.threshold_undercut, petition_id=petition_id, crossing_id=crossing_id)
    cross_thresholds(petition_ids=known, now=now)
    for petition_id in known:
        signals.announce(signals.petition_changed, petition_id=petition_id)


def note_counted(*, now: datetime, at_least_every: float = 0) -> None:
    """Note that whatever was confirmed by ``now`` is counted. Left out where that was noted less than
    ``at_least_every`` seconds ago.
    """
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, [now, at_least_every])


def counted_at() -> datetime | None:
    """Until when everything that was confirmed is counted; None before the first tally."""
    return Tally.objects.values_list("counted_at", flat=True).first()


def cross_thresholds(*, petition_ids: Sequence[int], now: datetime, fires: bool = True) -> int:
    """Mark every threshold that these petitions have reached, in the caller's transaction; how many were new.

    The caller holds the petitions' locks. Only petitions that were opened here and are not exempt count; signatures
    confirmed in the day after closing count too. With ``fires`` false they are marked reached and bring nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(CROSS, [now, fires, list(petition_ids), list(OPENED)])
        crossed = cursor.fetchall()
    if crossed:
        # Found by the sweep, no count has moved: yet the petition's document tells of it.
        Petition.objects.filter(pk__in=[petition_id for *_ids, petition_id in crossed]).update(updated_at=now)
    if crossed and fires:
        thresholds = Threshold.objects.select_related("petition").in_bulk([row[1] for row in crossed])
        for crossing_id, threshold_id, _petition in crossed:
            _bring(thresholds[threshold_id], crossing_id, now)
    return len(crossed)


def find_crossings(now: datetime) -> int:
    """The sweep: mark thresholds that were reached without anybody noticing; how many there were."""
    reached = Petition.objects.reached_unmarked_threshold().order_by("pk").values_list("pk", flat=True)
    if not reached:
        return 0
    with transaction.atomic():
        return cross_thresholds(petition_ids=sorted(_lock(set(reached))), now=now)


def _bring(threshold: Threshold, crossing_id: int, now: datetime) -> None:
    petition = threshold.petition
    if threshold.opens_case:
        Petition.objects.filter(pk=petition.pk, response_state=ResponseState.NONE).update(
            response_state=ResponseState.AWAITING
        )
    record_event(
        petition_id=petition.pk,
        kind=EventKind.THRESHOLD,
        key=threshold.kind,
        details={"threshold": threshold.kind, "count": threshold.count, "opens_case": threshold.opens_case},
        # Where a case is opened, the creator is told with its due date.
        tells_creator=not threshold.opens_case,
        now=now,
    )
    record(
        "threshold_crossed",
        petition.pk,
        actor=None,
        details={"threshold": threshold.kind, "count": threshold.count, "signatures": petition.signature_count},
    )
    signals.announce(signals.threshold_crossed, petition_id=petition.pk, crossing_id=crossing_id)


def _lock(petition_ids: set[int]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [sorted(petition_ids)])
        return {row[0] for row in cursor.fetchall()}


def _summed(parts: Iterable[tuple[tuple[Any, ...], int]]) -> list[list[Any]]:
    """One list for each part of the keys and one for the sums, in the order of the keys."""
    sums: Counter[tuple[Any, ...]] = Counter()
    for key, amount in parts:
        sums[key] += amount
    keys = sorted(sums)
    if not keys:
        return []
    return [*(list(column) for column in zip(*keys, strict=True)), [sums[key] for key in keys]]
