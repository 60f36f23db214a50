"""Queues, the overview and the list: each number is the length of the list it leads to, in few queries."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Department, User
from petitions.models import Petition, Region, Topic
from petitions.models.place import RegionCount
from responses import services
from responses.models import AnswerPage, Case, SavedFilter, Stay
from responses.staff import overview
from tests.responses.people import NOW

Staff = dict[str, User]
LogIn = Callable[[User], Client]

INDEX, OVERVIEW, HOME = "/staff/cases/", "/staff/cases/overview/", "/staff/"


@pytest.fixture
def busy(make_case: Callable[..., Case], write: Callable[..., AnswerPage], staff: Staff) -> list[Case]:
    """Seven cases: due soon, late, in review, paused, being drafted, in nobody's hands, of another owner."""
    today = timezone.localdate()
    cases = [make_case(title=f"Petition {number}") for number in range(6)]
    cases.append(make_case(title="Petition nobody took", departments=[]))
    write(cases[2])
    services.submit(case_id=cases[2].pk, actor=staff["drafter"], now=NOW)
    services.pause(case_id=cases[3].pk, actor=staff["coordinator"], reason={"en": "An election."}, now=NOW)
    services.start_drafting(case_id=cases[4].pk, actor=staff["drafter"], now=NOW + timedelta(days=2))
    Case.objects.update(due_on=today + timedelta(days=30))
    Case.objects.filter(pk=cases[0].pk).update(due_on=today + timedelta(days=7))
    Case.objects.filter(pk=cases[1].pk).update(due_on=today - timedelta(days=1))
    Case.objects.filter(pk=cases[5].pk).update(owner=staff["coordinator"], due_on=today)
    return [Case.objects.get(pk=case.pk) for case in cases]


def listed(client: Client, address: str) -> int:
    """How many cases the list at this address shows."""
    response = client.get(address)
    assert response.status_code == 200
    return len(response.context["object_list"])


def links(page: str) -> dict[str, int]:
    """Address of a list -> the number it is linked from."""
    found = re.findall(r'<a href="(/staff/cases/\?[^"]+)"[^>]*>(?:[^<]*\()?(\d+)\)?</a>', page)
    return {unescape(address): int(number) for address, number in found}


@pytest.mark.slow
@pytest.mark.parametrize("who", ["coordinator", "drafter", "auditor", "second_drafter"])
def test_each_number_of_the_overview_is_the_length_of_its_list(
    busy: list[Case], staff: Staff, log_in: LogIn, who: str
) -> None:
    roads, bridges = (Topic.objects.create(code=code, name=code.title()) for code in ("roads", "bridges"))
    for code, name in (("J", "London"), ("A", "North East")):
        Region.objects.create(code=code, name=name)
    for case in busy[:3]:
        petition = case.links.get().petition
        petition.topics.set([roads, bridges] if case == busy[0] else [roads])
        RegionCount.objects.create(petition=petition, region_code="J", signed=500)
        RegionCount.objects.create(petition=petition, region_code="A", signed=0, imported=100 if case == busy[1] else 0)
    # An answer of another site that is being corrected here.
    Case.objects.create(state="drafting", origin="import", opened_at=NOW, owed_since=NOW, published_at=NOW)
    client = log_in(staff[who])
    page = client.get(OVERVIEW)
    assert page.status_code == 200
    numbers = links(page.content.decode())
    assert len(numbers) > 15
    for address, number in numbers.items():
        assert listed(client, address) == number, address
    if who == "coordinator":
        assert {row.name: (row.cases, row.signatures) for row in page.context["topics"]} == {
            "Roads": (3, 36_000),
            "Bridges": (1, 12_000),
        }
        london, north = page.context["regions"]
        assert (london.name, london.cases, london.signatures) == ("London", 3, 1500)
        assert [(row.name, row.signatures) for row in london.topics] == [("Roads", 1500), ("Bridges", 500)]
        assert (north.name, north.cases, north.signatures) == ("North East", 1, 100)


def test_my_day_counts_what_is_mine_and_what_nobody_has(busy: list[Case], staff: Staff) -> None:
    def day(who: str) -> dict[str, int]:
        found = overview.numbers(staff[who], Case.objects.visible_to(staff[who]), timezone.localdate())
        return {queue.name: number for queue, number in found.day}

    assert day("drafter") == {"due": 1, "overdue": 1, "waiting": 2}
    assert day("coordinator") == {"due": 1, "overdue": 0, "waiting": 0, "coordinator": 1}


def test_time_in_each_state_is_told_by_the_middle_case(busy: list[Case], staff: Staff) -> None:
    now = NOW + timedelta(days=10)
    times = {row.state: row for row in overview.times(Case.objects.all(), now)}
    assert {state: row.cases for state, row in times.items() if row.cases} == {
        "new": 1,
        "assigned": 3,
        "drafting": 1,
        "review": 1,
        "paused": 1,
    }
    assert times["assigned"].median == timedelta(days=10)
    assert times["drafting"].longest == timedelta(days=8)
    assert times["assigned"].lately == timedelta(0)  # of 0, 0 and 2 days
    assert times["approved"].median is None
    services.resume(case_id=busy[3].pk, actor=staff["coordinator"], now=now)
    assert [(stay.state, stay.ended_at) for stay in Stay.objects.filter(case=busy[3]).order_by("pk")] == [
        ("assigned", NOW),
        ("paused", now),
        ("assigned", None),
    ]


def test_a_department_sees_its_own_numbers_only(busy: list[Case], staff: Staff) -> None:
    other = Department.objects.get(acronym="HMT")
    Case.objects.filter(pk=busy[0].pk).update(department=other, owner=None)
    for who, owed in (("drafter", 5), ("second_drafter", 1), ("coordinator", 7)):
        seen = Case.objects.visible_to(staff[who])
        assert overview.numbers(staff[who], seen, timezone.localdate()).owed["owed"] == owed, who


# --- Queries


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "limit"), [(INDEX, 15), (f"{INDEX}?due=owed&q=Petition", 15), (OVERVIEW, 20), (HOME, 20)]
)
def test_queries_stay_few_whatever_the_number_of_cases(
    busy: list[Case],
    make_case: Callable[..., Case],
    write: Callable[..., AnswerPage],
    staff: Staff,
    log_in: LogIn,
    address: str,
    limit: int,
) -> None:
    clients = [log_in(staff[who]) for who in ("coordinator", "drafter", "department_reviewer", "legal_reviewer")]
    before = [(client.get(address), queries(client, address))[1] for client in clients]
    for number in range(4):
        case = make_case(title=f"Petition more {number}")
        write(case)
        services.submit(case_id=case.pk, actor=staff["drafter"], now=NOW)
        make_case(title=f"Petition {number} nobody took", departments=[])
    after = [queries(client, address) for client in clients]
    assert max(after) <= limit, after
    assert after == before


# --- Filters


def test_a_filter_is_kept_under_a_name_and_its_address_passed_on(busy: list[Case], staff: Staff, log_in: LogIn) -> None:
    mine, other = log_in(staff["coordinator"]), log_in(staff["second_drafter"])
    data = {"name": "Late ones", "query": "due=overdue&p=3&evil=%22%3E&ordering=-due_on", "shared": "on"}
    kept = mine.post("/staff/cases/filters/", data)
    address = kept["Location"]
    assert mine.get(address)["Location"] == f"{INDEX}?due=overdue&ordering=-due_on"
    assert listed(mine, mine.get(address)["Location"]) == 1
    # A colleague opens the same address and sees their own.
    assert listed(other, other.get(address)["Location"]) == 0
    assert "Late ones" in other.get(INDEX).content.decode()
    mine.post("/staff/cases/filters/", {**data, "query": "due=week", "shared": ""})
    assert SavedFilter.objects.get().query == "due=week"
    assert "Late ones" not in other.get(INDEX).content.decode()
    assert other.post(address).status_code == 403
    assert mine.post(address).status_code == 302
    assert mine.get(address).status_code == 404


@pytest.mark.parametrize(
    "data",
    [{}, {"name": "", "query": "due=owed"}, {"name": "x" * 61, "query": "due=owed"}, {"name": "All", "query": "a=1"}],
)
def test_a_filter_without_name_or_content_is_not_kept(
    site: None, staff: Staff, log_in: LogIn, data: dict[str, str]
) -> None:
    response = log_in(staff["coordinator"]).post("/staff/cases/filters/", data)
    assert response.status_code == 302
    assert not SavedFilter.objects.exists()


def test_cases_are_found_by_team_tag_topic_region_and_owner(busy: list[Case], staff: Staff, log_in: LogIn) -> None:
    client = log_in(staff["coordinator"])
    assert listed(client, f"{INDEX}?owner=nobody") == Case.objects.filter(owner=None).count()
    assert listed(client, f"{INDEX}?state=paused&state=review") == 2
    assert listed(client, f"{INDEX}?state=assigned") == 3
    tagged = client.post(f"/staff/cases/{busy[0].pk}/tag/", {"tags": " Election ,roads,, roads"})
    assert tagged.status_code == 302
    assert [tag.name for tag in busy[0].tags.all()] == ["election", "roads"]
    assert listed(client, f"{INDEX}?tag={busy[0].tags.first().pk}") == 1
    assert client.post(f"/staff/cases/{busy[0].pk}/tag/", {"tags": "x" * 41}).status_code == 200
    assert Petition.objects.count() == 7
