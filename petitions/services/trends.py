"""Who trends: how many signed each petition lately, kept by the tally so that no page has to sum hours."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from petitions.models import Trend

HOUR = timedelta(hours=1)
HOURS = 24

REFRESH = """
INSERT INTO petitions_trend (petition_id, hour, last_day, last_hour)
SELECT petition_id, %(hour)s, sum(count), coalesce(sum(count) FILTER (WHERE hour >= %(hour_before)s), 0)
FROM petitions_hourcount
WHERE hour >= %(since)s AND hour <= %(hour)s {and_petitions}
GROUP BY petition_id ORDER BY petition_id
ON CONFLICT (petition_id) DO UPDATE
SET hour = EXCLUDED.hour, last_day = EXCLUDED.last_day, last_hour = EXCLUDED.last_hour
"""
REFRESH_SOME = REFRESH.format(and_petitions="AND petition_id = ANY(%(petition_ids)s)")
REFRESH_ALL = REFRESH.format(and_petitions="")

ADD = """
UPDATE petitions_trend AS trend
SET last_day = trend.last_day + change.last_day, last_hour = trend.last_hour + change.last_hour
FROM (
    SELECT petition_id, sum(amount) AS last_day,
           coalesce(sum(amount) FILTER (WHERE hour >= %(hour_before)s), 0) AS last_hour
    FROM unnest(%(petition_ids)s::bigint[], %(hours)s::timestamptz[], %(amounts)s::int[])
        AS added (petition_id, hour, amount)
    WHERE hour >= %(since)s AND hour <= %(hour)s
    GROUP BY petition_id
) AS change
WHERE trend.petition_id = change.petition_id AND trend.hour = %(hour)s
RETURNING trend.petition_id
"""


def add_to_trends(
    *, petition_ids: Sequence[int], hours: Sequence[datetime], amounts: Sequence[int], now: datetime
) -> None:
    """Add what was just added to these petitions' hours, in the caller's transaction.

    Figures of this hour grow by what is new; those that are not of this hour, or not there, are worked out from the
    petition's last 24 hours: a tick costs the same on the busiest day as on the first.
    """
    added = {"petition_ids": list(petition_ids), "hours": list(hours), "amounts": list(amounts)}
    with connection.cursor() as cursor:
        cursor.execute(ADD, dict(_hours(now), **added))
        others = set(petition_ids).difference(petition_id for (petition_id,) in cursor.fetchall())
        if others:
            cursor.execute(REFRESH_SOME, {**_hours(now), "petition_ids": list(others)})


@transaction.atomic
def roll_trends(*, now: datetime) -> int:
    """Once an hour, let the oldest hour fall out of everybody's day; how many petitions trend then, 0 if it was done.

    One caller at a time, and not beside ``record_counts``: both write these rows. Its cost follows the petitions that
    somebody signed in the last day.
    """
    hour = _hours(now)["hour"]
    if Trend.objects.exists() and not Trend.objects.filter(hour__lt=hour).exists():
        return 0
    with connection.cursor() as cursor:
        cursor.execute(REFRESH_ALL, _hours(now))
        refreshed = cursor.rowcount
    Trend.objects.filter(hour__lt=hour).delete()
    return refreshed


def _hours(now: datetime) -> dict[str, datetime]:
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return {"hour": hour, "hour_before": hour - HOUR, "since": hour - (HOURS - 1) * HOUR}
