"""What a group of signatures shares: masked, or for a reason in clear."""

from django.db import transaction
from django.utils.translation import gettext as _

import audit.services
from accounts.models import User
from accounts.permissions import require
from petitions.refusals import Refused
from signatures.fraud import desk, people
from signatures.fraud.handling import HANDLE, reason_given


def masked(petition_id: int, kind: str, tag: str) -> str:
    """What may be shown of it to all who see the desk; '' where no signature of it can be read."""
    return people.masked(kind, _shared(petition_id, kind, tag))


@transaction.atomic
def unmask(*, petition_id: int, kind: str, tag: str, actor: User, reason: str) -> str:
    """The domain, name or network of a group. The log keeps who asked for it, and why.

    Raises NotAllowed; Refused without a reason, or where no signature of the group can be read.
    """
    require(actor, HANDLE)
    reason = reason_given(reason)
    shared = _shared(petition_id, kind, tag)
    if not shared:
        raise Refused(_("The personal data of these signatures are gone."))
    audit.services.record(
        action="signatures.group_unmask",
        subject_kind="petition",
        subject_id=petition_id,
        actor_id=actor.pk,
        reason=reason,
        details={"kind": kind, "tag": tag},
    )
    return shared


def _shared(petition_id: int, kind: str, tag: str) -> str:
    newest = desk.members(petition_id, kind, tag, most=1)
    return people.shared(petition_id, newest[0].id, kind) if newest else ""
