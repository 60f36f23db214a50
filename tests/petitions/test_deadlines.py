from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from audit.models import Entry
from petitions import services
from petitions.lifecycle import State
from petitions.models import Crossing, Event, Petition
from petitions.terms import closing_time, months_after

MakePetition = Callable[..., Petition]


@pytest.mark.parametrize(
    ("opened", "months", "zone", "closes"),
    [
        ("2026-03-31T12:30", 6, "UTC", "2026-10-01T00:00"),  # September has no 31st
        ("2026-08-31T00:00", 6, "UTC", "2027-03-01T00:00"),
        ("2027-08-31T00:00", 6, "UTC", "2028-03-01T00:00"),  # to 29 February of a leap year
        ("2026-01-15T23:59", 6, "UTC", "2026-07-16T00:00"),
        ("2026-12-31T09:00", 1, "UTC", "2027-02-01T00:00"),
        ("2026-01-15T23:30", 6, "Europe/Paris", "2026-07-16T22:00"),  # the 16th there, in summer time
        ("2026-06-01T10:00", 6, "America/New_York", "2026-12-02T05:00"),
    ],
)
def test_a_petition_closes_at_the_end_of_the_day_months_later(opened: str, months: int, zone: str, closes: str) -> None:
    opened_at = datetime.fromisoformat(opened).replace(tzinfo=UTC)

    assert closing_time(opened_at, months, zone) == datetime.fromisoformat(closes).replace(tzinfo=UTC)


@given(day=st.dates(date(1990, 1, 1), date(2090, 1, 1)), months=st.integers(1, 24))
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: date, months: int) -> None:
    later = months_after(day, months)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@pytest.mark.django_db
def test_a_petition_closes_at_its_deadline_and_not_a_second_before(make_petition: MakePetition) -> None:
    petition = make_petition(State.OPEN)

    assert services.close_due(petition.closes_at - timedelta(seconds=1)) == 0
    assert services.close_due(petition.closes_at + timedelta(minutes=7)) == 1
    assert services.close_due(petition.closes_at + timedelta(minutes=8)) == 0

    petition.refresh_from_db()
    assert (petition.state, petition.closed_at) == (State.CLOSED, petition.closes_at)
    event = Event.objects.get(petition=petition, kind="closed")
    assert (event.happened_at, event.public, event.tells_creator) == (petition.closes_at, True, True)
    assert Entry.objects.get(action="petition.close").actor is None


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_close_each_petition_once(make_petition: MakePetition) -> None:
    petitions = [make_petition(State.OPEN) for _ in range(30)]
    together, closed = Barrier(2), []

    def sweep() -> None:
        together.wait()
        closed.append(services.close_due(petitions[0].closes_at))
        connection.close()

    threads = [Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(closed) == 30
    assert Event.objects.filter(kind="closed").count() == 30


@pytest.mark.django_db
def test_reopening_puts_an_imported_petition_under_this_sites_rules(make_petition: MakePetition, now: datetime) -> None:
    petition = make_petition(State.CLOSED, signature_count=12_000)
    Petition.objects.update(exempt=True)
    Crossing.objects.all().delete()
    petition.thresholds.all().delete()
    closes_at = now + timedelta(weeks=300)

    services.reopen(petition_id=petition.pk, closes_at=closes_at, actor=None, reason="For the demo.", now=now)

    petition.refresh_from_db()
    assert (petition.state, petition.closes_at, petition.closed_at) == (State.OPEN, closes_at, None)
    assert petition.exempt is False
    assert list(petition.thresholds.values_list("kind", flat=True)) == ["response", "debate"]
    assert Crossing.objects.get().fires is False
    services.record_counts(
        changes=[services.CountChange(petition.pk, "", "", datetime(2026, 4, 1, tzinfo=UTC), 88_000)], now=now
    )
    assert set(Crossing.objects.values_list("threshold__kind", "fires")) == {("response", False), ("debate", True)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"reason": " "}, services.Refused),
        ({"closes_at": datetime(2020, 1, 1, tzinfo=UTC)}, services.Refused),
        ({"actor": "bystander"}, services.NotAllowed),
    ],
)
def test_reopening_needs_a_reason_a_future_deadline_and_the_right(
    make_petition: MakePetition, bystander: User, now: datetime, change: dict[str, Any], refusal: type[Exception]
) -> None:
    petition = make_petition(State.CLOSED)
    order = {"actor": None, "reason": "Because.", "closes_at": now + timedelta(weeks=300), **change}
    order["actor"] = bystander if order["actor"] else None

    with pytest.raises(refusal):
        services.reopen(petition_id=petition.pk, now=now, **order)

    assert Petition.objects.get(pk=petition.pk).state == State.CLOSED


@pytest.mark.django_db
def test_an_open_petition_is_not_reopened(make_petition: MakePetition, moderator: User, now: datetime) -> None:
    with pytest.raises(services.WrongState):
        services.reopen(
            petition_id=make_petition(State.OPEN).pk,
            closes_at=now + timedelta(days=900),
            actor=moderator,
            reason="Again.",
            now=now,
        )


@pytest.mark.django_db
def test_a_petition_reopened_and_closed_again_tells_of_both(make_petition: MakePetition, moderator: User) -> None:
    petition = make_petition(State.CLOSED)
    later = petition.closes_at + timedelta(days=10)

    services.reopen(
        petition_id=petition.pk,
        closes_at=later + timedelta(days=10),
        actor=moderator,
        reason="The site was away.",
        now=later,
    )
    services.close_due(later + timedelta(days=11))

    assert Event.objects.filter(petition=petition, kind="closed").count() == 2


@pytest.mark.django_db
def test_the_clocks_run_as_tasks(make_petition: MakePetition) -> None:
    from petitions import tasks

    petition = make_petition(State.OPEN, signature_count=9_999)
    Petition.objects.update(signature_count=10_000, closes_at=datetime(2026, 4, 1, tzinfo=UTC))

    tasks.find_crossings.apply(throw=True)
    tasks.close_due.apply(throw=True)

    assert Crossing.objects.filter(petition=petition).exists()
    assert Petition.objects.get(pk=petition.pk).state == State.CLOSED
