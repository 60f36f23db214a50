"""Taking a published answer off the site, for a public reason and through the same reviews; or leaving it as it is."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.actions.unpublish_page import UnpublishPageAction

import petitions.limits
import petitions.services
from accounts.models import User
from accounts.permissions import NotAllowed, require
from petitions.services import Refused
from responses import clearance, lifecycle, reviewers
from responses.clearance import NotCleared
from responses.models import AnswerPage, Case, Withdrawal
from responses.models.case import Origin
from responses.services import following_up, news, publication, review, steps
from responses.services.pausing import public_reason


@transaction.atomic
def withdraw(*, case_id: int, actor: User, reason: dict[str, str], now: datetime) -> Case:
    """Ask that a published answer is taken off, for a reason that the public will read: all its reviews decide.

    What is live stays until they have. Whoever asks counts as author and approves nothing. Raises NotAllowed without
    ``responses.assign_case``, Refused without a reason or when nothing is live, WrongState.
    """
    require(actor, "responses.assign_case")
    case = steps.locked(case_id)
    page = AnswerPage.objects.get(case=case)
    steps.move(case, lifecycle.Act.WITHDRAW)
    if not page.live:
        raise Refused(_("This answer is not public."))
    asked = Withdrawal.objects.create(case=case, reason=public_reason(reason), asked_by=actor, asked_at=now)
    case.closed_at = None
    steps.store(case, now)
    # A version of its own, the same as what is live: approvals of that one stand for its publication.
    page.live_revision.as_object().save_revision(user=actor)
    steps.record(case, "withdraw", actor=actor, reason=next(iter(asked.reason.values())))
    # An imported answer belongs to no department: a coordinator gives it to one and hands it in.
    return review.submit(case_id=case_id, actor=actor, now=now) if case.department_id else case


def take_off(*, case_id: int, actor: User, now: datetime) -> Case:
    """The answer off the site and off its petitions, with the reason that was approved; an answer is owed from now on.

    Raises NotAllowed without ``responses.publish_answer`` and to authors; WrongState; Refused where nobody asked for
    it; NotCleared when what stands there is not what was approved: then it is back with those who asked.
    """
    try:
        return _take_off(case_id, actor, now)
    except NotCleared as refusal:
        publication.lapse_of(case_id, str(refusal), actor, now)
        raise


@transaction.atomic
def _take_off(case_id: int, actor: User, now: datetime) -> Case:
    require(actor, "responses.publish_answer")
    case = steps.locked(case_id)
    page = AnswerPage.objects.get(case=case)
    if actor.pk in reviewers.authors(page):
        raise NotAllowed(_("You asked for this or wrote the answer; somebody else has to take it off."))
    steps.move(case, lifecycle.Act.TAKE_OFF)
    if not clearance.withdrawal_reason(case):
        raise Refused(_("What was approved is that this answer is published."))
    clearance.require_withdrawal(case, page.latest_revision)
    asked = Withdrawal.objects.under_way().get(case=case)
    asked.done_at = now
    asked.save(update_fields=["done_at"])
    revision = page.live_revision_id
    UnpublishPageAction(page, user=actor).execute(skip_permission_checks=True)
    review.void_approvals(page, now)
    _owe_again(case, now)
    steps.store(case, now)
    votes = following_up.ratings_of(case)
    petitions.services.record_answer_taken_off(petition_ids=steps.petition_ids(case), now=now)
    steps.record(
        case,
        "take_off",
        actor=actor,
        reason=next(iter(asked.reason.values())),
        revision=revision,
        yes=votes.yes,
        partly=votes.partly,
        no=votes.no,
    )
    news.tell_creators(case, "taken_off", key=f"{case.pk}:{asked.pk}", text=asked.reason, now=now)
    return case


def _owe_again(case: Case, now: datetime) -> None:
    """Begin the clock anew, unsaved: the time that the first answer took is over and done with."""
    case.published_at = case.followed_up_at = None
    if case.origin == Origin.IMPORT:
        return
    case.owed_since = now
    case.working_days = petitions.limits.current().answer_working_days
    case.paused_days = case.extended_days = 0
    case.marks.all().delete()  # a new term; the log keeps what was told
    steps.set_due_date(case, timezone.localdate(now))


@transaction.atomic
def leave(*, case_id: int, actor: User, now: datetime) -> Case:
    """End a correction, or the wish to take the answer off: what is public stays as it is.

    Raises NotAllowed without ``responses.assign_case``, WrongState outside drafting, Refused when nothing is public.
    """
    require(actor, "responses.assign_case")
    case = steps.locked(case_id)
    page = AnswerPage.objects.get(case=case)
    steps.move(case, lifecycle.Act.LEAVE)
    if not page.live or case.published_at is None:
        raise Refused(_("This answer is not public."))
    Withdrawal.objects.under_way().filter(case=case).update(dropped_at=now)
    # While the case is still in drafting: the next correction begins with what is public, not with what was dropped.
    page.live_revision.as_object().save_revision(user=actor)
    case.correction = {}
    steps.store(case, now)
    steps.record(case, "leave", actor=actor)
    return case
