"""Mails asked for once more. The answer never tells whether one left, nor does its time: only the mailbox does."""

from datetime import datetime

from django.db import transaction

from petitions.models import Petition
from signatures import pacing, persons
from signatures.models import Role, Signature, SignatureState
from vault.signer import SIGNER_KEY_BYTES


@transaction.atomic
def resend(*, petition_id: int, row_id: int, now: datetime) -> None:
    """Queue the mail about this signature once more, within the limits of its mailbox."""
    row = Signature.objects.select_for_update().filter(petition_id=petition_id, id=row_id).first()
    if row is None:
        # Its mailbox's owner said that they did not sign, which is not to be seen here.
        _queue_for_nobody(petition_id, row_id.to_bytes(SIGNER_KEY_BYTES), now)
    else:
        _queue(row, now)


@transaction.atomic
def send_again(*, petition_id: int, email: str, now: datetime) -> None:
    """Mail the owner of ``email`` the link that belongs to their signature: to confirm it, or to the creator's page.

    An address that did not sign gets nothing. Raises InvalidAddress for what is no address.
    """
    petition = Petition.objects.filter(pk=petition_id, salt__isnull=False).first()
    if petition is None:
        return
    key = persons.signer_key(email, petition)
    row = Signature.objects.select_for_update().filter(petition_id=petition_id, signer_key=key).first()
    if row is None:
        _queue_for_nobody(petition_id, key, now)
    else:
        _queue(row, now)


def _queue(row: Signature, now: datetime) -> None:
    person = persons.unsealed(row)
    kind = _kind(row)
    if person is None or not kind:
        _queue_for_nobody(row.petition_id, bytes(row.signer_key), now)
        return
    pacing.queue_paced(
        kind,
        petition_id=row.petition_id,
        row_id=row.id,
        address_key=persons.address_key(person.email),
        now=now,
    )


def _queue_for_nobody(petition_id: int, signer_key: bytes, now: datetime) -> None:
    """Do what is done for a signer, and so take as long: a mail whose sender will find nobody to write to.

    Nothing is counted against the mailbox: a stranger could use up its mails of a day unseen.
    """
    # No signature has a negative number; one for each address, so that pacing takes the same course for all.
    nobody = -int.from_bytes(signer_key[-7:])
    pacing.queue_paced(pacing.CONFIRM, petition_id=petition_id, row_id=nobody, address_key=signer_key, now=now)


def _kind(row: Signature) -> str:
    if row.state == SignatureState.PENDING:
        return pacing.CONFIRM
    if row.state in (SignatureState.CONFIRMED, SignatureState.HELD):
        return pacing.CREATOR_LINK if row.role == Role.CREATOR else pacing.ALREADY_SIGNED
    return ""
