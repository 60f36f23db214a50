"""The one statement of a petition's page gives what the ORM gives."""

from collections.abc import Iterable

import pytest
from django.db import connection
from django.db.models import BinaryField, GeneratedField, Model
from django.utils import timezone

from petitions.lifecycle import State
from petitions.models import ConstituencyCount, Correction, CountryCount, Hearing, OtherBusiness, Petition, RegionCount
from petitions.models.petition import Source
from petitions.models.timeline import EventKind
from petitions.whole import Whole, _statement, wholes
from tests import factories as make

pytestmark = pytest.mark.django_db


def whole(number: int) -> Whole:
    return wholes([number])[number]


def columns(row: Model | None) -> dict[str, object]:
    fields = row._meta.concrete_fields if row else ()
    return {
        field.attname: getattr(row, field.attname)
        for field in fields
        if not isinstance(field, (BinaryField, GeneratedField))
    }


def all_columns(rows: Iterable[Model]) -> list[dict[str, object]]:
    return [columns(row) for row in rows]


def full_petition() -> Petition:
    petition = make.make_answered_petition(
        source=Source.UK,
        title='Trees, "now"\n\\ ünd €',
        topics=[make.make_topic("b", name="B"), make.make_topic("a", name="A")],
        departments=[make.make_department()],
    )
    now = timezone.now()
    make.make_hours(petition, 30)
    for number in range(3):
        make.make_event(petition, EventKind.NOTE, key=str(number), text={"en": "Note"}, details={"count": 10**12})
        Correction.objects.create(petition=petition, at=now, note={"en": "Note"}, title=str(number))
        OtherBusiness.objects.create(petition=petition, subject="a", body="b", occurred_on=timezone.localdate())
        RegionCount.objects.create(petition=petition, region_code="ABC"[number], signed=10)
        CountryCount.objects.create(petition=petition, country_code="DEF"[number], imported=number)
        ConstituencyCount.objects.create(
            petition=petition, ons_code=str(number), name=f"Place {number % 2}", signature_count=number // 2
        )
    Hearing.objects.create(petition=petition, debated=True, debated_on=now.date(), outcome_at=now, links={"a": "b"})
    return petition


def test_everything_related_is_there_with_every_value(django_assert_num_queries):
    stored = full_petition()
    make.make_event(make.make_open_petition())  # another's
    with django_assert_num_queries(0):  # its one statement is not Django's
        found = whole(stored.pk)
        petition = found.petition
        case, thresholds = petition.public_case, found.thresholds
        crossings = [getattr(threshold, "crossing", None) for threshold in thresholds]
        department, hearing = case.department, petition.hearing
        assert not hasattr(petition, "rejection")
    stored = Petition.objects.get(pk=stored.pk)
    assert columns(petition) == columns(stored)
    assert columns(case) == columns(stored.public_case)
    assert columns(department) == columns(stored.public_case.department)
    assert columns(hearing) == columns(stored.hearing)
    for name in ("topics", "departments", "events", "corrections", "other_business"):
        assert all_columns(getattr(found, name)) == all_columns(getattr(stored, name).all()), name
    assert all_columns(thresholds) == all_columns(stored.thresholds.order_by("count"))
    assert any(crossings)
    assert all_columns(crossings) == [
        columns(getattr(threshold, "crossing", None)) for threshold in stored.thresholds.order_by("count")
    ]
    assert sorted(petition.region_counts.all()) == sorted(
        stored.region_counts.values_list("region_code", "imported", "signed")
    )
    assert sorted(petition.country_counts.all()) == sorted(
        stored.country_counts.values_list("country_code", "name", "imported", "signed")
    )
    assert found.constituencies == [["Place 0", 1], ["Place 0", 0], ["Place 1", 0]]
    assert found.hours == dict(stored.hour_counts.values_list("hour", "count"))


def test_a_refused_petition_comes_with_its_reason_and_the_one_it_repeats():
    original = make.make_open_petition()
    refused = make.make_rejected_petition(duplicate_of=original)
    petition = whole(refused.pk).petition
    assert petition.rejection.reason.title == Petition.objects.get(pk=refused.pk).rejection.reason.title
    assert columns(petition.rejection.duplicate_of) == columns(Petition.objects.get(pk=original.pk))


def test_a_bare_petition_has_nothing_and_a_number_without_one_gives_none():
    found = whole(make.make_petition(state=State.IN_MODERATION).pk)
    assert not found.events
    assert not hasattr(found.petition, "public_case")
    assert (found.constituencies, found.hours) == ([], {})
    assert wholes([10**7, 10**30]) == {}


def test_many_are_fetched_as_each_alone() -> None:
    numbers = [
        make.make_rejected_petition().pk,
        full_petition().pk,
        make.make_open_petition(topics=[make.make_topic("c", name="C")]).pk,
    ]
    found = wholes([*numbers, 10**7, numbers[0]])
    assert set(found) == set(numbers)
    for number in numbers:
        alone, together = whole(number), found[number]
        assert columns(together.petition) == columns(alone.petition)
        for name in ("topics", "departments", "thresholds", "events", "corrections", "other_business", "successors"):
            assert all_columns(getattr(together, name)) == all_columns(getattr(alone, name)), name
        assert (together.constituencies, together.hours) == (alone.constituencies, alone.hours)
        assert together.petition.region_counts.all() == alone.petition.region_counts.all()


def test_each_is_looked_for_by_its_number() -> None:
    make.make_open_petition()
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + _statement(seldom=False).replace("$1", "'[1, 2]'"))
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "petitions_petition_pkey on petitions_petition petition" in plan
    assert "Seq Scan on petitions_petition petition" not in plan


def test_the_database_plans_the_statement_once(client):
    address = make.make_open_petition().get_absolute_url()
    for _ in range(2):
        client.get(address)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%json_build_array(%'")
        assert cursor.fetchone() == (1,)
