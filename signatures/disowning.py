"""What the owner of a mailbox says behind a mailed link: "I did not sign this", and "never write to me again"."""

from datetime import datetime, timedelta
from enum import Enum

from django.db import connection, transaction

import petitions.services
from mailing.models import Suppression, SuppressionReason
from petitions.models import Petition
from signatures.models import Delta, Disowned, Role, Signature, SignatureState
from signatures.standing import EARLY
from signatures.supporters import count, lock_early
from vault.tokens import Claim

UNDOABLE = timedelta(hours=24)


class Outcome(Enum):
    DONE = "done"  # by this or by an earlier word
    TOO_LATE = "too_late"  # confirmed more than a day ago: it can be withdrawn
    VOID = "void"


def is_disowned(claim: Claim) -> bool:
    """Whether it was said of this signature that it is none."""
    return Disowned.objects.filter(petition_id=claim.petition_id, row_id=claim.row_id).exists()


@transaction.atomic
def disown(claim: Claim, *, now: datetime) -> Outcome:
    """The mailbox's owner did not sign: a pending signature goes, one confirmed within a day counts no more.

    The mailbox is not written to about this petition again, whoever types its address. Whoever typed it is shown
    nothing of all this. The creator's confirmed signature is TOO_LATE: they withdraw the petition.
    """
    if Petition.objects.filter(pk=claim.petition_id, state__in=EARLY).exists():
        lock_early(claim.petition_id)
    row = (
        Signature.objects.select_for_update()
        .filter(petition_id=claim.petition_id, id=claim.row_id, generation=claim.generation)
        .first()
    )
    if row is None:
        return Outcome.DONE if is_disowned(claim) else Outcome.VOID
    if row.state == SignatureState.PENDING:
        Signature.objects.filter(petition_id=row.petition_id, id=row.id).delete()
        if row.role == Role.CREATOR:
            petitions.services.discard_draft(petition_id=row.petition_id)
    elif row.state in (SignatureState.CONFIRMED, SignatureState.HELD):
        if row.role == Role.CREATOR or row.confirmed_at is None or row.confirmed_at < now - UNDOABLE:
            return Outcome.TOO_LATE
        _take_out(row, now)
    else:
        return Outcome.VOID
    Disowned.objects.bulk_create(
        [Disowned(petition_id=row.petition_id, signer_key=row.signer_key, row_id=row.id)], ignore_conflicts=True
    )
    return Outcome.DONE


def _take_out(row: Signature, now: datetime) -> None:
    """Out of the count, in the hour in which it was counted, and out of every later mail."""
    Signature.objects.filter(petition_id=row.petition_id, id=row.id).update(
        state=SignatureState.WITHDRAWN, notify=False, code_tries=0, generation=row.generation + 1
    )
    if row.state == SignatureState.CONFIRMED:
        Delta.objects.create(
            petition_id=row.petition_id,
            region_code=row.region_code,
            country_code=row.country_code,
            at=row.confirmed_at,
            amount=-1,
        )
        if row.role == Role.SUPPORTER:
            count(petition_id=row.petition_id, now=now)


def own_up(claim: Claim) -> None:
    """Take it back: this mailbox may be written to about the petition again. It has to be signed anew."""
    Disowned.objects.filter(petition_id=claim.petition_id, row_id=claim.row_id).delete()


def is_never_mailed(address_key: bytes) -> bool:
    """Whether the mailbox gets no mail of this site at all."""
    return Suppression.objects.filter(pk=address_key).exists()


# A mailbox that was not there is tried again after a month. What its owner wants takes the place of that, and lasts.
NEVER = """
INSERT INTO mailing_suppression AS kept (address_key, reason) VALUES (%s, %s)
ON CONFLICT (address_key) DO UPDATE SET reason = EXCLUDED.reason WHERE kept.reason = %s
"""


def never_mail(address_key: bytes, reason: SuppressionReason = SuppressionReason.ASKED) -> None:
    """Write to this mailbox never again, about no petition and whoever types its address. Again changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(NEVER, [address_key, reason, SuppressionReason.BOUNCED])


def mail_again(address_key: bytes) -> None:
    """The mailbox's owner wants to be written to again, whyever that had ended."""
    Suppression.objects.filter(pk=address_key).delete()
