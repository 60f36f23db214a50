"""Hours out of a count that was looked at now and then."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.importing.history import HOUR, hourly
from petitions.models import HourCount
from tests.importing.records import uk_record

NOON = datetime(2019, 3, 20, 12, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_looks_within_one_hour_are_one_hour():
    assert hourly([(at(5), 100), (at(20), 130), (at(50), 190)]) == {NOON: 90}


def test_a_rise_over_a_border_is_split_by_time():
    assert hourly([(at(30), 0), (at(90), 100)]) == {NOON: 50, at(60): 50}


def test_a_long_gap_is_taken_to_have_risen_evenly():
    assert hourly([(at(0), 0), (at(180), 300)]) == {NOON: 100, at(60): 100, at(120): 100}


def test_no_look_has_no_hours_and_one_look_has_no_rise():
    assert hourly([]) == {}
    assert hourly([(at(5), 100)]) == {NOON: 0}


@given(
    st.lists(st.tuples(st.integers(1, 500), st.integers(0, 10_000)), min_size=1, max_size=30),
)
def test_hours_follow_each_other_and_sum_to_the_whole_rise(steps: list[tuple[int, int]]):
    minutes, count, looks = 0, 1000, []
    for passed, more in steps:
        minutes, count = minutes + passed, count + more
        looks.append((at(minutes), count))

    hours = hourly(looks)

    assert sum(hours.values()) == looks[-1][1] - looks[0][1]
    assert all(new >= 0 for new in hours.values())
    borders = sorted(hours)
    assert borders == [borders[0] + HOUR * place for place in range(len(borders))]


@pytest.mark.django_db
def test_the_published_series_becomes_the_history_of_its_petition(load):
    load(uk=[uk_record(241584, signature_count=6_103_056)])
    load(uk=[uk_record(241584, signature_count=6_103_056)])

    hours = HourCount.objects.filter(petition=241584)
    assert sum(hour.count for hour in hours) == 5_536_387 - 18_743
    assert min(hour.hour for hour in hours) == datetime(2019, 3, 20, 10, tzinfo=UTC)
    assert all(hour.count >= 0 for hour in hours)
