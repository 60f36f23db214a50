"""Deltas become counts: exactly, cheaply, by one writer at a time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from petitions.models import Petition
from signatures import tally
from signatures.models import Delta
from tests.factories import make_open_petition


def add(petition: Petition, number: int, **columns: object) -> None:
    Delta.objects.bulk_create([Delta(petition_id=petition.pk, **{"amount": 1, **columns}) for _each in range(number)])


def test_deltas_move_into_total_places_and_hours(petition: Petition) -> None:
    at = datetime(2026, 3, 1, 10, 59, 59, tzinfo=UTC)
    add(petition, 6, region_code="H", country_code="GB", at=at)
    add(petition, 3, country_code="FR", at=at + timedelta(seconds=1))
    add(petition, 1, region_code="H", country_code="GB", at=at, amount=-1)
    assert tally.fold(timezone.now()) == 10
    petition.refresh_from_db()
    assert petition.signature_count == 8
    assert dict(petition.region_counts.values_list("region_code", "signed")) == {"H": 5, "": 3}
    assert dict(petition.country_counts.values_list("country_code", "signed")) == {"GB": 5, "FR": 3}
    assert {hour.hour.hour: hour.count for hour in petition.hour_counts.all()} == {10: 5, 11: 3}
    assert tally.fold(timezone.now()) == 0


def test_what_comes_and_goes_within_one_fold_leaves_no_trace(petition: Petition) -> None:
    add(petition, 2)
    add(petition, 2, amount=-1)
    assert tally.fold(timezone.now()) == 4
    petition.refresh_from_db()
    assert petition.signature_count == 0
    assert not Delta.objects.exists()


def test_more_than_a_batch_is_folded_in_one_run_up_to_its_bound(
    petition: Petition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally, "BATCH", 10)
    monkeypatch.setattr(tally, "BATCHES", 3)
    add(petition, 35)
    assert [tally.fold(timezone.now()) for _time in range(3)] == [30, 5, 0]
    petition.refresh_from_db()
    assert petition.signature_count == 35


def test_deltas_of_a_petition_that_is_gone_do_not_hold_up_the_others(petition: Petition) -> None:
    Delta.objects.create(petition_id=1_999_999, amount=1)
    add(petition, 1)
    assert tally.fold(timezone.now()) == 2
    petition.refresh_from_db()
    assert petition.signature_count == 1


@pytest.mark.django_db(transaction=True)
def test_a_second_folder_leaves_at_once() -> None:
    petition = make_open_petition()
    add(petition, 3)
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [tally._FOLDER_LOCK])
            assert tally.fold(timezone.now()) == 0
            cursor.execute("ROLLBACK")
        assert tally.fold(timezone.now()) == 3
    finally:
        other.close()


def test_a_fold_that_fails_keeps_every_delta(petition: Petition, monkeypatch: pytest.MonkeyPatch) -> None:
    add(petition, 3)

    def die(**_changes: object) -> None:
        raise RuntimeError("killed before the commit")

    monkeypatch.setattr(tally.petitions.services, "record_counts", die)
    with pytest.raises(RuntimeError):
        tally.fold(timezone.now())
    assert Delta.objects.count() == 3
    petition.refresh_from_db()
    assert petition.signature_count == 0


def test_a_fold_costs_the_same_number_of_statements_for_one_and_for_many(petition: Petition) -> None:
    others = [make_open_petition() for _number in range(10)]
    costs = []
    for petitions, number in (([petition], 1), (others, 50)):
        for each in petitions:
            add(each, number)
        with CaptureQueriesContext(connection) as captured:
            tally.fold(timezone.now())
        costs.append(len(captured))
    assert costs[0] == costs[1]
