"""Working days: pure arithmetic on calendars, and what the clock does to cases."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from holidays import HolidayBase
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from audit.models import Entry
from mailing.models import Mail
from petitions.models import Event, PublicCase
from petitions.services import NotAllowed, Refused
from responses import clock, services
from responses.models import Case

ENGLAND = clock.calendar("GB", "ENG")
SCOTLAND = clock.calendar("GB", "SCT")


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 3, 2), 1, date(2026, 3, 3)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),  # a Friday
        (date(2026, 3, 7), 1, date(2026, 3, 9)),  # a Saturday
        (date(2026, 4, 1), 2, date(2026, 4, 7)),  # over Easter
        (date(2026, 12, 23), 2, date(2026, 12, 29)),  # Boxing Day falls on a Saturday, so Monday is free
    ],
)
def test_the_due_date_skips_weekends_and_holidays(start: date, days: int, due: date) -> None:
    assert clock.due_date(start=start, working_days=days, closed=ENGLAND) == due


def test_parts_of_a_country_have_holidays_of_their_own() -> None:
    assert clock.due_date(start=date(2026, 4, 2), working_days=1, closed=ENGLAND) == date(2026, 4, 7)
    assert clock.due_date(start=date(2026, 4, 2), working_days=1, closed=SCOTLAND) == date(2026, 4, 6)


def test_no_days_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        clock.due_date(start=date(2026, 3, 2), working_days=0, closed=ENGLAND)


def test_a_slip_in_the_settings_falls_back_to_the_country_and_then_to_weekends() -> None:
    christmas = date(2026, 12, 25)
    assert christmas in clock.calendar("GB", "NOWHERE")
    assert christmas not in clock.calendar("XX", "")
    assert isinstance(clock.calendar("XX", ""), HolidayBase)
    for country in ("GB", "XX", "IN"):
        assert set(clock.FILLED) <= clock.calendar(country, "").years  # before any thread asks for one
    assert clock.due_date(start=date(2026, 12, 24), working_days=1, closed=clock.calendar("XX", "")) == christmas


def test_working_days_between_counts_the_last_and_not_the_first() -> None:
    assert clock.working_days_between(date(2026, 3, 2), date(2026, 3, 2), ENGLAND) == 0
    assert clock.working_days_between(date(2026, 3, 2), date(2026, 3, 9), ENGLAND) == 5
    assert clock.working_days_between(date(2026, 3, 9), date(2026, 3, 2), ENGLAND) == 0


def test_an_answer_is_late_from_the_day_after() -> None:
    assert clock.days_late(date(2026, 3, 2), date(2026, 3, 2)) == 0
    assert clock.days_late(date(2026, 3, 2), date(2026, 3, 12)) == 10


def test_the_arithmetic_names_the_holidays_left_out_but_no_weekend() -> None:
    counted = clock.arithmetic(start=date(2026, 12, 18), allowed=4, paused=2, extended=1, closed=ENGLAND)
    assert counted.due_on == date(2026, 12, 31)
    assert [day for day, _name in counted.holidays] == [date(2026, 12, 25), date(2026, 12, 28)]


@given(start=st.dates(date(2020, 1, 1), date(2035, 12, 31)), days=st.integers(1, 60))
def test_counting_back_gives_the_days_that_were_counted(start: date, days: int) -> None:
    due = clock.due_date(start=start, working_days=days, closed=ENGLAND)
    assert clock.working_days_between(start, due, ENGLAND) == days
    assert ENGLAND.is_working_day(due)


# --- On cases


def test_a_pause_moves_the_due_date_day_by_day_and_the_public_reads_why(
    case: Case, staff: dict[str, User], now: datetime
) -> None:
    reason = {"en": "Parliament is dissolved.", "fr": "Le Parlement est dissous."}
    services.pause(case_id=case.pk, actor=staff["coordinator"], reason=reason, now=now)
    face = PublicCase.objects.get(case_id=case.pk)
    assert (face.state, face.pause_reason, face.due_on) == ("paused", reason, date(2026, 3, 31))
    event = Event.objects.get(kind="update")
    assert (event.tells_creator, event.text) == (True, reason)

    week = now + timedelta(days=7)
    assert services.watch_due_dates(week) == 1
    assert PublicCase.objects.get(case_id=case.pk).due_on == date(2026, 4, 9)  # five days later, over Easter
    assert services.watch_due_dates(week) == 0

    resumed = services.resume(case_id=case.pk, actor=staff["coordinator"], now=week)
    assert (resumed.due_on, resumed.paused_days, resumed.pause_reason) == (date(2026, 4, 9), 5, {})
    assert PublicCase.objects.get(case_id=case.pk).state == "assigned"


def test_two_pauses_within_one_second_are_both_told(case: Case, staff: dict[str, User], now: datetime) -> None:
    pause = {"case_id": case.pk, "actor": staff["coordinator"], "reason": {"en": "Because."}}
    services.pause(**pause, now=now)
    services.resume(case_id=case.pk, actor=staff["coordinator"], now=now + timedelta(milliseconds=400))
    services.pause(**pause, now=now + timedelta(milliseconds=800))
    assert Event.objects.filter(kind="update", tells_creator=True, details__what="paused").count() == 2


def test_pausing_is_the_coordinators_and_needs_a_reason_and_a_running_clock(
    case: Case, published: Case, staff: dict[str, User], now: datetime
) -> None:
    pause = {"case_id": case.pk, "now": now, "reason": {"en": "Because."}}
    with pytest.raises(NotAllowed):
        services.pause(**pause | {"actor": staff["drafter"]})
    with pytest.raises(Refused):
        services.pause(**pause | {"actor": staff["coordinator"], "reason": {"en": " ", "fr": "Parce que."}})
    with pytest.raises(Refused):
        services.pause(**pause | {"actor": staff["coordinator"], "case_id": published.pk})


def test_pausing_twice_and_resuming_a_running_clock_are_refused(
    case: Case, staff: dict[str, User], now: datetime
) -> None:
    with pytest.raises(Refused):
        services.resume(case_id=case.pk, actor=staff["coordinator"], now=now)
    services.pause(case_id=case.pk, actor=staff["coordinator"], reason={"en": "Because."}, now=now)
    with pytest.raises(Refused):
        services.pause(case_id=case.pk, actor=staff["coordinator"], reason={"en": "Again."}, now=now)


def test_an_overdue_case_is_noted_once_and_each_who_must_know_hears_once(
    case: Case, staff: dict[str, User], now: datetime
) -> None:
    on_the_day = datetime(2026, 3, 31, 12, tzinfo=UTC)
    assert services.watch_due_dates(on_the_day) == 1  # the last mark
    for hour in range(3):
        services.watch_due_dates(on_the_day + timedelta(days=1, hours=hour))
    assert Entry.objects.filter(action="case.overdue").count() == 1
    told = Mail.objects.filter(details__what="overdue").values_list("row_id", flat=True)
    assert sorted(told) == sorted([staff["drafter"].pk, staff["coordinator"].pk, staff["approver"].pk])
    assert list(Case.objects.overdue(date(2026, 4, 1))) == [case]


def test_an_imported_case_has_no_clock(case: Case, now: datetime) -> None:
    Case.objects.filter(pk=case.pk).update(origin="import", due_on=None, working_days=None)
    assert not Case.objects.owed().exists()
    assert services.watch_due_dates(now + timedelta(days=365)) == 0


def test_a_new_department_counts_by_its_own_calendar(
    case: Case, staff: dict[str, User], now: datetime, make_department: Callable[..., object]
) -> None:
    scotland = make_department("SCOT", subdivision="SCT")
    User.objects.filter(username="second_department_reviewer").update(department=scotland)
    moved = services.assign(
        case_id=case.pk, actor=staff["coordinator"], department_id=scotland.pk, owner_id=staff["drafter"].pk, now=now
    )
    Case.objects.filter(pk=case.pk).update(owed_since=datetime(2026, 4, 2, 12, tzinfo=UTC), working_days=1)
    moved = services.assign(
        case_id=case.pk, actor=staff["coordinator"], department_id=scotland.pk, owner_id=staff["drafter"].pk, now=now
    )
    assert moved.due_on == date(2026, 4, 6)  # Easter Monday is a working day there
