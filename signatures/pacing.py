"""How often one mailbox is written to because somebody typed it into a form.

Counted in PostgreSQL, so that a loss of Redis opens nothing. What is not sent is told to nobody but the mailbox's
owner, who gets no mail: the reply to the form is always the same.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from psycopg.types.numeric import Int8

import mailing.services
from petitions import limits
from vault import signer

DAY = timedelta(hours=24)
BETWEEN_MAILS = timedelta(minutes=1)
MAILS_A_DAY = 10

CONFIRM = "confirm"
ALREADY_SIGNED = "already_signed"
CREATOR_LINK = "creator_link"

# Both limits are judged on the mailbox's own row, which the conflict locks and shows as it was last committed: parallel
# requests can't pass together. `{wanted}` is a query of the mails that are wanted, at most one for a mailbox.
TAKE = """
INSERT INTO signatures_mailedaddress AS mailed (address_key, sent, about)
{wanted}
ON CONFLICT (address_key) DO UPDATE SET (sent, about) = (
    SELECT array_agg(at) || EXCLUDED.sent, array_agg(petition) || EXCLUDED.about
    FROM unnest(mailed.sent, mailed.about) AS mail (at, petition) WHERE at > EXCLUDED.sent[1] - %(window)s
)
WHERE (
    SELECT count(*) < %(most)s AND count(*) FILTER (WHERE petition = EXCLUDED.about[1]) < %(most_for_petition)s
        AND coalesce(max(at) FILTER (WHERE petition = EXCLUDED.about[1]) <= EXCLUDED.sent[1] - %(between)s, true)
    FROM unnest(mailed.sent, mailed.about) AS mail (at, petition) WHERE at > EXCLUDED.sent[1] - %(window)s
)
"""
TAKE_NOW = TAKE.format(wanted="SELECT %(address_key)s, ARRAY[%(at)s], ARRAY[%(about)s]")


def terms() -> dict[str, Any]:
    """What ``TAKE`` is to be given: the limits in force."""
    return {
        "window": DAY,
        "between": BETWEEN_MAILS,
        "most_for_petition": limits.current().mails_per_petition,
        "most": MAILS_A_DAY,
    }


def queue_paced(
    kind: str,
    *,
    petition_id: int,
    row_id: int,
    address_key: bytes,
    now: datetime,
    once_key: str | None = None,
    subject: int | None = None,
) -> bool:
    """Queue a mail about one signature unless its mailbox has had enough; whether it was queued.

    At most one a minute and ``Limits.mails_per_petition`` in 24 hours for each petition and address, 10 in 24 hours
    for an address over all petitions. A mail about no petition is counted under the number ``subject`` instead. In the
    caller's transaction. ``once_key`` as with ``mailing.services.queue``.
    """
    with connection.cursor() as cursor:
        about = Int8(signer.about_tag(address_key, petition_id=petition_id if subject is None else subject))
        cursor.execute(TAKE_NOW, {**terms(), "address_key": address_key, "about": about, "at": now})
        if not cursor.rowcount:
            return False
    mailing.services.queue(kind, row_id=row_id, petition_id=petition_id, once_key=once_key, now=now)
    return True


def forget_old(now: datetime) -> int:
    """Delete what no longer counts; how many mailboxes were forgotten."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM signatures_mailedaddress WHERE NOT EXISTS (SELECT 1 FROM unnest(sent) AS at WHERE at > %s)",
            [now - DAY],
        )
        return cursor.rowcount
