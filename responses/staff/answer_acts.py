"""The acts on a cleared or published answer, and what colleagues say of a draft, as staff see them."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import allowed
from responses import clearance, lifecycle, reviewers, services
from responses.models import AnswerPage, Case
from responses.models.case import CaseState
from responses.services.cases import takes_part
from responses.staff import answer_forms, forms
from responses.staff.act import ASSIGN, PUBLISH, StaffAct, can, plain, reasoned


def _at_desk(act: lifecycle.Act, *, taking_off: bool = False) -> Callable[[Case, User], bool]:
    def waits(case: Case, user: User) -> bool:
        if not (lifecycle.allows(case.state, act) and allowed(user, PUBLISH)):
            return False
        if bool(clearance.withdrawal_reason(case)) != taking_off:
            return False
        return user.pk not in reviewers.authors(AnswerPage.objects.get(case=case))

    return waits


def _can_be_left(case: Case, user: User) -> bool:
    return case.state == CaseState.DRAFTING and case.published_at is not None and allowed(user, ASSIGN)


def _has_comments(case: Case, user: User) -> bool:
    return takes_part(user) and case.comments.filter(settled_at=None).exists()


def _settle(case: Case, actor: User, form: forms.ActForm, now: datetime) -> None:
    services.settle(case_id=case.pk, comment_id=form.cleaned_data["comment"].pk, actor=actor, now=now)


AT_DESK = (
    StaffAct(
        "publish",
        _("Publish now"),
        _("The answer is public."),
        forms.NoFieldsForm,
        plain(services.publish),
        _at_desk(lifecycle.Act.PUBLISH),
        hint=_("The petition shows the answer at once, and everybody who asked for it is mailed."),
    ),
    StaffAct(
        "schedule",
        _("Set a date"),
        _("The answer goes live at that time."),
        forms.ScheduleForm,
        plain(services.schedule),
        _at_desk(lifecycle.Act.SCHEDULE),
    ),
    StaffAct(
        "unschedule",
        _("Take the date back"),
        _("The answer waits at the desk."),
        forms.NoFieldsForm,
        plain(services.unschedule),
        _at_desk(lifecycle.Act.UNSCHEDULE),
    ),
    StaffAct(
        "take_off",
        _("Take the answer off"),
        _("The answer is off the site. One is owed again from today."),
        forms.NoFieldsForm,
        plain(services.take_off),
        _at_desk(lifecycle.Act.TAKE_OFF, taking_off=True),
        hint=_("Its page says why, the petition awaits an answer again, and the creator is told."),
        serious=True,
    ),
)

AFTERWARDS = (
    StaffAct(
        "correct",
        _("Correct the answer"),
        _("The answer can be changed. What is public stays until the correction is cleared."),
        forms.PublicReasonForm,
        reasoned(services.correct),
        can(lifecycle.Act.CORRECT, ASSIGN),
        hint=_("The reason is shown with the corrected answer. It passes the same reviews."),
        serious=True,
    ),
    StaffAct(
        "withdraw",
        _("Take the answer off the site"),
        _("The answer is in review: it stays public until all reviews have agreed to take it off."),
        forms.PublicReasonForm,
        reasoned(services.withdraw),
        can(lifecycle.Act.WITHDRAW, ASSIGN),
        hint=_("The reason stands where the answer was. It passes the same reviews as the answer did."),
        serious=True,
    ),
    StaffAct(
        "leave",
        _("Leave the answer as it is"),
        _("What is public stays as it is."),
        forms.NoFieldsForm,
        plain(services.leave),
        _can_be_left,
        hint=_("Ends the correction, or the wish to take the answer off. What was written for it stays a version."),
    ),
)

BETWEEN_COLLEAGUES = (
    StaffAct(
        "comment",
        _("Comment on the draft"),
        _("The comment is kept, and the writers are told."),
        answer_forms.CommentForm,
        plain(services.comment),
        lambda case, user: case.state in (*lifecycle.WRITABLE, CaseState.REVIEW) and takes_part(user),
    ),
    StaffAct(
        "settle",
        _("Settle a comment"),
        _("The comment is settled."),
        answer_forms.SettleForm,
        _settle,
        _has_comments,
    ),
)
