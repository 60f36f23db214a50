"""Who stands in for whom while somebody is away."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import TaskState

import audit.services
from accounts.models import User
from accounts.permissions import NotAllowed, allowed
from petitions.services import Refused
from responses import reviewers
from responses.models import AnswerPage, Delegation, Extension, InterimUpdate
from responses.models.approval import ReviewState
from responses.services import notices
from responses.services.cases import takes_part

LONGEST = timedelta(days=366)


@transaction.atomic
def delegate(
    *, principal_id: int, delegate_id: int, starts_on: date, ends_on: date, actor: User, now: datetime
) -> Delegation:
    """Reviews of one colleague taken by another, from the first day to the last; what waits already is told at once.

    Set by the person who is away, or by a coordinator, never by whoever gains by it. The delegate counts as himself and
    as his principal. Raises NotAllowed to others; Refused for somebody who reviews nothing, a superuser, a delegate who
    does not work on answers, and days that make no sense.
    """
    people = {user.pk: user for user in User.objects.filter(pk__in=(principal_id, delegate_id), is_active=True)}
    principal, stand_in = people.get(principal_id), people.get(delegate_id)
    if principal is None or stand_in is None or principal == stand_in:
        raise Refused(_("Choose two different colleagues at work."), "delegate")
    require_setter(actor, principal)
    if actor == stand_in:
        raise NotAllowed(_("Nobody names themselves as somebody’s delegate."))
    if principal.is_superuser or not reviewers.tasks_held([principal]):
        raise Refused(_("This colleague holds no review that somebody could take."), "principal")
    if not takes_part(stand_in):
        raise Refused(_("Choose somebody who works on answers."), "delegate")
    today = timezone.localdate(now)
    if ends_on < starts_on or ends_on < today:
        raise Refused(_("The last day has to be today or later, and not before the first."), "ends_on")
    if ends_on - starts_on > LONGEST:
        raise Refused(_("A year is the longest."), "ends_on")
    made = Delegation.objects.create(
        principal=principal, delegate=stand_in, starts_on=starts_on, ends_on=ends_on, set_by=actor, set_at=now
    )
    _record(made, "set", actor)
    if starts_on <= today:
        _tell(made)
    return made


@transaction.atomic
def end(*, delegation_id: int, actor: User, now: datetime) -> Delegation:
    """The colleague back before the last day. Raises NotAllowed to all but them and coordinators; Refused when over."""
    held = Delegation.objects.select_for_update(of=("self",)).select_related("principal").get(pk=delegation_id)
    require_setter(actor, held.principal)
    if held.ended_at is not None or held.ends_on < timezone.localdate(now):
        raise Refused(_("This is over already."))
    held.ended_at = now
    held.save(update_fields=["ended_at"])
    _record(held, "end", actor)
    return held


def require_setter(actor: User, principal: User) -> None:
    """Pass when ``actor`` may say who stands in for ``principal``. Raises NotAllowed."""
    if actor != principal and not allowed(actor, "responses.assign_case"):
        raise NotAllowed(_("This is for the person who is away, or for a coordinator."))


def _record(delegation: Delegation, act: str, actor: User) -> None:
    audit.services.record(
        action=f"delegation.{act}",
        subject_kind="user",
        subject_id=delegation.principal_id,
        actor_id=actor.pk,
        details={
            "delegate": delegation.delegate_id,
            "from": str(delegation.starts_on),
            "to": str(delegation.ends_on),
        },
    )


def _tell(delegation: Delegation) -> None:
    held = reviewers.tasks_held([delegation.principal])
    waiting = ReviewState.objects.filter(status=TaskState.STATUS_IN_PROGRESS, task__in=held)
    for state in waiting.select_related("task", "revision", "workflow_state", "handed_to"):
        page = AnswerPage.objects.select_related("case").get(pk=int(state.workflow_state.object_id))
        if delegation.delegate_id in notices.reviewers(page.case, state):
            once = f"{state.pk}:{delegation.pk}"
            notices.tell(notices.What.REVIEW, case=page.case, task_state=state, once=once, to=[delegation.delegate_id])
    _tell_of_requests(delegation)


def _tell_of_requests(delegation: Delegation) -> None:
    """Mail what waits for the principal to let pass before an answer is there: more time, and updates."""
    for model, what in ((Extension, notices.What.EXTENSION), (InterimUpdate, notices.What.UPDATE)):
        for proposal in model.objects.filter(decided_at=None).exclude(proposed_by=delegation.delegate_id):
            if proposal.case.is_owed and delegation.delegate_id in notices.recipients(what, proposal.case, None):
                once = f"{proposal.pk}:{delegation.pk}"
                notices.tell(what, case=proposal.case, once=once, to=[delegation.delegate_id])
