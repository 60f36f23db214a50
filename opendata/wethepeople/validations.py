"""Which signatures that came through a key were confirmed, without anything that tells whose they are."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from opendata.models import PartnerKey
from opendata.wethepeople import finding
from opendata.wethepeople.arguments import ValidationsAsked
from opendata.wethepeople.petitions import id_of
from opendata.wethepeople.signatures import hidden_id
from petitions.models import Petition
from petitions.querysets import PetitionQuerySet

KEPT = timedelta(days=365)
# Pending rows are gone by then.
DECIDED = timedelta(days=35)

# The row was last accepted at the very moment at which the key handed it in, so the mail that was confirmed is the one
# that the partner's request had sent. An address that had signed before keeps its own moment, and is never told of.
_CONFIRMED = """
FROM opendata_partnersignature AS through
JOIN signatures_signature AS signature
    ON signature.petition_id = through.petition_id AND signature.id = through.row_id
    AND signature.created_at = through.handed_in_at AND signature.state = 'confirmed'
WHERE through.key_id = %(key)s AND (%(petition)s::bigint IS NULL OR through.petition_id = %(petition)s)
"""
PAGE = f"""
SELECT signature.petition_id, signature.id {_CONFIRMED}
ORDER BY signature.confirmed_at, signature.signer_key LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608 - our own words
COUNT = f"SELECT count(*) {_CONFIRMED}"  # noqa: S608
FORGET = """
DELETE FROM opendata_partnersignature AS through
WHERE handed_in_at < %(old)s OR (handed_in_at < %(decided)s AND NOT EXISTS (
    SELECT FROM signatures_signature AS signature
    WHERE signature.petition_id = through.petition_id AND signature.id = through.row_id
        AND signature.created_at = through.handed_in_at
))
"""


def listed(key: PartnerKey, asked: ValidationsAsked) -> tuple[list[dict[str, Any]], int]:
    """One part of the confirmations, the first confirmed first, and how many there are in all.

    Raises Refusal for a petition that there is not.
    """
    petition = finding.shown(asked.petition_id) if asked.petition_id else None
    given = {
        "key": key.pk,
        "petition": petition.pk if petition else None,
        "limit": asked.part.limit,
        "offset": asked.part.offset,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, given)
        count = cursor.fetchone()[0]
        cursor.execute(PAGE, given)
        rows = cursor.fetchall()
    signed: PetitionQuerySet = Petition.objects.filter(pk__in={petition_id for petition_id, _row in rows})
    petitions = signed.defer("title", "ask", "detail").in_bulk()
    return [_document(petitions[petition_id], row_id) for petition_id, row_id in rows], count


def _document(petition: Petition, row_id: int) -> dict[str, str]:
    name = hidden_id(petition, row_id)
    return {"vid": name, "email": "", "signature_id": name, "petition_id": id_of(petition)}


def forget_old(now: datetime) -> int:
    """Let go of what came through keys a year ago, and of what was not confirmed in time; how many rows."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"old": now - KEPT, "decided": now - DECIDED})
        return cursor.rowcount
