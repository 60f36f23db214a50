"""Hearing no more, and taking a signature back."""

from django.db import connection, transaction

from petitions.lifecycle import State
from signatures.models import Signature


def unsubscribe(*, petition_id: int, row_id: int, generation: int) -> bool:
    """Mail this signer nothing more about this petition; whether there is such a signature. Again changes nothing."""
    rows = Signature.objects.filter(petition_id=petition_id, id=row_id, generation=generation)
    return bool(rows.update(notify=False))


# The creator takes back the petition, not a signature. It leaves the hour in which it was counted, so that no hour is
# below zero and all sum to the count.
WITHDRAW = """
WITH found AS (
    SELECT signature.petition_id, signature.id, signature.state
    FROM signatures_signature AS signature JOIN petitions_petition AS petition ON petition.id = signature.petition_id
    WHERE signature.petition_id = %(petition_id)s AND signature.id = %(row_id)s
        AND signature.generation = %(generation)s AND signature.state IN ('confirmed', 'held')
        AND signature.role <> 'creator' AND petition.state = %(state)s
    FOR UPDATE OF signature
), withdrawn AS (
    UPDATE signatures_signature AS signature
    SET state = 'withdrawn', notify = false, code_tries = 0, generation = signature.generation + 1
    FROM found WHERE signature.petition_id = found.petition_id AND signature.id = found.id
    RETURNING signature.petition_id, signature.region_code, signature.country_code, signature.confirmed_at,
        found.state AS state_before
), counted AS (
    INSERT INTO signatures_delta (petition_id, region_code, country_code, at, amount)
    SELECT petition_id, region_code, country_code, confirmed_at, -1 FROM withdrawn WHERE state_before = 'confirmed'
)
SELECT count(*) FROM withdrawn
"""


@transaction.atomic
def withdraw(*, petition_id: int, row_id: int, generation: int) -> bool:
    """Take a confirmed signature out of the count of an open petition; whether that was done. One that staff hold,
    and that does not count, is withdrawn as well.

    Every link mailed before is void afterwards; the same person may sign again.
    """
    given = {"petition_id": petition_id, "row_id": row_id, "generation": generation, "state": State.OPEN}
    with connection.cursor() as cursor:
        cursor.execute(WITHDRAW, given)
        return bool(cursor.fetchone()[0])
