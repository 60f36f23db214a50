"""Asking offices, as an act on a case."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import allowed
from responses import lifecycle
from responses.models import Case
from responses.services import gathering
from responses.staff import forms
from responses.staff.act import ASSIGN, DRAFT, StaffAct
from responses.staff.gathering_forms import AskForm


def may_gather(case: Case, user: User) -> bool:
    """Whether questions about this case are this person's to ask and to take back."""
    return case.state not in lifecycle.DONE and any(allowed(user, right) for right in (DRAFT, ASSIGN))


def _ask(case: Case, actor: User, form: forms.ActForm, now: datetime) -> None:
    data = form.cleaned_data
    gathering.ask(
        case_id=case.pk,
        actor=actor,
        question=data["question"],
        due_on=data["due_on"],
        department_ids=[department.pk for department in data["department_ids"]],
        outside=data["outside"],
        language=data["language"],
        now=now,
    )


ACTS = (
    StaffAct(
        "ask",
        _("Ask for contributions"),
        _("The offices are asked. What they say will stand beside the draft."),
        AskForm,
        _ask,
        may_gather,
        hint=_("Several offices at once; each answers in one form and is reminded when it is late."),
    ),
)
