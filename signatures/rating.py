"""A signer says by a mailed link whether the answer was one to what was asked."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

import petitions.services
from petitions.models import Event, Petition, PublicCase, Rating
from petitions.models.timeline import EventKind
from petitions.refusals import Refused
from petitions.services import record_rating
from signatures import links
from signatures.models import Role, Signature, SignatureState
from signatures.standing import knows
from vault.tokens import Purpose


@dataclass(frozen=True)
class Rateable:
    """The answer that a link is about, and who holds the link."""

    petition: Petition
    case: PublicCase
    case_id: int
    signature: Signature
    given: Rating | None  # what they said before


def rateable(token: str, *, now: datetime) -> Rateable | None:
    """What may be rated by this link; None when it does not work, or the signature or the answer does not hold."""
    claim = links.claimed(token, Purpose.RATE, now=now)
    event = Event.objects.filter(pk=claim.petition_id, kind=EventKind.ANSWERED).first() if claim else None
    if claim is None or event is None:
        return None
    petition, case_id = Petition.objects.get(pk=event.petition_id), _case_id(event)
    row = Signature.objects.filter(
        petition_id=petition.pk, id=claim.row_id, generation=claim.generation, state=SignatureState.CONFIRMED
    ).first()
    if row is None or not knows(petition, Role.SIGNER):
        return None
    if not petitions.services.is_rateable(petition_id=petition.pk, case_id=case_id):
        return None
    given = Rating.objects.filter(petition=petition, case_id=case_id, row_id=row.id).first()
    return Rateable(petition, petition.public_case, case_id, row, given)


def _case_id(event: Event) -> int:
    # Events of earlier versions name the case by their key alone.
    return int(event.details.get("case") or event.key)


@transaction.atomic
def rate(found: Rateable, *, choice: str, comment: str, now: datetime) -> None:
    """Keep the vote of whoever holds the link; again and it is the same vote. Raises Refused."""
    row = found.signature
    # Held against a rejection under way, which voids votes.
    counts = Signature.objects.select_for_update(no_key=True).filter(
        petition_id=row.petition_id, id=row.id, generation=row.generation, state=SignatureState.CONFIRMED
    )
    if not counts.exists():
        raise Refused("")
    record_rating(
        petition_id=row.petition_id, case_id=found.case_id, row_id=row.id, choice=choice, comment=comment, now=now
    )
