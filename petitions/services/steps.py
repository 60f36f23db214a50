"""What every service of this room does: lock, move along the table of states, write the audit row."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

import audit.services
from accounts.models import User
from accounts.permissions import require
from petitions import lifecycle
from petitions.lifecycle import Act
from petitions.models import Petition
from petitions.refusals import Refused

MODERATE = "petitions.moderate_petition"
BRINGING_BACK = (Act.RESTORE, Act.RECONSIDER, Act.REOPEN)


def lock(petition_id: int) -> Petition:
    """The petition, its row locked until the transaction ends. The first lock that any service takes.

    The lock lets others insert rows that point here. Raises Petition.DoesNotExist.
    """
    return Petition.objects.select_for_update(no_key=True).get(pk=petition_id)


def lock_for_moderator(petition_id: int, moderator: User) -> Petition:
    """As ``lock``, for somebody who may moderate. Raises NotAllowed."""
    require(moderator, MODERATE)
    return lock(petition_id)


def move(petition: Petition, act: Act) -> None:
    """Put the petition into the state that ``act`` leads to; the caller saves it. Raises WrongState.

    Raises Refused for bringing back a petition whose signers can't be told apart any more: somebody could sign twice.
    """
    petition.state = lifecycle.after(petition.state, act, opened=petition.was_opened)
    if petition.salt is None and act in BRINGING_BACK:
        raise Refused(_("The data of its signers are gone: this petition can't be opened again."))


def save(petition: Petition, now: datetime) -> None:
    """Store the petition as changed at ``now``."""
    petition.updated_at = now
    petition.save()


def leave_queue(petition: Petition) -> None:
    """Drop what only a petition that waits for a moderator has; the caller saves it."""
    petition.claimed_by = None
    petition.claimed_until = None
    petition.second_opinion = False


def record(
    act: str, petition_id: int, *, actor: User | None, reason: str = "", details: dict[str, Any] | None = None
) -> None:
    """One audit row ``petition.<act>`` about the petition; no actor stands for a clock or a command."""
    audit.services.record(
        action=f"petition.{act}",
        subject_kind="petition",
        subject_id=petition_id,
        actor_id=actor.pk if actor else None,
        reason=reason,
        details=details,
    )
