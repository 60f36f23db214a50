"""What staff do to one signature, or ask about it. Each is audited with ids and staff's own reason."""

import re
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

import audit.services
from accounts.models import User
from accounts.permissions import require
from petitions.lifecycle import State
from petitions.models import Petition
from petitions.refusals import Refused
from signatures import persons, resending
from signatures.fraud import moves, noting
from signatures.models import Act, Signature, SignatureState
from signatures.persons import Signer

SEE = "signatures.view_fraud"
HANDLE = "signatures.handle_fraud"
_ADDRESS = re.compile(r"\S@\S")


def reason_given(reason: str) -> str:
    """The reason without blanks around it. Raises Refused where there is none, or where it names an address."""
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why."), "reason")
    if _ADDRESS.search(reason):
        raise Refused(_("Name no e-mail address here: the log keeps the reason for good."), "reason")
    return reason


@transaction.atomic
def act(act: Act, *, petition_id: int, row_id: int, actor: User, reason: str, now: datetime) -> None:
    """Hold, release, reject or reinstate one signature; the count follows at once.

    Raises NotAllowed; Refused without a reason, or where the signature is in no state for the act.
    """
    require(actor, HANDLE)
    reason = reason_given(reason)
    moved = moves.move(act, petition_id=petition_id, row_ids=[row_id], now=now)
    if not moved.rows:
        raise Refused(_("This can’t be done to the signature as it stands now."))
    noting.note_removed(petition_id=petition_id, removed=noting.removed(act, moved), now=now)
    _record(act.value, petition_id, row_id, actor, reason)


@transaction.atomic
def withdraw(*, petition_id: int, row_id: int, actor: User, reason: str, now: datetime) -> None:
    """Take a signature back because its owner asked for it. All links mailed are void; they may sign again.

    Raises NotAllowed; Refused without a reason, for the creator's, or where the petition is not open any more: what was
    counted when it closed stays counted.
    """
    require(actor, HANDLE)
    reason = reason_given(reason)
    if not Petition.objects.filter(pk=petition_id, state=State.OPEN).exists():
        raise Refused(_("Signatures can be taken back while the petition is open."))
    if not moves.move(moves.WITHDRAW, petition_id=petition_id, row_ids=[row_id], now=now).rows:
        raise Refused(_("This can’t be done to the signature as it stands now."))
    _record("withdraw", petition_id, row_id, actor, reason)


@transaction.atomic
def resend(*, petition_id: int, row_id: int, actor: User, now: datetime) -> None:
    """Queue the mail about a signature once more, within the limits that hold for its mailbox whoever asks.

    Raises NotAllowed; Refused for a signature that no mail is about.
    """
    require(actor, HANDLE)
    states = (SignatureState.PENDING, SignatureState.CONFIRMED, SignatureState.HELD)
    if not Signature.objects.filter(
        petition_id=petition_id, id=row_id, state__in=states, sealed__isnull=False
    ).exists():
        raise Refused(_("There is no mail about a signature in this state."))
    resending.resend(petition_id=petition_id, row_id=row_id, now=now)
    _record("resend", petition_id, row_id, actor, "")


@transaction.atomic
def unmask(*, petition_id: int, row_id: int, actor: User, reason: str) -> Signer:
    """The person behind a signature. The log keeps who looked at whose, and why.

    Raises NotAllowed; Refused without a reason, or once the personal data are gone.
    """
    require(actor, HANDLE)
    reason = reason_given(reason)
    row = Signature.objects.filter(petition_id=petition_id, id=row_id).first()
    person = persons.unsealed(row) if row else None
    if person is None:
        raise Refused(_("The personal data of this signature are gone."))
    _record("unmask", petition_id, row_id, actor, reason)
    return person


def _record(verb: str, petition_id: int, row_id: int, actor: User, reason: str) -> None:
    audit.services.record(
        action=f"signature.{verb}",
        subject_kind="signature",
        subject_id=row_id,
        actor_id=actor.pk,
        reason=reason,
        details={"petition": petition_id},
    )
