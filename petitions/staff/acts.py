"""The acts on a petition as staff see them: one table of form, service and words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from petitions import lifecycle, services
from petitions.lifecycle import OPENED, State
from petitions.models import Petition
from petitions.models.moderation import ReportState
from petitions.staff import forms

Run = Callable[[int, User, dict[str, Any], datetime], Any]


@dataclass(frozen=True)
class StaffAct:
    """An act: what it is called, when it is offered, its form, and the service that does it.

    ``offered`` only keeps useless buttons away; whether the act is possible, the service decides.
    """

    name: str
    label: str | Promise
    done: str | Promise
    form: type[forms.ActForm]
    run: Run
    offered: Callable[[Petition], bool]
    serious: bool = False
    ends_work: bool = False


def _waits(petition: Petition) -> bool:
    return petition.state == State.IN_MODERATION


def _stands(petition: Petition) -> bool:
    return petition.state in OPENED


def _can(*acts: lifecycle.Act) -> Callable[[Petition], bool]:
    return lambda petition: any(lifecycle.allows(petition.state, act, opened=petition.was_opened) for act in acts)


def _approve(petition_id: int, actor: User, data: dict[str, Any], now: datetime) -> None:
    services.approve(petition_id=petition_id, moderator=actor, now=now, **data)


def _refused(service: Callable[..., Any]) -> Run:
    def run(petition_id: int, actor: User, data: dict[str, Any], now: datetime) -> None:
        words = {**data, "reason_code": data["reason_code"].code}
        service(petition_id=petition_id, moderator=actor, now=now, **words)

    return run


def _moderated(service: Callable[..., Any]) -> Run:
    return lambda petition_id, actor, data, now: service(petition_id=petition_id, moderator=actor, now=now, **data)


def _acted(service: Callable[..., Any]) -> Run:
    return lambda petition_id, actor, data, now: service(petition_id=petition_id, actor=actor, now=now, **data)


def _correct(petition_id: int, actor: User, data: dict[str, Any], now: datetime) -> None:
    note = {code: data.pop(f"note_{code}") for code, _name in settings.LANGUAGES}
    services.correct(petition_id=petition_id, moderator=actor, note=note, now=now, **data)


def _reported(petition: Petition) -> bool:
    return petition.reports.filter(state=ReportState.OPEN).exists()


def _asked_for_review(petition: Petition) -> bool:
    return hasattr(petition, "review_request") and not petition.review_request.outcome


ACTS = {
    act.name: act
    for act in (
        StaffAct(
            "decide_review",
            _("Decide the review"),
            _("The review is decided."),
            forms.DecideReviewForm,
            _acted(services.decide_review),
            _asked_for_review,
            ends_work=True,
        ),
        StaffAct(
            "decide_reports",
            _("Decide the reports"),
            _("The reports are decided."),
            forms.DecideReportsForm,
            _acted(services.decide_reports),
            _reported,
        ),
        StaffAct(
            "approve",
            _("Approve and open"),
            _("The petition is open for signatures."),
            forms.ApproveForm,
            _approve,
            _waits,
            ends_work=True,
        ),
        StaffAct(
            "reject",
            _("Reject"),
            _("The petition is refused."),
            forms.RefuseForm,
            _refused(services.reject),
            lambda petition: petition.state in lifecycle.UNOPENED,
            serious=True,
            ends_work=True,
        ),
        StaffAct(
            "second_opinion",
            _("Ask for a second opinion"),
            _("Colleagues see that a second opinion is wanted."),
            forms.SecondOpinionForm,
            _moderated(services.ask_second_opinion),
            _waits,
            ends_work=True,
        ),
        StaffAct(
            "correct",
            _("Correct the text"),
            _("The text is corrected, with a public note."),
            forms.CorrectForm,
            _correct,
            _stands,
        ),
        StaffAct(
            "take_down",
            _("Take down"),
            _("The petition is taken down."),
            forms.RefuseForm,
            _refused(services.take_down),
            _stands,
            serious=True,
        ),
        StaffAct(
            "hide",
            _("Hide"),
            _("The petition is hidden."),
            forms.HideForm,
            _refused(services.hide),
            _can(lifecycle.Act.HIDE),
            serious=True,
            ends_work=True,
        ),
        StaffAct(
            "restore",
            _("Take the refusal back"),
            _("The refusal is taken back."),
            forms.RestoreForm,
            _moderated(services.restore),
            _can(lifecycle.Act.RESTORE, lifecycle.Act.RECONSIDER),
        ),
        StaffAct(
            "note",
            _("Leave a note"),
            _("The note is kept."),
            forms.NoteForm,
            _moderated(services.add_note),
            lambda petition: True,
        ),
        StaffAct(
            "claim",
            _("Claim for 30 minutes"),
            _("The petition is yours for 30 minutes."),
            forms.NoFieldsForm,
            _moderated(services.claim),
            _waits,
        ),
        StaffAct(
            "release",
            _("Give back to the queue"),
            _("The petition is back in the queue."),
            forms.NoFieldsForm,
            _moderated(services.release),
            _waits,
        ),
    )
}
# Shown above the others, as buttons without a form.
CLAIMING = ("claim", "release")
