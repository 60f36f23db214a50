"""The data of a petition's signers go when the petition has been dealt with: first what is sealed, later the salt.

The time hangs on the answer, not on closing alone: answers come late, and whoever asked for it is to hear of them.
"""

from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

import audit.services
import petitions.services
from petitions.lifecycle import State
from signatures import paper
from signatures.models import BulkAct, Disowned, Flag, Follower, Retention

log = structlog.get_logger(__name__)

AFTER_ANSWER_MONTHS = 6
AFTER_CLOSING_MONTHS = 12
# Whatever was answered before: signatures are confirmed and mails about closing go out after it.
LEAST_AFTER_CLOSING = timedelta(days=30)
SALT_KEPT = timedelta(days=183)
BATCH = 5000
BATCHES = 50
ENDED = (State.CLOSED, State.REJECTED, State.HIDDEN, State.WITHDRAWN)

# Whoever was cleared and opened again is cleared again after its next end.
DUE = """
WITH ended AS (
    SELECT petition.id, answered_at,
        greatest(petition.closed_at, petition.rejected_at, petition.hidden_at, petition.withdrawn_at) AS at
    FROM petitions_petition AS petition LEFT JOIN petitions_publiccase ON petition_id = petition.id
    WHERE petition.salt IS NOT NULL AND NOT petition.exempt AND petition.state = ANY(%(states)s)
), due AS (
    SELECT id, CASE WHEN answered_at IS NULL THEN at + make_interval(months => %(after_closing)s)
        ELSE greatest(answered_at + make_interval(months => %(after_answer)s), at + %(least)s) END AS at
    FROM ended
)
SELECT due.id FROM due LEFT JOIN signatures_retention AS kept ON kept.petition_id = due.id
WHERE due.at <= %(now)s AND (kept.unsealed_at IS NULL OR kept.unsealed_at < due.at)
ORDER BY due.at, due.id LIMIT %(most)s
"""

CLEAR = """
WITH batch AS (
    SELECT id FROM signatures_signature WHERE petition_id = %(petition_id)s AND id > %(after)s
    ORDER BY id LIMIT %(batch)s
), cleared AS (
    UPDATE signatures_signature AS signature
    SET sealed = NULL, notify = false, domain_tag = '', name_tag = '', network_tag = ''
    FROM batch
    WHERE signature.petition_id = %(petition_id)s AND signature.id = batch.id AND signature.sealed IS NOT NULL
    RETURNING signature.id
)
SELECT max(id), count(*), (SELECT count(*) FROM cleared) FROM batch
"""


def clear_due(now: datetime) -> int:
    """Clear the signers of petitions whose time has come, 250,000 signatures at most; how many were cleared.

    A run that is killed goes on where it was: how far it came is written with each batch.
    """
    cleared = left = 0
    for petition_id in _due(now):
        while left < BATCHES:
            left += 1
            gone, finished = _clear_batch(petition_id, now)
            cleared += gone
            if finished:
                break
        if left >= BATCHES:
            break
    return cleared


def unlink_due(now: datetime) -> int:
    """Destroy the salts of petitions cleared half a year ago: no key leads to anybody any more. How many."""
    cleared = Retention.objects.filter(unsealed_at__lt=now - SALT_KEPT, unlinked_at=None)
    return sum(
        _unlink(petition_id, now) for petition_id in list(cleared.values_list("petition_id", flat=True)[:BATCHES])
    )


def _due(now: datetime) -> list[int]:
    given = {
        "states": list(ENDED),
        "after_closing": AFTER_CLOSING_MONTHS,
        "after_answer": AFTER_ANSWER_MONTHS,
        "least": LEAST_AFTER_CLOSING,
        "now": now,
        "most": BATCHES,
    }
    with connection.cursor() as cursor:
        cursor.execute(DUE, given)
        return [petition_id for (petition_id,) in cursor.fetchall()]


@transaction.atomic
def _clear_batch(petition_id: int, now: datetime) -> tuple[int, bool]:
    """Clear the next signatures of this petition: how many, and whether these were the last."""
    Retention.objects.get_or_create(petition_id=petition_id)
    kept = Retention.objects.select_for_update().get(petition_id=petition_id)
    with connection.cursor() as cursor:
        cursor.execute(CLEAR, {"petition_id": petition_id, "after": kept.unsealed_through, "batch": BATCH})
        last, looked_at, gone = cursor.fetchone()
    kept.unsealed_through = last or 0
    finished = looked_at < BATCH
    if finished:
        kept.unsealed_through, kept.unsealed_at = 0, now
        _forget_rest(petition_id, now)
    kept.save()
    log.info("signers_cleared", petition=petition_id, cleared=gone, through=last, finished=finished)
    return gone, finished


def _forget_rest(petition_id: int, now: datetime) -> None:
    """What else of this petition could name a person."""
    petitions.services.forget_words(petition_id=petition_id, now=now)
    # Those still at work need their criteria; they lose them with the salt.
    BulkAct.objects.filter(petition_id=petition_id, ended_at__isnull=False).update(sealed=None)
    Flag.objects.filter(petition_id=petition_id).delete()
    Follower.objects.filter(petition_id=petition_id).delete()
    paper.forget_scans(petition_id=petition_id)
    audit.services.record(action="signatures.clear", subject_kind="petition", subject_id=petition_id)


@transaction.atomic
def _unlink(petition_id: int, now: datetime) -> bool:
    if not petitions.services.forget_salt(petition_id=petition_id):
        return False
    Disowned.objects.filter(petition_id=petition_id).delete()
    Follower.objects.filter(petition_id=petition_id).delete()
    BulkAct.objects.filter(petition_id=petition_id).update(sealed=None)
    Retention.objects.filter(petition_id=petition_id).update(unlinked_at=now)
    log.info("salt_destroyed", petition=petition_id)
    return True
