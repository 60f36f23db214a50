"""Public words about the clock that one person proposes and another lets pass: what extensions and updates share."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar, cast

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import NotAllowed, allowed
from petitions.services import Refused
from responses import reviewers
from responses.models import Case
from responses.models.clock import Proposal
from responses.services import steps

P = TypeVar("P", bound=Proposal)

COMMENT_LENGTH = 4000
WRITERS = ("responses.draft_answer", "responses.assign_case")


def begin(model: type[P], case_id: int, actor: User) -> Case:
    """The case, locked, about which ``actor`` may propose something now.

    Raises NotAllowed to those who neither draft nor assign; Refused when no answer is owed, or one proposal waits.
    """
    case = steps.locked(case_id)
    steps.require(actor, case, *WRITERS)
    if not case.is_owed:
        raise Refused(_("This case owes no answer any more."))
    if model._default_manager.filter(case=case, decided_at=None).exists():
        raise Refused(_("One is waiting for its decision already."))
    return case


def waiting(model: type[P], case: Case, proposal_id: int | None) -> P:
    """The proposal about a locked case that the actor read. Raises Refused when it is not the one that waits now."""
    proposal = model._default_manager.filter(case=case, pk=proposal_id, decided_at=None).first()
    if proposal is None or not case.is_owed:
        raise Refused(_("This is no longer waiting: it was decided, or the answer is out."))
    return cast(P, proposal)


def let_pass(proposal: Proposal, *, actor: User, now: datetime) -> None:
    """Note that a second person lets it pass.

    Raises NotAllowed to whoever proposed it, superusers included, and to those who stand in for them.
    """
    if proposal.proposed_by_id in {person.pk for person in acts_as(actor)}:
        raise NotAllowed(_("Somebody else has to decide on what you proposed."))
    _decide(proposal, actor=actor, passed=True, comment="", now=now)


def turn_down(proposal: Proposal, *, actor: User, comment: str, now: datetime) -> None:
    """Note that it does not pass. Raises Refused without a reason; whoever proposed it takes it back without one."""
    if not comment.strip() and proposal.proposed_by_id != actor.pk:
        raise Refused(_("Say why, so that they can mend it."), "comment")
    _decide(proposal, actor=actor, passed=False, comment=comment.strip()[:COMMENT_LENGTH], now=now)


def acts_as(user: User) -> list[User]:
    """This person, and those whose decisions they take today."""
    return [user, *reviewers.principals_of(user)]


def holds(people: Iterable[User], *rights: str) -> bool:
    """Whether any of ``people`` holds any of ``rights``."""
    return any(allowed(person, right) for person in people for right in rights)


def require_holder(case: Case, actor: User, *rights: str) -> None:
    """Pass for holders of ``rights`` who see the case, and for those who stand in for one. Raises NotAllowed."""
    for person in acts_as(actor):
        if holds([person], *rights) and Case.objects.visible_to(person).filter(pk=case.pk).exists():
            return
    raise NotAllowed(" or ".join(rights))


def require_decider(proposal: Proposal, actor: User, *rights: str) -> None:
    """Pass for those who may turn it down: holders of ``rights``, and whoever proposed it. Raises NotAllowed."""
    if proposal.proposed_by_id != actor.pk and not holds(acts_as(actor), *rights):
        raise NotAllowed(" or ".join(rights))


def _decide(proposal: Proposal, *, actor: User, passed: bool, comment: str, now: datetime) -> None:
    proposal.decided_by, proposal.decided_at, proposal.passed, proposal.comment = actor, now, passed, comment
    proposal.save(update_fields=["decided_by", "decided_at", "passed", "comment"])
