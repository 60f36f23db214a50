"""Erasing what is personal in a signature. The signature goes on counting, and its mailbox can't sign twice."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

import petitions.services
from petitions.lifecycle import UNOPENED
from petitions.models import Petition
from signatures import ledger
from signatures.ledger import Erasure
from signatures.models import Role, Signature, SignatureState
from signatures.standing import EARLY
from signatures.supporters import lock_early

# The signer key stays until the petition's salt goes: by it the mailbox counts once. Every link mailed before is void.
ERASE = """
UPDATE signatures_signature
SET sealed = NULL, notify = false, domain_tag = '', name_tag = '', network_tag = '', generation = generation + 1
WHERE petition_id = %s AND id = %s AND created_at <= %s AND state <> 'pending' AND sealed IS NOT NULL
"""


def erase(*, signatures: Sequence[Signature], now: datetime) -> int:
    """Erase name, address, postcode and network address of these signatures, and their tags; how many had any.

    A signature that was never confirmed goes as a whole. A creator's name goes from their petition; a petition that
    was not open yet goes with its creator. Again changes nothing. All are in the ledger, on disk, before the first is
    erased. Raises ledger.NotWritten: then nothing is erased.
    """
    due = [
        Erasure(row.petition_id, row.id, now)
        for row in sorted(signatures, key=lambda row: (row.petition_id, row.id))
        if row.sealed is not None
    ]
    ledger.append(due)
    return sum(repeat(erasure) for erasure in due)


@transaction.atomic
def repeat(erasure: Erasure) -> bool:
    """Do what the ledger says was done; whether it was still to be done. Who has signed anew since is left alone."""
    petition = Petition.objects.filter(pk=erasure.petition_id).defer("title", "ask", "detail").first()
    if petition is not None and petition.state in EARLY:
        lock_early(petition.pk)
    row = Signature.objects.filter(
        petition_id=erasure.petition_id, id=erasure.row_id, created_at__lte=erasure.at, sealed__isnull=False
    ).first()
    if row is None:
        return False
    if row.role == Role.CREATOR and petition is not None:
        _let_creator_go(petition, erasure.at)
    # Signed anew or confirmed a moment ago, it is no longer what was to go as a whole.
    Signature.objects.filter(
        petition_id=row.petition_id, id=row.id, state=SignatureState.PENDING, created_at__lte=erasure.at
    ).delete()
    with connection.cursor() as cursor:
        cursor.execute(ERASE, [erasure.petition_id, erasure.row_id, erasure.at])
    petitions.services.forget_rater(petition_id=erasure.petition_id, row_id=erasure.row_id)
    return True


def _let_creator_go(petition: Petition, now: datetime) -> None:
    if petition.state in UNOPENED:
        petitions.services.withdraw(petition_id=petition.pk, now=now)
    petitions.services.discard_draft(petition_id=petition.pk)
    petitions.services.forget_creator(petition_id=petition.pk, now=now)
