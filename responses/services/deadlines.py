"""What the clock does on its own: due dates of paused cases move on, marks and lateness are noted and told."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from responses.models import Case, ClockMark, Mark
from responses.services import escalating, notices, steps

AT_MARK = {
    Mark.HALF: notices.What.HALF_USED,
    Mark.THREE_QUARTERS: notices.What.MOST_USED,
    Mark.DUE: notices.What.DUE_TODAY,
}


def watch_due_dates(now: datetime) -> int:
    """Move the due dates of paused cases, warn where the clock passed a mark, note what is newly overdue.

    However often it runs, each mark is told once in a term, and each lateness once. Returns how many cases changed.
    """
    today = timezone.localdate(now)
    owed = Case.objects.owed()
    paused = owed.filter(paused_at__isnull=False).exclude(counted_on=today).values_list("pk", flat=True)
    marked = owed.filter(paused_at=None, next_mark_on__lte=today).values_list("pk", flat=True)
    late = owed.overdue(today).filter(overdue_noted_at=None, paused_at=None).values_list("pk", flat=True)
    changed = sum(_move_due_date(case_id, now) for case_id in list(paused))
    changed += sum(_note_marks(case_id, now) for case_id in list(marked))
    changed += sum(_note_overdue(case_id, now) for case_id in list(late))
    return changed


@transaction.atomic
def _move_due_date(case_id: int, now: datetime) -> bool:
    case = steps.locked(case_id)
    before, today = case.due_on, timezone.localdate(now)
    if not (case.is_owed and case.is_paused):
        return False
    steps.set_due_date(case, today)
    if case.due_on == before:
        case.save(update_fields=["counted_on"])
        return False
    steps.store(case, now)
    return True


@transaction.atomic
def _note_marks(case_id: int, now: datetime) -> bool:
    """Note the marks passed until today; of several passed at once only the last is told, and none of a late case."""
    case = steps.locked(case_id)
    today = timezone.localdate(now)
    counted = steps.arithmetic(case, today)
    if counted is None or not case.is_owed or case.is_paused:
        return False
    passed = {mark: day for mark, day in steps.marks_ahead(case, counted).items() if day <= today}
    ClockMark.objects.bulk_create(
        ClockMark(case=case, percent=mark, term=counted.term, on=day, noted_at=now) for mark, day in passed.items()
    )
    case.next_mark_on = steps.next_mark_on(case, counted)
    case.save(update_fields=["next_mark_on"])
    if not passed:
        return False
    last = max(passed)
    told = escalating.hears(case, last) if case.due_on and case.due_on >= today else set()
    steps.record(case, "mark", actor=None, percent=last, term=counted.term, due_on=str(case.due_on), told=sorted(told))
    # An answer that was taken off is owed anew, in as many days as before.
    notices.tell(AT_MARK[last], case=case, once=f"{counted.start}:{counted.term}", to=told)
    return True


@transaction.atomic
def _note_overdue(case_id: int, now: datetime) -> bool:
    case = steps.locked(case_id)
    if case.overdue_noted_at is not None or not case.is_owed or case.is_paused:
        return False
    case.overdue_noted_at = now
    case.save(update_fields=["overdue_noted_at"])
    told = escalating.hears(case, Mark.DUE) | notices.recipients(notices.What.OVERDUE, case, None)
    steps.record(case, "overdue", actor=None, due_on=str(case.due_on), told=sorted(told))
    notices.tell(notices.What.OVERDUE, case=case, once=str(case.due_on), to=told)
    return True
