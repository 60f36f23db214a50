"""What every act on a case has in common: the row lock, the move, the log entry, the public face."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from holidays import HolidayBase

import audit.services
import petitions.services
from accounts.models import Department, User
from accounts.permissions import NotAllowed, allowed
from responses import clock, lifecycle
from responses.models import Case, ClockMark, InterimUpdate, Mark, Stay

# The calendar of a case that no department has taken yet.
DEFAULT_CALENDAR = ("GB", "ENG")


def locked(case_id: int) -> Case:
    """The case with its row locked until the end of the transaction. Raises Case.DoesNotExist."""
    # No key update: a second crossing may be attached to the case meanwhile.
    return (
        Case.objects.select_for_update(of=("self",), no_key=True).select_related("department", "owner").get(pk=case_id)
    )


def require(actor: User, case: Case, *permissions: str) -> None:
    """Pass when ``actor`` holds one of ``permissions`` and may see the case. Raises NotAllowed."""
    if not any(allowed(actor, permission) for permission in permissions):
        raise NotAllowed(" or ".join(permissions))
    if not Case.objects.visible_to(actor).filter(pk=case.pk).exists():
        raise NotAllowed("case of another department")


def move(case: Case, act: lifecycle.Act) -> None:
    """Put ``case`` into the state that ``act`` leads to, unsaved. Raises WrongState.

    A case that was put into another does nothing until it comes back, and no other case comes back.
    """
    if (case.merged_into_id is not None) != (act == lifecycle.Act.PART):
        raise lifecycle.WrongState(act, case.state)
    case.state = lifecycle.after(case.state, act)


def record(case: Case, action: str, *, actor: User | None, reason: str = "", **details: Any) -> None:
    """Append the act to the audit log; ``actor`` is None for a clock."""
    audit.services.record(
        action=f"case.{action}",
        subject_kind="case",
        subject_id=case.pk,
        actor_id=actor.pk if actor else None,
        reason=reason,
        details={"state": case.state, **details},
    )


def petition_ids(case: Case) -> list[int]:
    return list(case.links.values_list("petition_id", flat=True))


def store(case: Case, now: datetime) -> None:
    """Save the case, note how long it stays in its state, and show the public what it may know of it."""
    case.save()
    _keep_stay(case, now)
    news = (
        InterimUpdate.objects.filter(case=case, passed=True, decided_at__gte=case.owed_since)
        .order_by("-decided_at", "-pk")
        .first()
    )
    petitions.services.record_case(
        petition_ids=petition_ids(case),
        case_id=case.pk,
        state=case.shown_state,
        department_id=case.department_id,
        owed_since=case.owed_since,
        due_on=case.due_on,
        counting=_counting(case, timezone.localdate(now)),
        pause_reason=case.pause_reason,
        news=news.text if news else {},
        news_at=news.decided_at if news else None,
        now=now,
    )


def _counting(case: Case, today: date) -> dict[str, Any]:
    """How the due date comes about, for the public face; empty without a clock."""
    if (counted := arithmetic(case, today)) is None:
        return {}
    return {
        "start": str(counted.start),
        "allowed": counted.allowed,
        "extended": counted.extended,
        "paused": counted.paused,
        "holidays": [str(day) for day, _name in counted.holidays],
    }


def _keep_stay(case: Case, now: datetime) -> None:
    stay = Stay.objects.filter(case=case, ended_at=None).first()
    if stay and stay.state == case.shown_state:
        return
    if stay:
        stay.ended_at = now
        stay.save(update_fields=["ended_at"])
    Stay.objects.create(case=case, state=case.shown_state, began_at=now)


def calendar_of(department: Department | None) -> HolidayBase:
    """The working days by which a case of ``department`` counts."""
    return (
        clock.calendar(department.country, department.subdivision) if department else clock.calendar(*DEFAULT_CALENDAR)
    )


def pause_so_far(case: Case, today: date) -> int:
    """Working days by which the pause under way moves the due date up to ``today``."""
    if case.paused_at is None:
        return 0
    return clock.working_days_between(timezone.localdate(case.paused_at), today, calendar_of(case.department))


def arithmetic(case: Case, today: date) -> clock.Arithmetic | None:
    """How the due date comes about; None for imported cases, which have none."""
    if case.working_days is None:
        return None
    return clock.arithmetic(
        start=timezone.localdate(case.owed_since),
        allowed=case.working_days,
        extended=case.extended_days,
        paused=case.paused_days + pause_so_far(case, today),
        closed=calendar_of(case.department),
    )


def set_due_date(case: Case, today: date) -> None:
    """Count the due date of ``case`` anew, unsaved. One that lies ahead again is no longer noted as overdue."""
    if (counted := arithmetic(case, today)) is not None:
        case.due_on, case.counted_on = counted.due_on, today
        case.next_mark_on = next_mark_on(case, counted)
        if case.due_on >= today:
            case.overdue_noted_at = None


def marks_ahead(case: Case, counted: clock.Arithmetic) -> dict[Mark, date]:
    """The marks that the clock of ``case`` was not yet seen to pass in this term, each with its day, in order."""
    passed = set()
    if case.pk:
        passed = set(ClockMark.objects.filter(case=case, term=counted.term).values_list("percent", flat=True))
    closed = calendar_of(case.department)
    return {mark: clock.mark_date(counted, mark, closed) for mark in Mark if mark not in passed}


def next_mark_on(case: Case, counted: clock.Arithmetic) -> date | None:
    """The day of the next mark; None when all were passed."""
    return next(iter(marks_ahead(case, counted).values()), None)


def in_working_days(case: Case, days: int, today: date) -> date:
    """The day by which a step of this case is asked for."""
    return clock.due_date(start=today, working_days=max(days, 1), closed=calendar_of(case.department))
