"""What a dashboard says of many cases: load, time in each state, what the country asks. Few queries, each over all."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Aggregate, Count, DateTimeField, DurationField, F, FilteredRelation, Min, Q, QuerySet, Sum

from accounts.models import User
from petitions.models import Region
from responses.models import Case, Stay
from responses.models.case import OWED, PAUSED, CaseState
from responses.models.stay import SHOWN_STATES
from responses.staff import queues
from responses.staff.filters import STANDS_STILL

ROWS = 15
TOPICS_OF_A_REGION = 3
LOOKED_BACK = timedelta(days=90)
# Answered and filed away is no state that anybody waits in.
ASKED_STATES = (*OWED, CaseState.FOLLOW_UP)


class Median(Aggregate):
    """The middle value; of an even number the earlier one of the two in the middle."""

    function = "percentile_disc"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class Numbers:
    """How many cases are in each queue of a person's day, and how many of all they see are owed, late and so on."""

    day: list[tuple[queues.Queue, int]]
    owed: dict[str, int]


def numbers(user: User, seen: QuerySet[Case], today: date) -> Numbers:
    """The numbers over ``seen``, the cases that ``user`` may see, in one query."""
    shown = queues.day_of(user)
    counted = seen.owed().aggregate(
        **{f"queue_{queue.name}": Count("pk", filter=queue.which(user, today)) for queue in shown},
        **{f"clock_{name}": Count("pk", filter=which(today)) for name, (_label, which) in queues.CLOCK.items()},
        clock_coordinator=Count("pk", filter=queues.in_nobodys_hands()),
    )
    return Numbers(
        day=[(queue, counted[f"queue_{queue.name}"]) for queue in shown],
        owed={name: counted[f"clock_{name}"] for name in (*queues.CLOCK, "coordinator")},
    )


@dataclass(frozen=True)
class Load:
    """What one person owns."""

    owner: User | None
    owed: int
    week: int
    overdue: int
    others: int


def load(seen: QuerySet[Case], today: date) -> list[Load]:
    """Everybody's owed cases, who has most that is late on top."""
    counts = {name: Count("pk", filter=queues.CLOCK[name][1](today)) for name in ("week", "overdue", "others")}
    rows = list(
        seen.owed()
        .values("owner_id")
        .annotate(owed=Count("pk"), **counts)
        .order_by("-overdue", "-owed", "owner_id")[:ROWS]
    )
    people = User.objects.select_related("department").in_bulk([row["owner_id"] for row in rows if row["owner_id"]])
    return [Load(people.get(row.pop("owner_id")), **row) for row in rows]


@dataclass(frozen=True)
class StateTime:
    """One state: how many cases are in it, for how long, and how long it took lately."""

    state: str
    label: Any
    cases: int
    median: timedelta | None
    longest: timedelta | None
    lately: timedelta | None


def times(seen: QuerySet[Case], now: datetime) -> list[StateTime]:
    """Each state in the order of the work: cases in it now, and the median of the stays that ended lately."""
    here = (
        seen.filter(state__in=ASKED_STATES)
        .annotate(
            stay=FilteredRelation("stays", condition=Q(stays__ended_at=None)),
            shown=models.Case(models.When(STANDS_STILL, then=models.Value(PAUSED)), default=F("state")),
        )
        .values("shown")
        .annotate(
            cases=Count("pk"),
            since=Median("stay__began_at", output_field=DateTimeField()),
            first=Min("stay__began_at"),
        )
    )
    now_in = {row["shown"]: row for row in here}
    ended = _stays_of(seen).filter(ended_at__gt=now - LOOKED_BACK, ended_at__lte=now)
    lasted = ended.values("state").annotate(median=Median(F("ended_at") - F("began_at"), output_field=DurationField()))
    lately = {row["state"]: row["median"] for row in lasted}
    return [
        StateTime(
            state=state,
            label=label,
            cases=row["cases"] if row else 0,
            median=now - row["since"] if row and row["since"] else None,
            longest=now - row["first"] if row and row["first"] else None,
            lately=lately.get(state),
        )
        for state, label in SHOWN_STATES
        if state in ASKED_STATES or state == PAUSED
        for row in [now_in.get(state)]
    ]


def _stays_of(seen: QuerySet[Case]) -> QuerySet[Stay]:
    return Stay.objects.filter(case__in=seen) if seen.query.where else Stay.objects.all()


@dataclass(frozen=True)
class Asked:
    """A topic or a region: owed cases, and the signatures below what they ask."""

    key: Any
    name: str
    cases: int
    signatures: int
    topics: list["Asked"]


def asked_by_topic(seen: QuerySet[Case]) -> list[Asked]:
    """The topics of owed cases, the most signed first."""
    rows = (
        seen.owed()
        .filter(links__petition__topics__isnull=False)
        .values("links__petition__topics", "links__petition__topics__name")
        .annotate(cases=Count("pk", distinct=True), signatures=Sum("links__petition__signature_count"))
        .order_by("-signatures", "links__petition__topics")[:ROWS]
    )
    return [
        Asked(row["links__petition__topics"], row["links__petition__topics__name"], row["cases"], row["signatures"], [])
        for row in rows
    ]


def asked_by_region(seen: QuerySet[Case]) -> list[Asked]:
    """The regions, who signed most first, each with the topics of owed cases that are signed most from there."""
    counts = "links__petition__region_counts__"
    signed = F(f"{counts}imported") + F(f"{counts}signed")
    some = Q(**{f"{counts}imported__gt": 0}) | Q(**{f"{counts}signed__gt": 0})
    owed, placed = seen.owed(), {f"{counts}region_code__gt": ""}
    regions = (
        owed.filter(some, **placed)
        .values_list(f"{counts}region_code")
        .annotate(cases=Count("pk", distinct=True), signatures=Sum(signed))
    )
    by_topic = (
        owed.filter(some, links__petition__topics__isnull=False, **placed)  # one call: of one and the same petition
        .values_list(f"{counts}region_code", "links__petition__topics", "links__petition__topics__name")
        .annotate(cases=Count("pk", distinct=True), signatures=Sum(signed))
    )
    names = dict(Region.objects.values_list("pk", "name"))
    most: dict[str, list[Asked]] = defaultdict(list)
    for code, topic, name, cases, signatures in by_topic:
        most[code].append(Asked(topic, name, cases, signatures, []))
    found = [
        Asked(code, names.get(code, code), cases, signatures, _first(most[code], TOPICS_OF_A_REGION))
        for code, cases, signatures in regions
    ]
    return _first(found, len(found))


def _first(found: list[Asked], number: int) -> list[Asked]:
    return sorted(found, key=lambda one: (-one.signatures, one.name))[:number]
