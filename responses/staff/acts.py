"""The acts on a case as staff see them: one table of form, service, words and who is offered them."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from responses import lifecycle, services
from responses.models import Case
from responses.models.case import CaseState
from responses.services.cases import takes_part
from responses.staff import (
    announcement_acts,
    answer_acts,
    clock_acts,
    forms,
    gathering_acts,
    grouping_acts,
    tag_acts,
)
from responses.staff.act import ASSIGN, DRAFT, StaffAct, can, plain


def offered(case: Case, user: User) -> list[StaffAct]:
    """The acts that ``user`` can use on ``case`` now, the next step of the work first."""
    acts = [act for act in ACTS.values() if act.offered(case, user)]
    # A case in nobody's hands is given to somebody first.
    return sorted(acts, key=lambda act: act.name != "assign") if case.state == CaseState.NEW else acts


def _assign(case: Case, actor: User, form: forms.ActForm, now: datetime) -> None:
    data = form.cleaned_data
    services.assign(
        case_id=case.pk,
        actor=actor,
        department_id=data["department_id"].pk,
        owner_id=data["owner_id"].pk if data["owner_id"] else None,
        team_id=data["team_id"].pk if data["team_id"] else None,
        priority=data["priority"],
        now=now,
    )


ACTS = {
    act.name: act
    for act in (
        StaffAct(
            "start",
            _("Start drafting"),
            _("The answer is yours to write."),
            forms.NoFieldsForm,
            plain(services.start_drafting),
            can(lifecycle.Act.START, DRAFT, ASSIGN),
            leads_to_editor=True,
        ),
        StaffAct(
            "submit",
            _("Hand in for review"),
            _("The answer is in review."),
            forms.NoFieldsForm,
            plain(services.submit),
            can(lifecycle.Act.SUBMIT, DRAFT, ASSIGN),
            hint=_("Department review comes first, then legal review, then sign-off. The text is locked meanwhile."),
        ),
        StaffAct(
            "recall",
            _("Take back from review"),
            _("The answer can be changed again. Its approvals are void."),
            forms.NoFieldsForm,
            plain(services.recall),
            can(lifecycle.Act.RECALL, DRAFT, ASSIGN),
            hint=_("All approvals given so far are void, and the next review starts from the beginning."),
            serious=True,
        ),
        *answer_acts.AT_DESK,
        StaffAct(
            "assign",
            _("Assign"),
            _("The case is assigned."),
            forms.AssignForm,
            _assign,
            can(lifecycle.Act.ASSIGN, ASSIGN),
        ),
        *clock_acts.ACTS,
        *answer_acts.AFTERWARDS,
        *gathering_acts.ACTS,
        *grouping_acts.ACTS,
        *announcement_acts.ACTS,
        StaffAct(
            "close",
            _("Close the case"),
            _("The case is closed."),
            forms.NoFieldsForm,
            plain(services.close),
            can(lifecycle.Act.CLOSE, ASSIGN),
        ),
        StaffAct(
            "note",
            _("Leave a note"),
            _("The note is kept."),
            forms.NoteForm,
            plain(services.add_note),
            lambda case, user: takes_part(user),
        ),
        *answer_acts.BETWEEN_COLLEAGUES,
        *tag_acts.ACTS,
    )
}
