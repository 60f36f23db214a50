"""Acts on many signatures: counted first, started by a person, done in small transactions that a kill can't tear.

The row of the act is the queue, the lock and the progress. A worker locks it for one batch, moves the signatures and
writes how far it came, in one transaction: one that dies leaves the whole batch or nothing of it, and no lock. A second
worker, and a second run, go on from there; what was moved is not moved again.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

import audit.services
from accounts.models import User
from accounts.permissions import require
from petitions.models import Petition
from petitions.refusals import Refused
from signatures import persons
from signatures.fraud import moves, noting
from signatures.fraud.criteria import Criteria, checked
from signatures.fraud.handling import HANDLE, reason_given
from signatures.models import Act, BulkAct, BulkState, Signature
from vault.sealing import BrokenSeal

# Signatures in one transaction. Small, so that a cancel is heard at once and nobody waits long for a row.
BATCH = 500
COUNTED_AT_ONCE = 5000
_WORKER_LOCK = 0xB07
SECONDS = 20.0  # a run leaves its process to other work after so long; the clock starts the next one

LOOK = """
SELECT id, signer_key, CASE WHEN {unseals} THEN sealed END, ({wanted}) AND ({takes}) AND role <> 'creator'
FROM signatures_signature
WHERE petition_id = %(petition_id)s AND id > %(after_id)s AND id <= %(through_id)s ORDER BY id LIMIT %(batch)s
"""


@transaction.atomic
def make(*, petition_id: int, act: Act, criteria: Criteria, actor: User) -> BulkAct:
    """Have the signatures counted that ``act`` would change; nothing is changed until somebody starts it.

    Only signatures handed in until now are meant. Raises NotAllowed; Refused for criteria that make no sense or that
    the petition's keys can't answer any more; Petition.DoesNotExist.
    """
    require(actor, HANDLE)
    petition = Petition.objects.get(pk=petition_id)
    criteria = checked(criteria)
    criteria.conditions(petition)
    newest = Signature.objects.filter(petition_id=petition_id).aggregate(newest=Max("id"))["newest"]
    bulk = BulkAct.objects.create(
        petition_id=petition_id,
        act=act,
        sealed=criteria.sealed(petition_id),
        unseals=criteria.unseals,
        made_by=actor,
        through_id=newest or 0,
    )
    _record("count", bulk, actor.pk, details={"criteria": criteria.kinds, "unseals": criteria.unseals})
    return bulk


@transaction.atomic
def start(*, bulk_id: int, actor: User, reason: str, now: datetime) -> BulkAct:
    """Let a worker do what was counted.

    Raises NotAllowed; Refused without a reason, or if it does not wait for a start; BulkAct.DoesNotExist.
    """
    require(actor, HANDLE)
    reason = reason_given(reason)
    bulk = BulkAct.objects.select_for_update(no_key=True).get(pk=bulk_id)
    if bulk.state != BulkState.COUNTED:
        raise Refused(_("This can be started once it is counted, and once only."))
    bulk.state, bulk.reason, bulk.started_by, bulk.started_at = BulkState.RUNNING, reason, actor, now
    bulk.save()
    _record("start", bulk, actor.pk, reason=reason, details={"found": bulk.found})
    return bulk


@transaction.atomic
def cancel(*, bulk_id: int, actor: User, now: datetime) -> BulkAct:
    """Stop it after the batch that is being done. What was done stays done.

    Raises NotAllowed; Refused once it has ended.
    """
    require(actor, HANDLE)
    bulk = BulkAct.objects.select_for_update(no_key=True).get(pk=bulk_id)
    if bulk.ended_at is not None:
        raise Refused(_("This has ended already."))
    _end(bulk, BulkState.CANCELLED, actor.pk, now)
    return bulk


def work(seconds: float = SECONDS) -> int:
    """Go on with what waits, the oldest first, for about so many seconds; how many signatures were looked at.

    One caller at a time, others return 0 at once: mails and counts need the other processes. May be killed at any
    moment; who holds the lock is the connection.
    """
    if not _asked("SELECT pg_try_advisory_lock(%s)"):
        return 0
    try:
        looked_at, ends = 0, time.monotonic() + seconds
        while time.monotonic() < ends and (batch := work_on_next(timezone.now())) is not None:
            looked_at += batch
        return looked_at
    finally:
        _asked("SELECT pg_advisory_unlock(%s)")


def _asked(statement: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [_WORKER_LOCK])
        return bool(cursor.fetchone()[0])


@transaction.atomic
def work_on_next(now: datetime) -> int | None:
    """One batch of the oldest act that nobody else works on: how many signatures were looked at; None without one."""
    waiting = BulkAct.objects.filter(state__in=(BulkState.COUNTING, BulkState.RUNNING)).order_by("pk")
    bulk = waiting.select_for_update(skip_locked=True, no_key=True).first()
    if bulk is None:
        return None
    petition = Petition.objects.filter(pk=bulk.petition_id, salt__isnull=False).first()
    criteria = _criteria(bulk)
    if petition is None or criteria is None:
        _end(bulk, BulkState.CANCELLED, None, now)
        return 0
    if bulk.rows is None:
        bulk.rows = Signature.objects.filter(petition_id=bulk.petition_id, id__lte=bulk.through_id).count()
    looked = _look(bulk, petition, criteria, BATCH if bulk.state == BulkState.RUNNING else COUNTED_AT_ONCE)
    if not looked.number:
        _finish(bulk, now)
        return 0
    if bulk.state == BulkState.COUNTING:
        bulk.found += len(looked.wanted)
    else:
        moved = moves.move(bulk.act, petition_id=bulk.petition_id, row_ids=looked.wanted, now=now)
        bulk.changed += moved.rows
        bulk.count_change += moved.count_change
        bulk.removed += noting.removed(bulk.act, moved)
    bulk.after_id = looked.last_id
    bulk.looked_at += looked.number
    bulk.save()
    return looked.number


@dataclass(frozen=True)
class _Looked:
    number: int
    last_id: int
    wanted: Sequence[int]


def _criteria(bulk: BulkAct) -> Criteria | None:
    """What the act is for; None once the criteria are gone or can't be read: then nobody knows what it was for."""
    try:
        return Criteria.unsealed(bulk.sealed, bulk.petition_id) if bulk.sealed else None
    except BrokenSeal:
        return None


def _look(bulk: BulkAct, petition: Petition, criteria: Criteria, batch: int) -> _Looked:
    """The next signatures in the order of their numbers, and those among them that the act is for."""
    wanted, values = criteria.conditions(petition)
    statement = LOOK.format(wanted=wanted, takes=moves.TAKES[bulk.act], unseals="true" if bulk.unseals else "false")
    given = {
        **values,
        "petition_id": bulk.petition_id,
        "after_id": bulk.after_id,
        "through_id": bulk.through_id,
        "batch": batch,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        rows = cursor.fetchall()
    chosen = [row[0] for row in rows if row[3] and (not bulk.unseals or _fits(bulk.petition_id, row, criteria))]
    return _Looked(number=len(rows), last_id=rows[-1][0] if rows else bulk.after_id, wanted=chosen)


def _fits(petition_id: int, row: tuple[Any, ...], criteria: Criteria) -> bool:
    """Whether the person behind a row meets the criteria; whose data are gone or unreadable meets none."""
    try:
        person = persons.unsealed(Signature(petition_id=petition_id, signer_key=row[1], sealed=row[2]))
    except BrokenSeal:
        return False
    return person is not None and criteria.fits(person)


def _finish(bulk: BulkAct, now: datetime) -> None:
    if bulk.state == BulkState.COUNTING:
        bulk.state, bulk.after_id, bulk.looked_at = BulkState.COUNTED, 0, 0
        bulk.save()
    else:
        _end(bulk, BulkState.DONE, bulk.started_by_id, now)


def _end(bulk: BulkAct, state: BulkState, actor_id: int | None, now: datetime) -> None:
    bulk.state, bulk.ended_at = state, now
    bulk.save()
    done = {"changed": bulk.changed, "count": bulk.count_change}
    _record("done" if state == BulkState.DONE else "cancel", bulk, actor_id, reason=bulk.reason, details=done)
    noting.note_removed(petition_id=bulk.petition_id, removed=bulk.removed, now=now)


def _record(verb: str, bulk: BulkAct, actor_id: int | None, *, reason: str = "", details: dict[str, Any]) -> None:
    audit.services.record(
        action=f"signatures.bulk_{verb}",
        subject_kind="petition",
        subject_id=bulk.petition_id,
        actor_id=actor_id,
        reason=reason,
        details={"bulk_act": bulk.pk, "act": bulk.act, **details},
    )
