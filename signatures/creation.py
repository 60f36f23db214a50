"""The last step of a petition: its text is handed in together with its creator's signature."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

import petitions.services
from petitions.models import Draft
from petitions.refusals import Refused
from signatures import pacing, persons
from signatures.models import Role, Signature, SignatureState
from signatures.persons import Signer
from signatures.providers import RULES_VERSION
from signatures.supporters import lock_early


@dataclass(frozen=True)
class Submitted:
    petition_id: int
    row_id: int


@transaction.atomic
def hand_in(*, draft_id: int, signer: Signer, now: datetime) -> Submitted:
    """Make the draft a petition, with its creator's signature and the mail that confirms it: all three or none.

    Handed in again before it is confirmed, it stays one petition and takes the person as typed last.
    Raises Draft.DoesNotExist; Refused (with the field) for its text, or once it was confirmed; InvalidAddress.
    """
    draft = Draft.objects.select_for_update().get(pk=draft_id)
    if draft.petition_id is not None:
        row_id = correct_address(petition_id=draft.petition_id, signer=signer, now=now)
        return Submitted(draft.petition_id, row_id)
    petition = petitions.services.submit(
        title=draft.title,
        ask=draft.ask,
        detail=draft.detail,
        language=draft.language,
        creator_name=signer.name,
        rules_version=RULES_VERSION,
        corrects=draft.corrects,
        now=now,
    )
    draft.petition = petition
    draft.save(update_fields=["petition"])
    row = Signature.objects.create(
        petition_id=petition.pk, role=Role.CREATOR, created_at=now, **persons.columns(signer, petition)
    )
    row.refresh_from_db(fields=["id"])
    _mail(row, signer, now)
    return Submitted(petition.pk, row.id)


@transaction.atomic
def correct_address(*, petition_id: int, signer: Signer, now: datetime) -> int:
    """Put ``signer`` in the place of a creator who has not confirmed, and mail them; the row's id.

    Links mailed to another address before are void. Raises Refused once the petition is confirmed or gone.
    """
    lock_early(petition_id)
    row = Signature.objects.filter(petition_id=petition_id, role=Role.CREATOR, state=SignatureState.PENDING).first()
    if row is None:
        raise Refused(_("This petition has been confirmed already. Use the link in our last mail."))
    petition = petitions.services.rename_creator(petition_id=petition_id, creator_name=signer.name, now=now)
    values = persons.columns(signer, petition)
    if bytes(row.signer_key) != values["signer_key"]:
        row.generation += 1
        row.code_tries = 0
    for column, value in values.items():
        setattr(row, column, value)
    row.created_at = now
    row.save()
    _mail(row, signer, now)
    return row.id


def _mail(row: Signature, signer: Signer, now: datetime) -> None:
    pacing.queue_paced(
        pacing.CONFIRM,
        petition_id=row.petition_id,
        row_id=row.id,
        address_key=persons.address_key(signer.email),
        now=now,
    )
