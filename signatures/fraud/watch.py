"""What a person should look at is noticed by the clock. Nothing is held or rejected for it: a crowd may be real."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

import audit.services
from accounts.models import User
from accounts.permissions import require
from petitions.refusals import Refused
from signatures import metrics
from signatures.fraud import people
from signatures.fraud.handling import HANDLE, reason_given
from signatures.models import Flag, FlagKind

# One look covers so much time, and is taken every minute.
SPAN = timedelta(minutes=10)
# So many of one kind in that time are worth a person's look. A household or an office shares a network, a namesake a
# name, and small providers a domain; large ones (``people.LARGE``) are shared by everybody and never flagged.
LEAST = {FlagKind.NETWORK: 30, FlagKind.DOMAIN: 50, FlagKind.NAME: 8}
# A burst: at least so many, and so many times the usual number of the day before.
BURST_LEAST = 200
BURST_FACTOR = 10
# What somebody has looked at is not brought up again for a day.
REST = timedelta(hours=24)

GROUPS = """
SELECT petition_id, {kind}_tag, count(*), min(created_at), max(created_at), max(id) FROM signatures_signature
WHERE created_at > %(since)s AND created_at <= %(now)s AND {kind}_tag <> '' GROUP BY 1, 2 HAVING count(*) >= %(least)s
"""
# Usual is the mean of the day before, over the hours that the public history keeps.
BURSTS = """
SELECT recent.petition_id, ''::bytea, recent.number, recent.first_at, recent.last_at, 0
FROM (
    SELECT petition_id, count(*) AS number, min(created_at) AS first_at, max(created_at) AS last_at
    FROM signatures_signature WHERE created_at > %(since)s AND created_at <= %(now)s
    GROUP BY 1 HAVING count(*) >= %(least)s
) AS recent
CROSS JOIN LATERAL (
    SELECT coalesce(sum(count), 0) * %(share)s AS number FROM petitions_hourcount AS hour
    WHERE hour.petition_id = recent.petition_id AND hour.hour >= %(day)s AND hour.hour < %(since)s - interval '1 hour'
) AS usual
WHERE recent.number >= %(factor)s * usual.number
"""
RAISE = """
INSERT INTO signatures_flag AS kept (petition_id, kind, tag, signatures, first_at, last_at)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (petition_id, kind, tag) DO UPDATE SET
    signatures = CASE WHEN kept.settled_at IS NULL THEN greatest(kept.signatures, EXCLUDED.signatures)
        ELSE EXCLUDED.signatures END,
    first_at = CASE WHEN kept.settled_at IS NULL THEN kept.first_at ELSE EXCLUDED.first_at END,
    last_at = EXCLUDED.last_at, settled_at = NULL, settled_by_id = NULL
WHERE kept.settled_at IS NULL OR kept.settled_at < %s
"""


@dataclass(frozen=True)
class _Seen:
    petition_id: int
    tag: bytes
    number: int
    first_at: datetime
    last_at: datetime
    newest_id: int


def look(now: datetime) -> int:
    """Flag what stands out among the newest signatures of all petitions; how many flags were raised or renewed.

    Cost follows the signatures of the last ten minutes.
    """
    since = now - SPAN
    raised = 0
    for kind, least in LEAST.items():
        seen = _rows(GROUPS.format(kind=kind.value), since=since, now=now, least=least)
        raised += _raise(kind, (group for group in seen if _stands_out(kind, group)), now)
    bursts = _rows(
        BURSTS,
        since=since,
        now=now,
        least=BURST_LEAST,
        day=now - timedelta(days=1),
        share=SPAN / timedelta(days=1),
        factor=BURST_FACTOR,
    )
    return raised + _raise(FlagKind.BURST, bursts, now)


@transaction.atomic
def settle(*, flag_id: int, actor: User, reason: str, now: datetime) -> Flag:
    """Note that somebody has looked at it: it is not raised again for a day.

    Raises NotAllowed; Refused without a reason or when it was settled before; Flag.DoesNotExist.
    """
    require(actor, HANDLE)
    reason = reason_given(reason)
    flag = Flag.objects.select_for_update().get(pk=flag_id)
    if flag.settled_at is not None:
        raise Refused(_("Somebody has looked at this already."))
    flag.settled_at, flag.settled_by = now, actor
    flag.save()
    audit.services.record(
        action="signatures.flag_settled",
        subject_kind="petition",
        subject_id=flag.petition_id,
        actor_id=actor.pk,
        reason=reason,
        details={"flag": flag.pk, "kind": flag.kind, "signatures": flag.signatures},
    )
    return flag


def _stands_out(kind: FlagKind, group: _Seen) -> bool:
    if kind != FlagKind.DOMAIN:
        return True
    return not people.is_large(people.shared(group.petition_id, group.newest_id, "domain"))


def _raise(kind: FlagKind, groups: Iterable[_Seen], now: datetime) -> int:
    raised = 0
    with connection.cursor() as cursor:
        for group in groups:
            values = [group.petition_id, kind, group.tag, group.number, group.first_at, group.last_at]
            cursor.execute(RAISE, [*values, now - REST])
            raised += cursor.rowcount
    metrics.FLAGS[kind.value].inc(raised)
    return raised


def _rows(statement: str, **given: Any) -> list[_Seen]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [_Seen(*row) for row in cursor.fetchall()]
