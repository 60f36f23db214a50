"""What an act on a case is to a screen: its words, its form, the service that does it, and whom it is offered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from accounts.models import User
from accounts.permissions import allowed
from responses import lifecycle
from responses.models import Case
from responses.staff import forms

Run = Callable[[Case, User, forms.ActForm, datetime], Any]

ASSIGN = "responses.assign_case"
DRAFT = "responses.draft_answer"
PUBLISH = "responses.publish_answer"


@dataclass(frozen=True)
class StaffAct:
    """An act: what it is called, whom it is offered when, its form, and the service that does it.

    ``offered`` only keeps useless buttons away; whether the act is possible, the service decides.
    """

    name: str
    label: str | Promise
    done: str | Promise
    form: type[forms.ActForm]
    run: Run
    offered: Callable[[Case, User], bool]
    hint: str | Promise = ""
    serious: bool = False
    leads_to_editor: bool = False


def can(act: lifecycle.Act, *rights: str) -> Callable[[Case, User], bool]:
    """Offered where the case's state allows ``act``, to holders of any of ``rights``."""

    def offers(case: Case, user: User) -> bool:
        return (
            case.merged_into_id is None
            and lifecycle.allows(case.state, act)
            and any(allowed(user, right) for right in rights)
        )

    return offers


def plain(service: Callable[..., Any]) -> Run:
    """The service called with the form's fields."""
    return lambda case, actor, form, now: service(case_id=case.pk, actor=actor, now=now, **form.cleaned_data)


def reasoned(service: Callable[..., Any]) -> Run:
    """The service called with the form's public reason by language."""
    return lambda case, actor, form, now: service(case_id=case.pk, actor=actor, now=now, reason=form.reason())  # type: ignore[attr-defined]
