"""Hourly history out of a published count that was looked at now and then."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from petitions.importing.fields import Fields, whole_number
from petitions.importing.lines import BadRecord, Refused, csv_lines
from petitions.models import HourCount, Petition

COLUMNS = ("petition_id", "observed_at", "signature_count")
HOUR = timedelta(hours=1)

Look = tuple[datetime, int]


def load(path: Path, *, refuse: Callable[[Refused], None]) -> int:
    """Give the petitions in ``path`` that are imported and have no history yet one; how many got it.

    ``refuse`` gets every line that is not loaded.
    """
    looks: dict[int, list[Look]] = defaultdict(list)
    for number, line in csv_lines(path, COLUMNS):
        try:
            if isinstance(line, BadRecord):
                raise line
            petition_id, look = _look(line)
            looks[petition_id].append(look)
        except BadRecord as error:
            refuse(Refused(path.name, number, str(error)))
    waiting = Petition.objects.filter(pk__in=looks, exempt=True, hour_counts=None).values_list("pk", flat=True)
    petition_ids = list(waiting)
    HourCount.objects.bulk_create(
        [
            HourCount(petition_id=petition_id, hour=hour, count=count)
            for petition_id in petition_ids
            for hour, count in hourly(sorted(looks[petition_id])).items()
        ],
        ignore_conflicts=True,
    )
    return len(petition_ids)


def hourly(looks: Sequence[Look]) -> dict[datetime, int]:
    """New signatures by hour between the first and the last look (instant, count), in order of time.

    Between two looks the count is taken to have risen evenly. The hours sum to the last count less the first.
    """
    new: dict[datetime, int] = {}
    if not looks:
        return new
    (instant, count), rest = looks[0], list(looks[1:])
    hour, before = _hour_of(instant), count
    for next_instant, next_count in rest:
        while hour + HOUR <= next_instant:
            passed = (hour + HOUR - instant) / (next_instant - instant)
            at_border = round(count + (next_count - count) * passed)
            new[hour], before, hour = at_border - before, at_border, hour + HOUR
        instant, count = next_instant, next_count
    if count != before or not new:
        new[hour] = count - before
    return new


def _hour_of(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)


def _look(line: dict[str, str]) -> tuple[int, Look]:
    petition_id, count = whole_number(line["petition_id"]), whole_number(line["signature_count"])
    if petition_id is None or count is None:
        raise BadRecord("petition_id, signature_count: not whole numbers from 0")
    return petition_id, (Fields(line).needed_moment("observed_at").astimezone(UTC), count)
