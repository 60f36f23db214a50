"""What is kept no longer."""

from datetime import datetime, timedelta

from django.db import connection, transaction

import petitions.services
from signatures.models import Follower
from vault.tokens import LIFETIME

BATCH = 5000
# The index by age is read from here on; what a stopped clock left behind for longer waits for an operator.
LOOKED_BACK = timedelta(days=180)

EXPIRE = """
WITH gone AS (
    DELETE FROM signatures_signature WHERE (petition_id, id) IN (
        SELECT petition_id, id FROM signatures_signature
        WHERE state = 'pending' AND created_at < %(before)s AND created_at > %(since)s
        LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    )
    RETURNING petition_id, role
), numbered AS (
    INSERT INTO signatures_lapsedcount AS kept (petition_id, count)
    SELECT petition_id, count(*) FROM gone GROUP BY petition_id ORDER BY petition_id
    ON CONFLICT (petition_id) DO UPDATE SET count = kept.count + EXCLUDED.count
)
SELECT count(*), array_agg(petition_id) FILTER (WHERE role = 'creator') FROM gone
"""


def expire_pending(now: datetime) -> int:
    """Delete signatures that nobody confirmed within 30 days, keeping their number only; how many.

    A petition whose creator never confirmed goes with them: nobody has seen it. So do addresses that were typed to
    follow a petition and never confirmed.
    """
    Follower.objects.filter(confirmed_at=None, created_at__lt=now - LIFETIME).delete()
    expired = 0
    while gone := _expire_batch(now):
        expired += gone
    return expired


@transaction.atomic
def _expire_batch(now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(EXPIRE, {"before": now - LIFETIME, "since": now - LIFETIME - LOOKED_BACK, "batch": BATCH})
        gone, unconfirmed = cursor.fetchone()
    for petition_id in unconfirmed or ():
        petitions.services.discard_draft(petition_id=petition_id)
    return gone
