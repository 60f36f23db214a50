"""How departments keep their promises: what they owe, how long answers took, and what share came on time.

What is counted, and why, is decision 0105: an answer that is late and still owed counts against its department at once,
so that the share cannot be kept up by not answering.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate, TruncMonth

from accounts.models import Department
from petitions.models import Petition
from petitions.wording import localized
from responses import tracker
from responses.models import Case, CaseLink

DAY = timedelta(days=1)
ON_TIME = Q(due_on__isnull=False, answered_on__lte=F("due_on"))
LATE = Q(due_on__isnull=False, answered_on__gt=F("due_on"))

# Name in the address -> what a row is sorted by.
ORDERS: dict[str, Callable[["DepartmentRecord"], tuple[Any, ...]]] = {
    "late": lambda row: (-row.late, -row.owed),
    "owed": lambda row: (-row.owed, -row.late),
    "answered": lambda row: (-row.answered,),
    "days": lambda row: (row.median_days is None, -(row.median_days or 0)),
    "on_time": lambda row: (row.on_time_share is None, row.on_time_share),
    "name": lambda row: (row.department is None,),
}
DEFAULT_ORDER = "late"


class Median(Aggregate):
    """The median of an expression: between two values in the middle the mean."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class DepartmentRecord:
    """What one department owes and how it has answered; None for answers that nobody has taken yet.

    ``median_days`` are calendar days from the promise to the answer. ``fell_due`` are the answers that were published
    and had a due date, and those that are late now; ``on_time_share`` is the part of them that came on time, 0 to 1.
    """

    department: str | None
    owed: int
    late: int
    answered: int
    median_days: float | None
    fell_due: int
    on_time: int
    on_time_share: float | None

    @property
    def on_time_percent(self) -> int:
        """Rounded down: 100 only where all were on time."""
        return 100 * self.on_time // self.fell_due if self.fell_due else 0


@dataclass(frozen=True)
class MonthRecord:
    """One month: answers promised and published, how many were due and late, the median of days, owed at its end."""

    month: str
    promised: int
    answered: int
    on_time: int
    late: int
    median_days: float | None
    owed_at_end: int

    @property
    def begins(self) -> date:
        return date.fromisoformat(f"{self.month}-01")


def by_department(language: str, today: date) -> list[DepartmentRecord]:
    """Each department with what it owes or has answered, by name; that nobody has taken yet comes last."""
    owing: dict[int | None, Any] = {
        row["department"]: row
        for row in tracker.owed()
        .order_by()
        .values("department")
        .annotate(
            owed=Count("case_id", distinct=True),
            late=Count("case_id", distinct=True, filter=Q(due_on__lt=today)),
        )
    }
    answers = {row["department"]: row for row in _measured(_answered().values("department"))}
    names = Department.objects.in_bulk([pk for pk in {*owing, *answers} if pk is not None])
    records = [
        _record(localized(names[pk], language) if pk is not None else None, owing.get(pk, {}), answers.get(pk, {}))
        for pk in {*owing, *answers}
    ]
    return sorted(records, key=lambda record: (record.department is None, record.department or ""))


def ordered(records: list[DepartmentRecord], order: str) -> list[DepartmentRecord]:
    """The departments in this order of ``ORDERS``, the worst first; equal ones by name."""
    return sorted(records, key=ORDERS[order])


def _record(name: str | None, owing: dict[str, Any], answers: dict[str, Any]) -> DepartmentRecord:
    late, on_time = owing.get("late", 0), answers.get("on_time", 0)
    fell_due = on_time + answers.get("too_late", 0) + late
    return DepartmentRecord(
        department=name,
        owed=owing.get("owed", 0),
        late=late,
        answered=answers.get("answered", 0),
        median_days=_days(answers.get("median")),
        fell_due=fell_due,
        on_time=on_time,
        on_time_share=round(on_time / fell_due, 3) if fell_due else None,
    )


def by_month(today: date) -> list[MonthRecord]:
    """Every month from the first promise to that of ``today``, none left out."""
    promised = {
        row["month"].date(): row["promised"]
        for row in _public()
        .filter(Q(published_at__isnull=False) | Q(pk__in=Case.objects.owed().values("pk")))
        .values(month=TruncMonth("owed_since"))
        .annotate(promised=Count("pk"))
    }
    answers = {row["month"].date(): row for row in _measured(_answered().values(month=TruncMonth("published_at")))}
    owed, records = 0, []
    for month in _months(min([*promised, *answers], default=None), today):
        row = answers.get(month, {})
        owed += promised.get(month, 0) - row.get("answered", 0)
        records.append(
            MonthRecord(
                month=f"{month:%Y-%m}",
                promised=promised.get(month, 0),
                answered=row.get("answered", 0),
                on_time=row.get("on_time", 0),
                late=row.get("too_late", 0),
                median_days=_days(row.get("median")),
                owed_at_end=owed,
            )
        )
    return records


def _months(first: date | None, last: date) -> Iterator[date]:
    month = first
    while month is not None and month <= last:
        yield month
        month = (month + 31 * DAY).replace(day=1)


def _public() -> QuerySet[Case]:
    """Cases about at least one petition that the public can see."""
    links = CaseLink.objects.filter(case=OuterRef("pk"), petition__in=Petition.objects.public())
    return Case.objects.filter(Exists(links)).order_by()


def _answered() -> QuerySet[Case]:
    """Imported answers count among days and history; on time or late they cannot be, having no due date."""
    days = ExpressionWrapper(
        TruncDate("published_at") - TruncDate("owed_since"),
        output_field=DurationField(),
    )
    return _public().filter(published_at__isnull=False).annotate(answered_on=TruncDate("published_at"), days=days)


def _measured(groups: Any) -> Any:
    return groups.annotate(
        answered=Count("pk"),
        on_time=Count("pk", filter=ON_TIME),
        too_late=Count("pk", filter=LATE),
        median=Median("days"),
    )


def _days(median: timedelta | None) -> float | None:
    return None if median is None else round(median / DAY, 1)
