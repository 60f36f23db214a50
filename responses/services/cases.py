"""Opening a case, giving it to somebody, noting what colleagues should know, filing it away."""

from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import petitions.limits
import petitions.services
from accounts.models import Department, User
from accounts.permissions import require
from accounts.selectors import answering_departments
from petitions.models import Crossing, Petition
from petitions.models.timeline import EventKind
from petitions.services import Refused
from responses import lifecycle, routing
from responses.models import Case, CaseLink, CaseNote, CaseTrigger, RoutingRule, Team
from responses.models.case import CasePriority, CaseState, Origin
from responses.services import answers, notices, review, steps

log = structlog.get_logger(__name__)

NOTE_LENGTH = 4000


# --- Opening


@transaction.atomic
def open_case(*, crossing_id: int, now: datetime) -> Case:
    """The case of a reached threshold, opened now if this is the first call: once, however many ask at the same time.

    A crossing of a petition that is owed an answer already joins that case. Raises Refused for a crossing that brings
    no case, Crossing.DoesNotExist for an unknown one.
    """
    crossing = Crossing.objects.select_related("threshold").get(pk=crossing_id)
    petition = _locked_petition(crossing.petition_id)
    known = CaseTrigger.objects.filter(crossing=crossing).select_related("case").first()
    if known:
        return known.case
    if not crossing.fires or not crossing.threshold.opens_case or petition.exempt:
        raise Refused(_("This threshold brings no case."))
    case = owed_case_of(petition)
    if case is None:
        case = open_new(
            petition, owed_since=crossing.crossed_at, origin=Origin.THRESHOLD, actor=None, reason="", now=now
        )
    else:
        steps.record(case, "join", actor=None, crossing=crossing.pk)
    CaseTrigger.objects.create(crossing=crossing, case=case)
    return case


@transaction.atomic
def open_by_hand(
    *, petition_id: int, actor: User, reason: str, now: datetime, owed_since: datetime | None = None
) -> Case:
    """A case opened by a coordinator, for a reason. The clock runs from ``owed_since``, else from now.

    Raises NotAllowed without ``responses.assign_case``; Refused without a reason, for a petition that the public
    cannot see or that is owed an answer already, and for a day before it was open.
    """
    require(actor, "responses.assign_case")
    petition = _locked_petition(petition_id)
    if not reason.strip():
        raise Refused(_("Say why this case is opened."), "reason")
    if petition.state not in ("open", "closed"):
        raise Refused(_("Only petitions that are open or closed can be answered."))
    if owed_since and timezone.localdate(owed_since) < timezone.localdate(petition.opened_at or petition.created_at):
        raise Refused(_("The petition was not open yet on that day."), "owed_on")
    if owed_case_of(petition):
        raise Refused(_("This petition has an open case already."))
    return open_new(
        petition, owed_since=owed_since or now, origin=Origin.MANUAL, actor=actor, reason=reason.strip(), now=now
    )


def open_missing_cases(now: datetime) -> int:
    """Open the case of every reached threshold that has none: the sweep behind ``threshold_crossed``. How many.

    One that cannot be opened is logged and stops no other; the next sweep tries it again.
    """
    waiting = Crossing.objects.bringing_case().filter(case_trigger=None, petition__exempt=False).order_by("pk")
    opened = 0
    for crossing_id in list(waiting.values_list("pk", flat=True)):
        try:
            open_case(crossing_id=crossing_id, now=now)
            opened += 1
        except Exception as error:
            log.exception("case_not_opened", crossing=crossing_id, error=type(error).__name__)
    return opened


def _locked_petition(petition_id: int) -> Petition:
    return Petition.objects.select_for_update(no_key=True).get(pk=petition_id)


def owed_case_of(petition: Petition) -> Case | None:
    """The case under which ``petition`` is owed an answer."""
    return Case.objects.owed().filter(links__petition=petition).first()


def open_new(
    petition: Petition, *, owed_since: datetime, origin: Origin, actor: User | None, reason: str, now: datetime
) -> Case:
    """A new case of ``petition``, whose row the caller has locked: routed, its clock running, with an empty draft."""
    limits = petitions.limits.current()
    route = routing.route(petition, list(RoutingRule.objects.in_order()), limits.coordinator)
    case = Case(
        state=CaseState.ASSIGNED if route.is_assigned else CaseState.NEW,
        origin=origin,
        department=route.department,
        owner=route.owner,
        team=route.team,
        priority=route.priority,
        opened_at=now,
        owed_since=owed_since,
        working_days=limits.answer_working_days,
    )
    steps.set_due_date(case, timezone.localdate(now))
    case.save()
    CaseLink.objects.create(case=case, petition=petition)
    answers.draft_page(case=case, petition=petition)
    steps.store(case, now)
    petitions.services.record_event(
        petition_id=petition.pk,
        kind=EventKind.CASE,
        key=str(case.pk),
        details={"due_on": str(case.due_on), "department_id": case.department_id},
        tells_creator=True,
        now=now,
    )
    by_rule = {"rule": route.rule.pk, "rule_name": route.rule.name} if route.rule else {}
    steps.record(case, "open", actor=actor, reason=reason, petition=petition.pk, due_on=str(case.due_on), **by_rule)
    notices.tell(notices.What.ASSIGNED if route.is_assigned else notices.What.UNASSIGNED, case=case)
    return case


# --- Giving it to somebody


@transaction.atomic
def assign(
    *,
    case_id: int,
    actor: User,
    department_id: int | None,
    owner_id: int | None,
    now: datetime,
    team_id: int | None = None,
    priority: int = CasePriority.NORMAL,
) -> Case:
    """Give the case to a department, perhaps to a team of it, and to a person, who is mailed.

    Without a person it goes to the named one of the team, else of the department. The due date is counted anew by the
    department's calendar. Raises NotAllowed without ``responses.assign_case``; Refused without an owner at work and an
    active department with somebody who reviews its answers, or for a team of another department; WrongState once the
    answer is published.
    """
    require(actor, "responses.assign_case")
    case = steps.locked(case_id)
    department = _who_answers(department_id)
    team = _team(team_id, department)
    owner = _owner(owner_id, team, department)
    if priority not in CasePriority.values:
        raise Refused(_("Choose a priority."), "priority")
    steps.move(case, lifecycle.Act.ASSIGN)
    before = {"department": case.department_id, "owner": case.owner_id, "due_on": str(case.due_on)}
    handed_on = case.owner_id != owner.pk
    case.department, case.team, case.owner, case.priority = department, team, owner, priority
    steps.set_due_date(case, timezone.localdate(now))
    if before["department"] != department.pk:
        # One department's review is not another's.
        review.start_over(case, actor, now)
    steps.store(case, now)
    steps.record(
        case,
        "assign",
        actor=actor,
        before=before,
        department=department.pk,
        team=case.team_id,
        owner=owner.pk,
        priority=priority,
        due_on=str(case.due_on),
    )
    if handed_on and owner != actor:
        notices.tell(notices.What.ASSIGNED, case=case)
    return case


def _team(team_id: int | None, department: Department) -> Team | None:
    if team_id is None:
        return None
    team = Team.objects.filter(pk=team_id, department=department, active=True).select_related("point_person").first()
    if team is None:
        raise Refused(_("Choose a team of this department."), "team")
    return team


def _owner(owner_id: int | None, team: Team | None, department: Department) -> User:
    if owner_id:
        owner = User.objects.filter(pk=owner_id, is_active=True).first()
    else:
        named = (team.point_person if team else None, department.point_person)
        owner = next((person for person in named if person and person.is_active), None)
    if owner is None:
        raise Refused(_("Choose an owner: this department has no named person at work."), "owner")
    return owner


def _who_answers(department_id: int | None) -> Department:
    active = Department.objects.filter(active=True).select_related("point_person")
    department = active.filter(pk=department_id).first() if department_id else None
    if department is None:
        raise Refused(_("Choose a department."), "department")
    if not answering_departments().filter(pk=department.pk).exists():
        raise Refused(_("Nobody in this department can review its answers yet. Choose another."), "department")
    return department


@transaction.atomic
def start_drafting(*, case_id: int, actor: User, now: datetime) -> Case:
    """The case with its answer under way. Raises NotAllowed to those who may not draft it, WrongState."""
    case = steps.locked(case_id)
    steps.require(actor, case, "responses.draft_answer", "responses.assign_case")
    steps.move(case, lifecycle.Act.START)
    steps.store(case, now)
    steps.record(case, "start", actor=actor)
    return case


@transaction.atomic
def add_note(*, case_id: int, actor: User, text: str, now: datetime) -> CaseNote:
    """A remark for colleagues. Raises NotAllowed to those who may not see the case, Refused without a text."""
    case = steps.locked(case_id)
    if not Case.objects.visible_to(actor).filter(pk=case.pk).exists() or not takes_part(actor):
        raise petitions.services.NotAllowed("case of another department")
    if not text.strip():
        raise Refused(_("Write the note first."), "text")
    if len(text) > NOTE_LENGTH:
        raise Refused(_("Use at most %(limit)s characters.") % {"limit": NOTE_LENGTH}, "text")
    note = CaseNote.objects.create(case=case, author=actor, at=now, text=text.strip())
    steps.record(case, "note", actor=actor, note=note.pk)
    notices.tell(notices.What.COMMENTED, case=case, but=actor)
    return note


def takes_part(user: User) -> bool:
    """Whether this person works on cases; those who only look on, such as auditors, change nothing."""
    return any(
        user.has_perm(f"responses.{right}")
        for right in ("assign_case", "draft_answer", "review_department", "review_legal", "sign_off", "publish_answer")
    )


@transaction.atomic
def close(*, case_id: int, actor: User, now: datetime) -> Case:
    """The case filed away after its answer. Raises NotAllowed without ``responses.assign_case``, WrongState."""
    require(actor, "responses.assign_case")
    case = steps.locked(case_id)
    steps.move(case, lifecycle.Act.CLOSE)
    case.closed_at = now
    steps.store(case, now)
    steps.record(case, "close", actor=actor)
    return case
