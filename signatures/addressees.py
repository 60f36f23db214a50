"""Whom mails about signatures go to: read for a batch at once, without a model, which costs more than the reading."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from signatures.models import SignatureState

FOUND = """
SELECT signature.petition_id, signature.id, signature.signer_key, signature.role, signature.notify, signature.language,
    signature.region_code, signature.country_code, signature.created_at, signature.generation, signature.sealed,
    signature.suspicion
FROM unnest(%s::bigint[], %s::bigint[]) AS wanted (petition_id, id)
JOIN signatures_signature AS signature ON signature.petition_id = wanted.petition_id AND signature.id = wanted.id
WHERE signature.state = ANY(%s) AND NOT EXISTS (
    SELECT FROM signatures_disowned AS disowned
    WHERE disowned.petition_id = signature.petition_id AND disowned.signer_key = signature.signer_key
)
"""


class Addressee(NamedTuple):
    """What a mail needs of a signature: its columns."""

    petition_id: int
    id: int
    signer_key: bytes
    role: str
    notify: bool
    language: str
    region_code: str
    country_code: str
    created_at: datetime
    generation: int
    sealed: bytes | None
    suspicion: str


def found(keys: Sequence[tuple[int, int]], states: Iterable[SignatureState]) -> dict[int, Addressee]:
    """Those of these signatures (petition, number) that are in one of ``states``, by number.

    Without mailboxes whose owner said that they did not sign.
    """
    petition_ids, ids = (",".join(str(key[place]) for key in keys) for place in (0, 1))
    with connection.cursor() as cursor:
        # Arrays as text: a list is taken apart by the driver, which costs more than all rows.
        cursor.execute(FOUND, [f"{{{petition_ids}}}", f"{{{ids}}}", [str(state) for state in states]])
        return {row[1]: Addressee._make(row) for row in cursor.fetchall()}
