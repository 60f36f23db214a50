"""Many at once: threads with connections of their own, on rows that are really committed."""

import threading
from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import connection

from accounts.models import Department, User
from petitions.models import Crossing, Event, Petition
from responses import services
from responses.models import AnswerPage, Case, RoutingRule

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MakePetition = Callable[..., Petition]
Cross = Callable[..., Crossing]


def test_twenty_at_once_open_one_case_in_the_right_queue(
    make_petition: MakePetition, cross: Cross, department: Department, staff: dict[str, User], now: datetime
) -> None:
    RoutingRule.objects.create(name="Bridges", words="bridge", department=department, priority=1)
    crossing = cross(make_petition(departments=[]))
    found: list[object] = []
    start = threading.Barrier(20)

    def run() -> None:
        start.wait()
        try:
            found.append(services.open_case(crossing_id=crossing.pk, now=now).pk)
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(20)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    case = Case.objects.get()
    assert found == [case.pk] * 20
    assert (case.department, case.owner, case.priority) == (department, staff["drafter"], 1)
    assert case.due_on == date(2026, 3, 31)
    assert (AnswerPage.objects.count(), Event.objects.filter(kind="case", tells_creator=True).count()) == (1, 1)


def test_cases_of_different_petitions_opened_at_once_get_a_page_each(
    make_petition: MakePetition, cross: Cross, now: datetime
) -> None:
    crossings = [cross(make_petition(title=f"Petition {number}")).pk for number in range(8)]
    errors: list[Exception] = []

    def run(crossing_id: int) -> None:
        try:
            services.open_case(crossing_id=crossing_id, now=now)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(crossing_id,)) for crossing_id in crossings]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert not errors
    assert AnswerPage.objects.count() == 8
    assert len(set(AnswerPage.objects.values_list("path", flat=True))) == 8
