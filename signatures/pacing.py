"""How often one mailbox is written to because somebody typed it into a form.

Counted in PostgreSQL, so that a loss of Redis opens nothing. What is not sent is told to nobody but the mailbox's
owner, who gets no mail: the reply to the form is always the same.
"""

from datetime import datetime, timedelta

from django.db import connection

import mailing.services
from petitions import limits

DAY = timedelta(hours=24)
BETWEEN_MAILS = timedelta(minutes=1)
MAILS_A_DAY = 10

CONFIRM = "confirm"
ALREADY_SIGNED = "already_signed"
CREATOR_LINK = "creator_link"
PACED = (CONFIRM, ALREADY_SIGNED, CREATOR_LINK)

# One statement, so that it takes as long whether a mail is due or not. The mailbox's row is locked before its times are
# judged: parallel requests can't pass the limit together.
TAKE = """
WITH recent AS (
    SELECT count(*) AS mails, max(created_at) AS latest FROM mailing_mail
    WHERE petition_id = %(petition_id)s AND row_id = %(row_id)s AND created_at > %(since)s AND kind = ANY(%(paced)s)
)
INSERT INTO signatures_mailedaddress AS mailed (address_key, sent)
SELECT %(key)s, ARRAY[%(now)s] FROM recent
WHERE mails < %(most_for_row)s AND (latest IS NULL OR latest <= %(before)s)
ON CONFLICT (address_key) DO UPDATE
SET sent = (SELECT array_agg(at) FROM unnest(mailed.sent) AS at WHERE at > %(since)s) || EXCLUDED.sent
WHERE (SELECT count(*) FROM unnest(mailed.sent) AS at WHERE at > %(since)s) < %(most)s
"""


def queue_paced(
    kind: str,
    *,
    petition_id: int,
    row_id: int,
    address_key: bytes,
    now: datetime,
) -> bool:
    """Queue a mail about one signature unless its mailbox has had enough; whether it was queued.

    At most one a minute and ``Limits.mails_per_petition`` in 24 hours for each petition and address, 10 in 24 hours
    for an address over all petitions. The caller's transaction holds the lock of the signature's row.
    """
    given = {
        "petition_id": petition_id,
        "row_id": row_id,
        "key": address_key,
        "now": now,
        "since": now - DAY,
        "before": now - BETWEEN_MAILS,
        "paced": list(PACED),
        "most_for_row": limits.current().mails_per_petition,
        "most": MAILS_A_DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE, given)
        if not cursor.rowcount:
            return False
    mailing.services.queue(kind, row_id=row_id, petition_id=petition_id, now=now)
    return True


def forget_old(now: datetime) -> int:
    """Delete what no longer counts; how many mailboxes were forgotten."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM signatures_mailedaddress WHERE NOT EXISTS (SELECT 1 FROM unnest(sent) AS at WHERE at > %s)",
            [now - DAY],
        )
        return cursor.rowcount
