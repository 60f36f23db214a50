"""The clock's eye on petitions that may be signed by programs: far more than usual, or refused again and again."""

from datetime import datetime, timedelta

import structlog
from django.db import connection
from redis.exceptions import RedisError

from petitions import buckets, limits
from petitions.models import Petition
from signatures.challenge import modes
from signatures.challenge.modes import Cause

log = structlog.get_logger(__name__)

# Signatures of the last five minutes against a usual five minutes: the mean of the day before, by the hourly history.
# A petition without history has no usual rate; the least number alone decides.
RATES = """
WITH recent AS (
    SELECT petition_id, count(*) AS signatures FROM signatures_signature
    WHERE created_at > %(now)s - interval '5 minutes' GROUP BY petition_id HAVING count(*) >= %(least)s
)
SELECT recent.petition_id FROM recent
WHERE recent.signatures >= %(factor)s * (
    SELECT coalesce(sum(past.count), 0) / 288.0 FROM petitions_hourcount AS past
    WHERE past.petition_id = recent.petition_id
        AND past.hour >= %(hour)s - interval '24 hours' AND past.hour < %(hour)s
)
"""


def watch(now: datetime) -> None:
    """Switch on what staff's limits say, keep it on while that holds, and end what is over."""
    current = limits.current()
    until = now + timedelta(minutes=current.challenge_minutes)
    for cause, found in ((Cause.RATE, _rushed(now)), (Cause.REFUSED, _refused())):
        if found:
            modes.keep_on(found, cause, until=until, now=now)
    modes.end_due(now)


def _rushed(now: datetime) -> list[int]:
    current = limits.current()
    if not current.challenge_factor:
        return []
    given = {
        "now": now,
        "hour": now.replace(minute=0, second=0, microsecond=0),
        "least": current.challenge_least,
        "factor": current.challenge_factor,
    }
    with connection.cursor() as cursor:
        cursor.execute(RATES, given)
        return [row[0] for row in cursor.fetchall()]


def _refused() -> list[int]:
    """Which petitions too many networks tried too often. Without Redis the rate alone is watched."""
    most = limits.current().challenge_refused
    if not most:
        return []
    try:
        found = [int(petition) for petition, number in buckets.shared.refused().items() if number >= most]
    except RedisError as error:
        log.warning("refusals_uncounted", error=type(error).__name__)
        return []
    # Limits are asked before anybody looks whether the petition exists.
    return list(Petition.objects.filter(pk__in=found).values_list("pk", flat=True))
