"""How fast a receiving domain gets mails: turns are given out in advance, so that each mail is put off once at most.

GCRA (ITU-T I.371) per domain, with bulk apart from all other mail: a million newsletters to a domain make nobody wait
there for a confirmation, and go only where no confirmation waits. Domains are kept as keyed digests. The caller is the
only sender.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from mailing.models import Mail, Priority, ReceiverPace
from vault import signer

# So many seconds' mails may go at once to a domain that had none for a while.
BURST_SECONDS = 5
FORGOTTEN_AFTER = timedelta(hours=1)

# Bulk takes its turns after those that other mails to the same domain have taken already.
TAKE = """
INSERT INTO mailing_receiverpace AS pace (domain_key, bulk, free_at)
SELECT taken.domain_key, taken.bulk, greatest(%(earliest)s, own.free_at, other.free_at) + places * %(interval)s
FROM unnest(%(domain_keys)s::bytea[], %(bulk)s::boolean[], %(places)s::integer[]) AS taken (domain_key, bulk, places)
LEFT JOIN mailing_receiverpace AS own ON own.domain_key = taken.domain_key AND own.bulk = taken.bulk
LEFT JOIN mailing_receiverpace AS other ON other.domain_key = taken.domain_key AND taken.bulk AND NOT other.bulk
ON CONFLICT (domain_key, bulk) DO UPDATE SET free_at = EXCLUDED.free_at
RETURNING domain_key, bulk, free_at
"""


def turns(mails: Iterable[tuple[Mail, str]], now: datetime) -> dict[int, datetime]:
    """When each of these mails (with its recipient's address) may leave, by its id; at most ``now``: at once.

    The turns are taken by this. With ``settings.MAIL_PER_DOMAIN`` at 0 all may leave.
    """
    if not settings.MAIL_PER_DOMAIN:
        return {}
    given: dict[bool, dict[tuple[bytes, bool], list[int]]] = {False: defaultdict(list), True: defaultdict(list)}
    for mail, to in mails:
        is_bulk = mail.priority == Priority.BULK
        given[is_bulk][domain_key(to), is_bulk].append(mail.pk)
    # Bulk second: it sees the turns that other mails of the same batch have taken.
    return _take(given[False], now) | _take(given[True], now)


def _take(waiting: dict[tuple[bytes, bool], list[int]], now: datetime) -> dict[int, datetime]:
    if not waiting:
        return {}
    interval = timedelta(seconds=1 / settings.MAIL_PER_DOMAIN)
    given = {
        "earliest": now - timedelta(seconds=BURST_SECONDS),
        "interval": interval,
        "domain_keys": [domain for domain, _bulk in waiting],
        "bulk": [bulk for _domain, bulk in waiting],
        "places": [len(ids) for ids in waiting.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE, given)
        free = {(bytes(domain), bulk): at for domain, bulk, at in cursor.fetchall()}
    return {
        mail_id: free[receiver] - interval * (len(ids) - place)
        for receiver, ids in waiting.items()
        for place, mail_id in enumerate(ids)
    }


def rest(receivers: Iterable[tuple[str, bool]], until: datetime) -> None:
    """Give no turn before ``until`` at the domains of these (address, bulk): they asked for patience."""
    for to, bulk in sorted(receivers):
        ReceiverPace.objects.filter(domain_key=domain_key(to), bulk=bulk, free_at__lt=until).update(free_at=until)


def forget_old(now: datetime) -> int:
    """Delete what limits nobody any more; how many."""
    return ReceiverPace.objects.filter(free_at__lt=now - FORGOTTEN_AFTER).delete()[0]


def domain_key(address: str) -> bytes:
    """What stands for the receiving domain of an address."""
    return signer.domain_key(address.rpartition("@")[2].lower())
