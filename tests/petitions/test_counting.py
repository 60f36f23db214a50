from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from petitions import services, signals
from petitions.lifecycle import ResponseState, State
from petitions.models import CountryCount, Crossing, Event, HourCount, Petition, RegionCount, Threshold
from petitions.services import CountChange

pytestmark = pytest.mark.django_db
MakePetition = Callable[..., Petition]
HOUR = datetime(2026, 4, 1, 10, tzinfo=UTC)


def change(petition: Petition, amount: int = 1, region: str = "J", country: str = "GB", hour: datetime = HOUR) -> Any:
    return CountChange(petition_id=petition.pk, region_code=region, country_code=country, hour=hour, amount=amount)


def count(petition: Petition) -> int:
    return Petition.objects.get(pk=petition.pk).signature_count


def test_changes_add_to_total_region_country_and_hour(make_petition: MakePetition, now: datetime) -> None:
    one, other = make_petition(), make_petition()

    for _ in range(2):
        services.record_counts(
            changes=[
                change(one, 3),
                change(one, 2, region="", country="FR"),
                change(one, -1, hour=HOUR + timedelta(hours=1)),
                change(other, 7),
            ],
            now=now,
        )

    assert (count(one), count(other)) == (8, 14)
    assert dict(RegionCount.objects.filter(petition=one).values_list("region_code", "signed")) == {"J": 4, "": 4}
    assert dict(CountryCount.objects.filter(petition=one).values_list("country_code", "signed")) == {"GB": 4, "FR": 4}
    hours = HourCount.objects.filter(petition=one).order_by("hour").values_list("count", flat=True)
    assert list(hours) == [10, -2]


def test_imported_figures_stay_beside_what_is_signed_here(make_petition: MakePetition, now: datetime) -> None:
    petition = make_petition(signature_count=900, imported_count=900)
    RegionCount.objects.create(petition=petition, region_code="J", imported=40)
    CountryCount.objects.create(petition=petition, country_code="", name="Yugoslavia", imported=2)

    services.record_counts(changes=[change(petition, 2, country="")], now=now)

    assert count(petition) == 902
    cell = RegionCount.objects.get(petition=petition, region_code="J")
    assert (cell.imported, cell.signed) == (40, 2)
    assert CountryCount.objects.get(petition=petition, name="Yugoslavia").signed == 0
    assert CountryCount.objects.get(petition=petition, country_code="", name="").signed == 2


def test_nothing_to_count_and_unknown_petitions_are_no_fault(now: datetime) -> None:
    services.record_counts(changes=[], now=now)
    services.record_counts(
        changes=[CountChange(petition_id=5, region_code="", country_code="", hour=HOUR, amount=1)], now=now
    )


def test_cost_follows_the_statement_not_the_number_of_changes(make_petition: MakePetition, now: datetime) -> None:
    petitions = [make_petition() for _ in range(3)]

    def statements(number: int) -> int:
        changes = [change(petitions[i % 3], region=str(i % 12), country=str(i % 90)) for i in range(number)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            services.record_counts(changes=changes, now=now)
        return len(queries)

    assert statements(5_000) == statements(3)


def test_a_threshold_is_crossed_once_and_opens_the_wait_for_an_answer(
    make_petition: MakePetition, now: datetime, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    petition = make_petition(signature_count=9_998)
    heard: list[dict[str, int]] = []

    def hear(sender: None, **ids: Any) -> None:
        heard.append({key: ids[key] for key in ("petition_id", "crossing_id")})

    signals.threshold_crossed.connect(hear)
    try:
        for _ in range(4):
            with django_capture_on_commit_callbacks(execute=True):
                services.record_counts(changes=[change(petition)], now=now)
    finally:
        signals.threshold_crossed.disconnect(hear)

    crossing = Crossing.objects.get(petition=petition)
    assert (crossing.count, crossing.crossed_at, crossing.fires) == (10_000, now, True)
    assert heard == [{"petition_id": petition.pk, "crossing_id": crossing.pk}]
    assert Petition.objects.get(pk=petition.pk).response_state == ResponseState.AWAITING
    # The creator is told with the due date, by the event that opens the case.
    event = Event.objects.get(petition=petition, kind="threshold")
    assert (event.key, event.public, event.tells_creator) == ("response", True, False)
    assert Entry.objects.filter(action="petition.threshold_crossed", subject_id=petition.pk).count() == 1


def test_a_threshold_without_a_case_tells_the_creator(make_petition: MakePetition, now: datetime) -> None:
    petition = make_petition()

    services.record_counts(changes=[change(petition, 100_000)], now=now)

    told = dict(Event.objects.filter(petition=petition, kind="threshold").values_list("key", "tells_creator"))
    assert told == {"response": False, "debate": True}


@pytest.mark.parametrize("state", [State.REJECTED, State.HIDDEN, State.WITHDRAWN, State.IN_MODERATION])
def test_a_petition_that_does_not_stand_crosses_nothing(
    make_petition: MakePetition, now: datetime, state: State
) -> None:
    petition = make_petition(state)

    services.record_counts(changes=[change(petition, 20_000)], now=now)

    assert count(petition) == 20_000
    assert not Crossing.objects.exists()


def test_an_imported_petition_crosses_nothing(make_petition: MakePetition, now: datetime) -> None:
    petition = make_petition()
    Petition.objects.update(exempt=True)

    services.record_counts(changes=[change(petition, 20_000)], now=now)
    assert services.find_crossings(now) == 0

    assert not Crossing.objects.exists()


def test_a_signature_confirmed_in_the_day_after_closing_may_cross(make_petition: MakePetition, now: datetime) -> None:
    petition = make_petition(State.CLOSED, signature_count=9_999)

    services.record_counts(changes=[change(petition)], now=now)

    assert Crossing.objects.get(petition=petition).threshold.kind == "response"


def test_a_taken_down_petition_crosses_when_it_is_restored(
    make_petition: MakePetition, moderator: Any, now: datetime
) -> None:
    petition = make_petition(State.REJECTED)
    services.record_counts(changes=[change(petition, 10_000)], now=now)

    services.restore(petition_id=petition.pk, moderator=moderator, reason="We were wrong.", now=now)

    assert Crossing.objects.filter(petition=petition).count() == 1


def test_signatures_from_before_opening_count_towards_thresholds_at_opening(
    make_petition: MakePetition, moderator: Any, now: datetime
) -> None:
    petition = make_petition(State.IN_MODERATION, signature_count=10_005)

    services.approve(petition_id=petition.pk, moderator=moderator, now=now)

    assert Crossing.objects.get(petition=petition).count == 10_005


def test_falling_below_is_noted_each_time_and_undoes_nothing(
    make_petition: MakePetition, now: datetime, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    petition = make_petition()
    heard: list[int] = []

    def hear(sender: None, crossing_id: int, **ids: Any) -> None:
        heard.append(crossing_id)

    signals.threshold_undercut.connect(hear)
    moments = [now + timedelta(days=day) for day in range(5)]
    try:
        for moment, amount in zip(moments, (10_000, -500, -1, 501, -1), strict=True):
            with django_capture_on_commit_callbacks(execute=True):
                services.record_counts(changes=[change(petition, amount)], now=moment)
    finally:
        signals.threshold_undercut.disconnect(hear)

    crossing = Crossing.objects.get(petition=petition)
    assert heard == [crossing.pk, crossing.pk]
    assert (crossing.undercut_at, crossing.crossed_at) == (moments[4], moments[0])
    assert list(Crossing.objects.undercut()) == [crossing]
    assert Petition.objects.get(pk=petition.pk).response_state == ResponseState.AWAITING


def test_a_threshold_that_never_fired_is_not_undercut(make_petition: MakePetition, now: datetime) -> None:
    petition = make_petition(signature_count=10_000)
    Crossing.objects.update(fires=False)

    services.record_counts(changes=[change(petition, -1)], now=now)

    assert not Crossing.objects.undercut().exists()
    assert not Crossing.objects.bringing_case().exists()


def test_the_sweep_finds_what_was_reached_unnoticed(make_petition: MakePetition, now: datetime) -> None:
    reached, below = make_petition(), make_petition()
    before = now - timedelta(hours=1)
    Petition.objects.filter(pk=reached.pk).update(signature_count=10_000, updated_at=before)
    Petition.objects.filter(pk=below.pk).update(signature_count=9_999, updated_at=before)

    assert services.find_crossings(now) == 1
    assert services.find_crossings(now) == 0

    assert [crossing.petition for crossing in Crossing.objects.bringing_case()] == [reached]
    # Who keeps a copy of its document asks whether it changed by this.
    assert Petition.objects.get(pk=reached.pk).updated_at == now
    assert Petition.objects.get(pk=below.pk).updated_at == before


def test_a_failing_receiver_fails_nobody_else(
    make_petition: MakePetition, now: datetime, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    petition = make_petition(signature_count=9_999)

    def fail(sender: None, **ids: Any) -> None:
        raise RuntimeError("broken receiver")

    signals.threshold_crossed.connect(fail)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            services.record_counts(changes=[change(petition)], now=now)
    finally:
        signals.threshold_crossed.disconnect(fail)

    assert Crossing.objects.filter(petition=petition).exists()


@pytest.mark.django_db(transaction=True)
def test_two_hundred_counts_at_once_over_many_petitions_are_exact_and_cross_once(
    make_petition: MakePetition, now: datetime
) -> None:
    petitions = [make_petition(signature_count=9_950) for _ in range(3)]
    Threshold.objects.filter(kind="debate").delete()
    together, failures = Barrier(20), []

    def count_up(number: int) -> None:
        # Each thread names the petitions in another order: locks are taken in one order all the same.
        mine = petitions[number % 3 :] + petitions[: number % 3]
        try:
            together.wait()
            for _ in range(10):
                services.record_counts(changes=[change(petition, region=str(number % 5)) for petition in mine], now=now)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=count_up, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    for petition in petitions:
        assert count(petition) == 10_150
        assert sum(cell.signed for cell in petition.region_counts.all()) == 200
        assert sum(cell.count for cell in petition.hour_counts.all()) == 200
    assert Crossing.objects.count() == 3
    assert Event.objects.filter(kind="threshold").count() == 3
    assert Entry.objects.filter(action="petition.threshold_crossed").count() == 3


@pytest.mark.django_db(transaction=True)
def test_counting_opening_and_sweeping_at_once_cross_once(
    make_petition: MakePetition, moderator: Any, now: datetime
) -> None:
    petition = make_petition(State.IN_MODERATION, signature_count=9_999)
    together, failures = Barrier(3), []

    def run(act: Callable[[], Any]) -> None:
        try:
            together.wait()
            for _ in range(5):
                act()
        except services.WrongState:
            pass
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    acts = (
        lambda: services.record_counts(changes=[change(petition)], now=now),
        lambda: services.approve(petition_id=petition.pk, moderator=moderator, now=now),
        lambda: services.find_crossings(now),
    )
    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert count(petition) == 10_004
    assert Crossing.objects.count() == 1
