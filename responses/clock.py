"""Working days. Pure: every day and calendar is an argument, nothing here knows what day it is."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays
from holidays import HolidayBase

# The years that today's cases may ask for.
FILLED = range(2015, 2036)


@lru_cache(maxsize=64)
def calendar(country: str, subdivision: str = "") -> HolidayBase:
    """The public holidays and weekend of a country or a part of it.

    An unknown part gives its country's calendar, an unknown country one that knows weekends only: a slip in a
    department's settings moves a due date by days, and must not stop a case from being opened.
    """
    for part in (subdivision or None, None):
        try:
            return _filled(holidays.country_holidays(country, subdiv=part))
        except NotImplementedError:
            continue
    return _filled(HolidayBase())


def _filled(closed: HolidayBase) -> HolidayBase:
    # Threads share it. A year is marked as known before its holidays are in: another thread would count them as work.
    for year in FILLED:
        closed.get(date(year, 1, 1))
    return closed


def due_date(*, start: date, working_days: int, closed: HolidayBase) -> date:
    """The ``working_days``-th working day after ``start``, which itself never counts. Refuses less than one day."""
    if working_days < 1:
        raise ValueError("a due date lies at least one working day ahead")
    return closed.get_nth_working_day(start, working_days)


def working_days_between(start: date, end: date, closed: HolidayBase) -> int:
    """How many working days follow ``start`` up to and including ``end``; 0 when ``end`` is not later."""
    if end <= start:
        return 0
    return closed.get_working_days_count(start + timedelta(days=1), end)


def days_late(due_on: date, today: date) -> int:
    """Calendar days past the due date; 0 on the day itself and before."""
    return max((today - due_on).days, 0)


@dataclass(frozen=True)
class Arithmetic:
    """How a due date comes about, for people to check. Numbers are working days, ``holidays`` the days left out."""

    start: date
    allowed: int
    extended: int
    paused: int
    due_on: date
    holidays: list[tuple[date, str]]

    @property
    def term(self) -> int:
        """Working days in which the clock runs: all but those of pauses."""
        return self.allowed + self.extended


def arithmetic(*, start: date, allowed: int, paused: int, closed: HolidayBase, extended: int = 0) -> Arithmetic:
    """The due date after ``allowed``, ``extended`` and ``paused`` working days, with the public holidays left out."""
    due_on = due_date(start=start, working_days=allowed + extended + paused, closed=closed)
    days = (start + timedelta(days=number) for number in range(1, (due_on - start).days))
    left_out = [(day, closed[day]) for day in days if day in closed and day.weekday() not in closed.weekend]
    return Arithmetic(start=start, allowed=allowed, extended=extended, paused=paused, due_on=due_on, holidays=left_out)


def mark_date(counted: Arithmetic, percent: int, closed: HolidayBase) -> date:
    """The day on which ``percent`` of the term are used; part of a day counts as a whole, pauses do not count.

    Holds for marks that lie ahead: every pause so far came before them.
    """
    used = -(-counted.term * percent // 100)
    return due_date(start=counted.start, working_days=used + counted.paused, closed=closed)
