"""Cases of the demo that staff have begun to answer: one in each state before the publication desk."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

import responses.services
from accounts.models import Department, User
from accounts.roles import Role
from accounts.selectors import members_of
from config.management.demo_office import Office, Words, waiting
from config.management.demo_routing import TEAM
from responses.models import Case, CaseTag, SavedFilter, Team
from responses.models.case import CasePriority
from responses.services import quoting, tagging

# Every case that was taken further: the filter of this name finds them, and a second run finds that it was done.
TAG = "demo"
FILTERS = (("Overdue answers", "queue=overdue"), ("Taken further in this demo", f"tag={TAG}"))
COMMENT = "Which year do these figures belong to? Please name it beside them."
RETURNED = "Demo: the second sentence promises a law. Say what is proposed instead, and by whom."


@dataclass(frozen=True)
class AtWork:
    """One imported petition's case: whose it becomes, how far it is, what it is filed under."""

    petition_id: int
    department: str
    take: Callable[[Case, Office, datetime], None]
    tags: tuple[str, ...]
    team: str = ""
    priority: CasePriority = CasePriority.NORMAL


def draft_of(title: str) -> tuple[Words, ...]:
    """An answer to a real petition that nobody can take for a real one."""
    return (
        Words(
            "en",
            f"Demo answer: {title}",
            "This answer was written for a demonstration. No government has given it.",
            "A real answer would say here what is done about it, and what is not.",
            "We will report on this page within a year.",
        ),
        Words(
            "fr",
            f"Réponse de démonstration : {title}",
            "Cette réponse a été rédigée pour une démonstration. Aucun gouvernement ne l’a donnée.",
            "Une vraie réponse dirait ici ce qui est fait, et ce qui ne l’est pas.",
            "Nous en rendrons compte sur cette page d’ici un an.",
        ),
    )


def _stay(case: Case, office: Office, now: datetime) -> None:
    """Assigned, and nothing more yet."""


def _draft(case: Case, office: Office, now: datetime) -> None:
    """Being drafted, with a saved text in it."""
    from responses.models import SavedText

    responses.services.start_drafting(case_id=case.pk, actor=office.drafter, now=now)
    thanks = SavedText.objects.filter(active=True, language="en", kind="template").order_by("pk").first()
    if thanks is not None:
        quoting.insert(
            case_id=case.pk, actor=office.drafter, kind=quoting.SAVED, source_id=thanks.pk, language="en", now=now
        )


def _write(case: Case, office: Office, now: datetime) -> None:
    petition = case.links.select_related("petition").order_by("pk")[0].petition
    office.write(case, draft_of(petition.title), petition.ask or petition.title)
    office.hand_in(case, now)


def _return(case: Case, office: Office, now: datetime) -> None:
    """Back in drafting, since legal review said why."""
    _write(case, office, now)
    office.approve(case, Role.DEPARTMENT_REVIEWER, now=now)
    responses.services.send_back(task_state_id=waiting(case).pk, actor=office.legal_reviewer, reason=RETURNED, now=now)


def _review(case: Case, office: Office, now: datetime) -> None:
    """In legal review, with a question about the text that is open."""
    _write(case, office, now)
    office.approve(case, Role.DEPARTMENT_REVIEWER, now=now)
    responses.services.comment(
        case_id=case.pk, actor=office.legal_reviewer, text=COMMENT, language="en", passage="what is done", now=now
    )


def _clear(case: Case, office: Office, now: datetime) -> None:
    """Approved: it waits at the publication desk."""
    _write(case, office, now)
    office.clear(case, now)


AT_WORK = (
    AtWork(105450, "DEFRA", _stay, ("food", "prices"), team=TEAM),
    AtWork(106651, "HMT", _draft, ("health", "taxes"), priority=CasePriority.HIGH),
    AtWork(104796, "DEFRA", _return, ("nature",), team=TEAM),
    AtWork(618769, "DEFRA", _review, ("food", "nature")),
    AtWork(104379, "DEFRA", _clear, ("animals",), team=TEAM),
)


@transaction.atomic
def put_to_work(now: datetime, advance: Callable[[], None]) -> int:
    """Take these cases as far as the table says, by the demo's staff; how many. Only once."""
    coordinator = members_of(Role.COORDINATOR).first()
    if coordinator is None or CaseTag.objects.filter(name=TAG).exists():
        return 0
    for row in AT_WORK:
        case = Case.objects.owed().get(links__petition=row.petition_id)
        department = Department.objects.get(acronym=row.department)
        case = _assigned(case, row, department, coordinator, now)
        row.take(case, Office.of(case), now)
        tagging.tag(case_id=case.pk, actor=coordinator, now=now, add=(TAG, *row.tags))
        advance()
    for name, query in FILTERS:
        SavedFilter.objects.get_or_create(owner=coordinator, name=name, defaults={"query": query, "shared": True})
    return len(AT_WORK)


def _assigned(case: Case, row: AtWork, department: Department, coordinator: User, now: datetime) -> Case:
    team = Team.objects.filter(department=department, name=row.team).first() if row.team else None
    given: dict[str, Any] = {"department_id": department.pk, "team_id": team.pk if team else None}
    return responses.services.assign(
        case_id=case.pk, actor=coordinator, owner_id=None, priority=row.priority, now=now, **given
    )
