"""The acts on a case's clock as staff see them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import allowed
from responses import services
from responses.models import Case, Extension, InterimUpdate
from responses.models.clock import Proposal
from responses.services import extending, proposals, updates
from responses.staff import clock_forms, forms
from responses.staff.act import ASSIGN, Run, StaffAct, plain, reasoned


def _runs_clock(case: Case, user: User) -> bool:
    return case.is_owed and not case.is_paused and allowed(user, ASSIGN)


def _stands_still(case: Case, user: User) -> bool:
    return case.is_paused and allowed(user, ASSIGN)


def _may_propose(model: type[Proposal]) -> Callable[[Case, User], bool]:
    return lambda case, user: (
        case.is_owed and any(allowed(user, right) for right in proposals.WRITERS) and _waiting(model, case) is None
    )


def _may_decide(model: type[Proposal], *rights: str) -> Callable[[Case, User], bool]:
    def may(case: Case, user: User) -> bool:
        waiting = _waiting(model, case) if case.is_owed else None
        if waiting is None:
            return False
        people = proposals.acts_as(user)
        return proposals.holds(people, *rights) and waiting.proposed_by_id not in {person.pk for person in people}

    return may


def _may_take_back(model: type[Proposal]) -> Callable[[Case, User], bool]:
    def may(case: Case, user: User) -> bool:
        waiting = _waiting(model, case) if case.is_owed else None
        return waiting is not None and waiting.proposed_by_id == user.pk

    return may


def _waiting(model: type[Proposal], case: Case) -> Any:
    return model._default_manager.filter(case=case, decided_at=None).first()


def _ask(case: Case, actor: User, form: Any, now: datetime) -> None:
    days = form.cleaned_data["working_days"]
    services.ask_extension(case_id=case.pk, actor=actor, working_days=days, reason=form.reason(), now=now)


def _propose(case: Case, actor: User, form: Any, now: datetime) -> None:
    services.propose_update(case_id=case.pk, actor=actor, text=form.text(), now=now)


def _on_extension(service: Callable[..., Any], **fixed: str) -> Run:
    return _decision(service, "extension_id", fixed)


def _on_update(service: Callable[..., Any], **fixed: str) -> Run:
    return _decision(service, "update_id", fixed)


def _decision(service: Callable[..., Any], name: str, fixed: dict[str, str]) -> Run:
    def run(case: Case, actor: User, form: forms.ActForm, now: datetime) -> Any:
        data = dict(form.cleaned_data)
        return service(case_id=case.pk, actor=actor, now=now, **{name: data.pop("seen")}, **fixed, **data)

    return run


ACTS = (
    StaffAct(
        "pause",
        _("Pause the clock"),
        _("The clock stands still."),
        forms.PublicReasonForm,
        reasoned(services.pause),
        _runs_clock,
        hint=_("The reason is public, and the creator is told."),
    ),
    StaffAct(
        "resume",
        _("Let the clock run"),
        _("The clock is running."),
        forms.NoFieldsForm,
        plain(services.resume),
        _stands_still,
        hint=_("The due date moves by the working days that the clock stood still."),
    ),
    StaffAct(
        "grant_time",
        _("Grant more time"),
        _("The due date has moved."),
        clock_forms.ExtensionForm,
        _on_extension(services.grant_extension),
        _may_decide(Extension, extending.SIGN_OFF),
        hint=_("The reason becomes public, and the creator is told the new date."),
    ),
    StaffAct(
        "refuse_time",
        _("Refuse more time"),
        _("The due date stays."),
        clock_forms.RefuseExtensionForm,
        _on_extension(services.refuse_extension),
        _may_decide(Extension, extending.SIGN_OFF),
    ),
    StaffAct(
        "withdraw_time",
        _("Take back the request for more time"),
        _("The request is taken back."),
        clock_forms.ExtensionForm,
        _on_extension(services.refuse_extension, comment=""),
        _may_take_back(Extension),
    ),
    StaffAct(
        "more_time",
        _("Ask for more time"),
        _("Somebody who signs off has to grant it."),
        clock_forms.MoreTimeForm,
        _ask,
        _may_propose(Extension),
        hint=_("The due date moves only when somebody else signs it off. Then the reason is public."),
    ),
    StaffAct(
        "approve_update",
        _("Approve the update"),
        _("The update is public."),
        clock_forms.InterimUpdateForm,
        _on_update(services.approve_update),
        _may_decide(InterimUpdate, *updates.APPROVERS),
        hint=_("It is shown with the petition and on the tracker, and the creator is told."),
    ),
    StaffAct(
        "return_update",
        _("Return the update"),
        _("The update is not published."),
        clock_forms.ReturnUpdateForm,
        _on_update(services.return_update),
        _may_decide(InterimUpdate, *updates.APPROVERS),
    ),
    StaffAct(
        "withdraw_update",
        _("Take back the update"),
        _("The update is taken back."),
        clock_forms.InterimUpdateForm,
        _on_update(services.return_update, comment=""),
        _may_take_back(InterimUpdate),
    ),
    StaffAct(
        "update",
        _("Tell of progress"),
        _("Somebody else has to approve the update."),
        clock_forms.UpdateForm,
        _propose,
        _may_propose(InterimUpdate),
        hint=_("An update for the public. It needs one approval and stops no clock."),
    ),
)
