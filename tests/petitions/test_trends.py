"""Who trends: kept by the tally, rolled on once an hour."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from petitions import services
from petitions.models import HourCount, Petition, Trend
from petitions.services import CountChange
from petitions.services.trends import roll_trends
from tests import factories

pytestmark = pytest.mark.django_db
MakePetition = Callable[..., Petition]
HOUR = timedelta(hours=1)


def signed(petition: Petition, at: datetime, amount: int = 1) -> CountChange:
    hour = at.replace(minute=0, second=0, microsecond=0)
    return CountChange(petition_id=petition.pk, region_code="", country_code="", hour=hour, amount=amount)


def figures(petition: Petition) -> tuple[int, int] | None:
    return Trend.objects.filter(petition=petition).values_list("last_day", "last_hour").first()


def test_counting_keeps_the_last_day_and_the_last_hours(make_petition: MakePetition, now: datetime) -> None:
    petition = make_petition()
    changes = [signed(petition, now - hours * HOUR) for hours in (0, 1, 2, 23, 24, 30)]
    services.record_counts(changes=changes, now=now)
    assert figures(petition) == (4, 2)
    services.record_counts(changes=[signed(petition, now, -1)], now=now)
    assert figures(petition) == (3, 1)


def test_what_is_added_bit_by_bit_is_what_the_hours_say(make_petition: MakePetition, now: datetime) -> None:
    one, other = make_petition(), make_petition()
    began = now.replace(minute=30)
    batches = (
        (began, [signed(one, began, 3), signed(one, began - HOUR, 2), signed(other, began - 23 * HOUR, 5)]),
        (began, [signed(one, began, 4), signed(other, began - 23 * HOUR, -1), signed(other, began - 30 * HOUR)]),
        (began + HOUR, [signed(one, began, -2), signed(one, began + HOUR, 6)]),
        (began + HOUR, [signed(other, began, 1), signed(one, began - 40 * HOUR, -1), signed(one, began + HOUR, 1)]),
        (began + 30 * HOUR, [signed(one, began + 30 * HOUR, 2), signed(one, began + HOUR, -1)]),
    )
    for at, changes in batches:
        services.record_counts(changes=changes, now=at)
        for petition in {change.petition_id for change in changes}:
            assert Trend.objects.values_list("last_day", "last_hour").get(petition=petition) == by_hours(petition, at)


def by_hours(petition_id: int, now: datetime) -> tuple[int, int]:
    hour = now.replace(minute=0, second=0, microsecond=0)
    counts = HourCount.objects.filter(petition=petition_id, hour__lte=hour).values_list("hour", "count")
    return (
        sum(count for at, count in counts if at > hour - 24 * HOUR),
        sum(count for at, count in counts if at >= hour - HOUR),
    )


def test_hours_fall_out_of_the_day_and_who_has_none_left_out_of_the_list(
    make_petition: MakePetition, now: datetime
) -> None:
    early, late = make_petition(), make_petition()
    changes = [signed(early, now - 10 * HOUR), signed(late, now - 10 * HOUR), signed(late, now)]
    services.record_counts(changes=changes, now=now)
    assert roll_trends(now=now) == 0
    assert roll_trends(now=now + HOUR) == 2
    assert roll_trends(now=now + HOUR) == 0
    assert (figures(early), figures(late)) == ((1, 0), (2, 1))
    roll_trends(now=now + 15 * HOUR)
    assert (figures(early), figures(late)) == (None, (1, 0))
    roll_trends(now=now + 40 * HOUR)
    assert not Trend.objects.exists()


def test_a_site_without_trends_gets_them_from_its_hours(make_petition: MakePetition, now: datetime) -> None:
    petition = make_petition()
    HourCount.objects.create(petition=petition, hour=now.replace(minute=0), count=7)
    assert roll_trends(now=now) == 1
    assert figures(petition) == (7, 7)


def test_lists_are_in_the_order_of_the_day(client: Client, now: datetime) -> None:
    some, many, _none = (
        factories.make_open_petition(signature_count=count, title=f"Trend {count}") for count in (500, 20, 900)
    )
    Trend.objects.create(petition=some, hour=now, last_day=3, last_hour=3)
    Trend.objects.create(petition=many, hour=now, last_day=9, last_hour=0)
    page = client.get("/petitions/?sort=trending").content.decode()
    assert page.index("Trend 20<") < page.index("Trend 500<") < page.index("Trend 900<")
