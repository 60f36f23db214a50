"""Signatures moved between states, with the change of the count that belongs to each, in one statement.

The arithmetic is that of confirmation: a signature that begins to count appends +1, one that ceases to count -1, in the
hour in which it was confirmed, so that no hour falls below zero and all sum to the count. What was moved before is not
moved again: however often a move is repeated, it counts once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

import petitions.services
from petitions.lifecycle import State
from petitions.models import Petition
from signatures import metrics, resending, supporters
from signatures.models import Act, Role, Signature
from signatures.standing import EARLY

WITHDRAW = "withdraw"

# What the act takes (`chosen` is the row as locked) and what it makes of it. A pending signature does not count yet:
# held, it is watched, so that its owner's confirmation looks like any other.
TAKES = {
    Act.HOLD: "state = 'confirmed' OR state = 'pending' AND suspicion = ''",
    Act.RELEASE: "state = 'held' OR state = 'pending' AND suspicion <> ''",
    Act.REJECT: "state IN ('confirmed', 'held', 'pending')",
    Act.REINSTATE: "state = 'invalidated'",
    WITHDRAW: "state IN ('confirmed', 'held', 'pending')",
}
_COUNTS_AGAIN = """
    state = CASE WHEN chosen.state <> 'pending' AND chosen.confirmed_at IS NOT NULL THEN 'confirmed' ELSE 'pending' END,
    suspicion = ''
"""
MAKES = {
    Act.HOLD: """
        state = CASE chosen.state WHEN 'confirmed' THEN 'held' ELSE 'pending' END,
        suspicion = CASE chosen.state WHEN 'confirmed' THEN 'staff' ELSE 'watched' END
    """,
    Act.RELEASE: _COUNTS_AGAIN,
    Act.REJECT: "state = 'invalidated'",
    Act.REINSTATE: _COUNTS_AGAIN,
    WITHDRAW: "state = 'withdrawn', notify = false, code_tries = 0, generation = signature.generation + 1",
}
# A signature counted once if staff held it later, or if it was confirmed without a suspicion.
# The creator answers for the petition, not for a signature: that one is never moved from here.
MOVE = """
WITH chosen AS (
    SELECT id, state, suspicion, confirmed_at FROM signatures_signature
    WHERE petition_id = %(petition_id)s AND id = ANY(%(row_ids)s) AND role <> 'creator' AND ({takes})
    ORDER BY id FOR UPDATE
), moved AS (
    UPDATE signatures_signature AS signature SET {makes}
    FROM chosen WHERE signature.petition_id = %(petition_id)s AND signature.id = chosen.id
    RETURNING signature.id, signature.petition_id, signature.region_code, signature.country_code,
        signature.confirmed_at,
        (signature.state = 'confirmed')::int - (chosen.state = 'confirmed')::int AS amount,
        signature.state = 'pending' AND chosen.suspicion = 'blocked' AS unmailed,
        chosen.suspicion = 'staff' OR chosen.suspicion = '' AND chosen.confirmed_at IS NOT NULL AS was_counted
), counted AS (
    INSERT INTO signatures_delta (petition_id, region_code, country_code, at, amount)
    SELECT petition_id, region_code, country_code, confirmed_at, amount FROM moved WHERE amount <> 0
)
SELECT count(*), coalesce(sum(amount), 0), count(*) FILTER (WHERE was_counted), array_agg(id) FILTER (WHERE unmailed)
FROM moved
"""


@dataclass(frozen=True)
class Moved:
    """How many signatures an act moved, by how much that changes the count, and how many of them were ever counted."""

    rows: int = 0
    count_change: int = 0
    were_counted: int = 0


def possible(act: Act | str, row: Signature) -> bool:
    """Whether ``act`` can be done to this signature as it stands: the rule of ``TAKES``, for a screen's buttons."""
    if row.role == Role.CREATOR:
        return False
    suspected = bool(row.suspicion)
    counts, waits, held = (row.state == state for state in ("confirmed", "pending", "held"))
    return {
        Act.HOLD: counts or (waits and not suspected),
        Act.RELEASE: held or (waits and suspected),
        Act.REJECT: counts or held or waits,
        Act.REINSTATE: row.state == "invalidated",
        WITHDRAW: counts or held or waits,
    }[act]


def move(act: Act | str, *, petition_id: int, row_ids: Sequence[int], now: datetime) -> Moved:
    """Do ``act`` to these signatures of one petition, in the caller's transaction; those it can't be done to stay.

    Before a petition opens its supporters are counted anew. Takes the lock of an early petition before any row's.
    Whoever is released from a blocked domain gets the mail that was kept from them, within their mailbox's limits. What
    those who are rejected said of an answer is void.
    """
    state = Petition.objects.filter(pk=petition_id).values_list("state", flat=True).first()
    if state in EARLY:
        supporters.lock_early(petition_id)
    statement = MOVE.format(takes=TAKES[act], makes=MAKES[act])
    with connection.cursor() as cursor:
        cursor.execute(statement, {"petition_id": petition_id, "row_ids": list(row_ids)})
        *numbers, unmailed = cursor.fetchone()
    moved = Moved(*numbers)
    metrics.MOVED[str(act)].inc(moved.rows)
    if moved.rows and state == State.GATHERING_SUPPORT:
        supporters.count(petition_id=petition_id, now=now)
    if act == Act.REJECT and moved.rows:
        forged = Signature.objects.filter(petition_id=petition_id, id__in=row_ids, state="invalidated")
        petitions.services.void_ratings(petition_id=petition_id, row_ids=list(forged.values_list("id", flat=True)))
    if act in (Act.RELEASE, Act.REINSTATE):
        for row_id in unmailed or ():
            resending.resend(petition_id=petition_id, row_id=row_id, now=now)
    return moved
