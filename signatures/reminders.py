"""Reminding those who have not confirmed, after 2, 7 and 21 days: thrice at most, and nobody who said "not me".

Only who got the first mail is reminded: whoever types a stranger's address into many petitions causes no more mails by
it than the limits of that mailbox let through.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

from signatures import pacing, persons
from signatures.letters import REMINDER
from signatures.models import Signature

AFTER = (timedelta(days=2), timedelta(days=7), timedelta(days=21))
# A reminder that could not be queued for so long (a stopped clock, a mailbox that had enough) is left out.
WINDOW = timedelta(days=1)
BATCH = 5000

# Found by the first mail, not by the signature: what left a while ago lies together in the table.
DUE = """
SELECT DISTINCT signature.petition_id, signature.id
FROM mailing_mail AS mail
JOIN signatures_signature AS signature ON signature.petition_id = mail.petition_id AND signature.id = mail.row_id
JOIN petitions_petition AS petition ON petition.id = mail.petition_id
WHERE mail.created_at > %(since)s AND mail.created_at <= %(until)s AND mail.kind = %(first)s AND mail.state = 'sent'
    AND signature.state = 'pending' AND signature.sealed IS NOT NULL AND signature.role = 'signer'
    AND signature.suspicion <> 'blocked'
    AND petition.state = 'open' AND (petition.closes_at IS NULL OR petition.closes_at > %(now)s)
    AND NOT EXISTS (
        SELECT FROM signatures_disowned AS disowned
        WHERE disowned.petition_id = signature.petition_id AND disowned.signer_key = signature.signer_key
    )
    AND NOT EXISTS (
        SELECT FROM mailing_mail AS reminder WHERE reminder.once_key
            = 'reminder:' || %(number)s || ':' || signature.petition_id || ':' || signature.id
    )
    AND (signature.petition_id, signature.id) > (%(petition_id)s, %(row_id)s)
ORDER BY signature.petition_id, signature.id LIMIT %(batch)s
"""


def remind_due(now: datetime) -> int:
    """Queue the reminders that are due, each once, within the limits of each mailbox; how many."""
    return sum(_remind(number, now - after, now) for number, after in enumerate(AFTER, 1))


def _remind(number: int, until: datetime, now: datetime) -> int:
    queued, last = 0, (0, 0)
    while found := _due(number, until, last, now):
        queued += _queue(number, found, now)
        last = found[-1]
    return queued


def _due(number: int, until: datetime, last: tuple[int, int], now: datetime) -> list[tuple[int, int]]:
    given = {
        "since": until - WINDOW,
        "until": until,
        "now": now,
        "first": pacing.CONFIRM,
        "number": str(number),
        "petition_id": last[0],
        "row_id": last[1],
        "batch": BATCH,
    }
    with connection.cursor() as cursor:
        cursor.execute(DUE, given)
        return cursor.fetchall()


@transaction.atomic
def _queue(number: int, found: Iterable[tuple[int, int]], now: datetime) -> int:
    queued = 0
    for row in Signature.objects.filter(pk__in=list(found)):
        person = persons.unsealed(row)
        queued += person is not None and pacing.queue_paced(
            REMINDER,
            petition_id=row.petition_id,
            row_id=row.id,
            address_key=persons.address_key(person.email),
            once_key=f"reminder:{number}:{row.petition_id}:{row.id}",
            now=now,
        )
    return queued
