"""Warnings when 50, 75 and 100 % of the time are used: each once, to those whom staff named."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Department, User
from audit.models import Entry
from mailing.models import Mail
from responses import clock, services
from responses.models import Case, ClockMark, Escalation, Mark

Staff = dict[str, User]
ENGLAND = clock.calendar("GB", "ENG")
# Of 21 working days from 2 March 2026: the 11th, the 16th, the last.
HALF, MOST, DUE = date(2026, 3, 17), date(2026, 3, 24), date(2026, 3, 31)


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def told(what: str) -> set[str]:
    ids = Mail.objects.filter(kind="staff_task", details__what=what).values_list("row_id", flat=True)
    assert len(ids) == len(set(ids))
    return set(User.objects.filter(pk__in=ids).values_list("username", flat=True))


@given(days=st.integers(1, 120), extended=st.integers(0, 60), paused=st.integers(0, 40), percent=st.integers(1, 100))
def test_a_mark_lies_where_its_share_of_the_term_is_used(days: int, extended: int, paused: int, percent: int) -> None:
    counted = clock.arithmetic(start=date(2026, 3, 2), allowed=days, extended=extended, paused=paused, closed=ENGLAND)
    passed = clock.working_days_between(counted.start, clock.mark_date(counted, percent, ENGLAND), ENGLAND) - paused
    assert passed * 100 >= percent * counted.term > (passed - 1) * 100
    assert clock.mark_date(counted, 100, ENGLAND) == counted.due_on


def test_each_mark_is_told_once_however_often_the_clock_looks(case: Case, staff: Staff) -> None:
    assert (case.next_mark_on, case.due_on) == (HALF, DUE)
    assert services.watch_due_dates(at_noon(HALF - timedelta(days=1))) == 0
    for day, what, hearers in (
        (HALF, "half_used", {"drafter"}),
        (MOST, "most_used", {"drafter", "coordinator"}),
        (DUE, "due_today", {"drafter", "coordinator", "approver"}),
    ):
        assert services.watch_due_dates(at_noon(day)) == 1
        for hour in range(3):
            assert services.watch_due_dates(at_noon(day) + timedelta(hours=hour)) == 0
        assert told(what) == hearers
    assert list(case.marks.values_list("percent", "on")) == [(50, HALF), (75, MOST), (100, DUE)]
    assert Entry.objects.filter(action="case.mark").count() == 3
    case.refresh_from_db()
    assert case.next_mark_on is None


def test_of_marks_passed_while_nobody_looked_the_last_is_told_and_none_of_a_late_case(case: Case, staff: Staff) -> None:
    services.watch_due_dates(at_noon(MOST))
    assert (told("half_used"), told("most_used")) == (set(), {"drafter", "coordinator"})
    services.watch_due_dates(at_noon(DUE + timedelta(days=3)))
    assert told("due_today") == set()
    assert told("overdue") == {"drafter", "coordinator", "approver"}
    assert ClockMark.objects.count() == 3


def test_a_pause_puts_the_marks_off_and_a_paused_case_warns_nobody(case: Case, staff: Staff, now: datetime) -> None:
    services.pause(case_id=case.pk, actor=staff["coordinator"], reason={"en": "Elections."}, now=now)
    week = now + timedelta(days=7)
    services.watch_due_dates(at_noon(HALF))
    assert not ClockMark.objects.exists()
    Case.objects.filter(pk=case.pk).update(counted_on=None)
    services.resume(case_id=case.pk, actor=staff["coordinator"], now=week)
    case.refresh_from_db()
    assert case.next_mark_on == date(2026, 3, 24)  # five working days later
    services.watch_due_dates(at_noon(HALF))
    assert not ClockMark.objects.exists()


def test_a_department_names_who_hears_of_its_cases_instead_of_the_default(
    case: Case, staff: Staff, make_case: Callable[..., Case], department: Department
) -> None:
    elsewhere = make_case(title="Plant a hedge", departments=[Department.objects.get(acronym="HMT")])
    Escalation.objects.create(department=department, percent=Mark.THREE_QUARTERS, role="department_reviewer")
    Escalation.objects.create(department=department, percent=Mark.THREE_QUARTERS, user=staff["legal_reviewer"])
    # Neither somebody who may not see the case, nor somebody who has left, nor a line switched off.
    Escalation.objects.create(department=department, percent=Mark.THREE_QUARTERS, user=staff["moderator"])
    Escalation.objects.create(department=department, percent=Mark.THREE_QUARTERS, user=staff["publisher"])
    Escalation.objects.create(department=department, percent=Mark.THREE_QUARTERS, role="approver", active=False)
    User.objects.filter(username="publisher").update(is_active=False)
    services.watch_due_dates(at_noon(MOST))
    mails = Mail.objects.filter(details__what="most_used")
    hearers = {
        one.pk: {staff_name(mail) for mail in mails.filter(details__case_id=one.pk)} for one in (case, elsewhere)
    }
    assert hearers[case.pk] == {"drafter", "department_reviewer", "legal_reviewer"}
    assert hearers[elsewhere.pk] == {"second_drafter", "coordinator"}


def staff_name(mail: Mail) -> str:
    return User.objects.get(pk=mail.row_id).username


@pytest.mark.parametrize("both", [True, False])
def test_a_line_names_a_role_or_a_person_and_stands_once(staff: Staff, both: bool) -> None:
    fields = {"role": "approver", "user": staff["publisher"]} if both else {}
    with pytest.raises(IntegrityError), transaction.atomic():
        Escalation.objects.create(percent=75, **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Escalation.objects.create(percent=75, role="coordinator")  # the default has it already


def test_a_case_whose_answer_is_out_or_that_was_imported_passes_no_mark(
    case: Case, published: Case, make_case: Callable[..., Case]
) -> None:
    imported = make_case(title="Plant a hedge")
    Case.objects.filter(pk=imported.pk).update(origin="import", due_on=None, working_days=None)
    assert services.watch_due_dates(at_noon(DUE)) == 0
    assert not ClockMark.objects.exists()
