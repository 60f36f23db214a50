"""What the page about a case shows of its clock. Reading only."""

from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from responses import clock
from responses.models import Case, ClockMark, Extension, InterimUpdate
from responses.models.clock import Proposal
from responses.services import extending, proposals, steps, updates

DECIDED_BY = (
    (Extension, (extending.SIGN_OFF,), _("More time asked for")),
    (InterimUpdate, updates.APPROVERS, _("Update to be approved")),
)


@dataclass(frozen=True)
class ClockPart:
    """The arithmetic of a due date, the marks passed and to come in this term, and what was proposed about it."""

    arithmetic: clock.Arithmetic | None
    passed: list[ClockMark]
    ahead: list[tuple[int, date]]
    days_late: int
    proposals: list[Proposal]

    @property
    def waiting(self) -> list[Proposal]:
        return [proposal for proposal in self.proposals if proposal.decided_at is None]

    @property
    def decided(self) -> list[Proposal]:
        return [proposal for proposal in self.proposals if proposal.decided_at is not None]


def part(case: Case, today: date) -> ClockPart:
    """The clock of ``case`` as it stands; marks ahead only while it runs."""
    counted = steps.arithmetic(case, today)
    runs = counted is not None and case.is_owed and not case.is_paused
    return ClockPart(
        arithmetic=counted,
        passed=[mark for mark in case.marks.all() if counted and mark.term == counted.term],
        ahead=[(int(mark), day) for mark, day in steps.marks_ahead(case, counted).items()] if counted and runs else [],
        days_late=clock.days_late(case.due_on, today) if case.is_owed and case.due_on else 0,
        proposals=[
            *case.extensions.select_related("proposed_by", "decided_by"),
            *case.updates.select_related("proposed_by", "decided_by"),
        ],
    )


def waiting_for(user: User, limit: int, people: list[User] | None = None) -> list[dict[str, Any]]:
    """What others proposed and ``user`` may decide, first asked first: label, case and title, at most ``limit``."""
    people = people or proposals.acts_as(user)
    waiting: list[dict[str, Any]] = []
    for model, rights, label in DECIDED_BY:
        if holders := [person for person in people if proposals.holds([person], *rights)]:
            found = model.objects.waiting_before(holders).exclude(proposed_by__in=people)
            if holders != [user]:  # a delegate opens the cases only that they see
                found = found.filter(case__in=Case.objects.visible_to(user, principals=people[1:]))
            found = found.select_related("case__department", "case__page").order_by("proposed_at", "pk")
            waiting += [
                # The page bears the name of the petition.
                {"label": label, "case": row.case, "title": row.case.page.title, "since": row.proposed_at}
                for row in found[:limit]
            ]
    return sorted(waiting, key=itemgetter("since"))[:limit]
