"""What the clock does on its own: due dates of paused cases move on, late ones are noted."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from responses.models import Case
from responses.services import notices, steps

# Long enough before the date for a text to be written and to pass its reviews.
SOON = timedelta(days=7)


def watch_due_dates(now: datetime) -> int:
    """Move the due dates of paused cases, note those newly overdue, warn of those due within a week.

    Each owner hears once of each, the coordinator of what is overdue. Returns how many cases changed.
    """
    today = timezone.localdate(now)
    owed = Case.objects.owed()
    paused = owed.filter(paused_at__isnull=False).values_list("pk", flat=True)
    late = owed.overdue(today).filter(overdue_noted_at=None, paused_at=None).values_list("pk", flat=True)
    soon = owed.filter(paused_at=None, due_on__gte=today, due_on__lte=today + SOON)
    changed = sum(_move_due_date(case_id, now) for case_id in list(paused))
    changed += sum(_note_overdue(case_id, now) for case_id in list(late))
    for case in soon:
        notices.tell(notices.What.DUE_SOON, case=case, once=str(case.due_on))
    return changed


@transaction.atomic
def _move_due_date(case_id: int, now: datetime) -> bool:
    case = steps.locked(case_id)
    before = case.due_on
    steps.set_due_date(case, timezone.localdate(now))
    if case.due_on == before:
        return False
    steps.store(case, now)
    return True


@transaction.atomic
def _note_overdue(case_id: int, now: datetime) -> bool:
    case = steps.locked(case_id)
    if case.overdue_noted_at is not None or not case.is_owed:
        return False
    case.overdue_noted_at = now
    case.save(update_fields=["overdue_noted_at"])
    steps.record(case, "overdue", actor=None, due_on=str(case.due_on))
    notices.tell(notices.What.OVERDUE, case=case, once=str(case.due_on))
    return True
