"""What the API tells of petitions, answers and what is owed, and what it keeps to itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from petitions.models import HourCount, Petition
from tests import factories as make
from tests.opendata.api.conftest import SECRET

PUBLIC = ("open", "owed", "closed", "withdrawn", "rejected", "answered")
NEVER_SHOWN = ("draft", "gathering", "moderation", "hidden")
LISTS = ("petitions", "answers", "tracker", "hearings", "outcomes", "changes")


def test_every_room_is_named_at_the_door(get: Any, db: None) -> None:
    start = get("")
    for address in start["links"].values():
        get(address)
    assert get("openapi.json")["openapi"].startswith("3.1")
    assert start["documentation"] == "https://testserver/api/docs/"


def test_the_list_has_every_public_petition_and_no_other(get: Any, petitions: dict[str, Petition]) -> None:
    found = [(one["id"], one["signature_count"]) for one in get("petitions")["data"]]
    assert {number for number, _count in found} == {petitions[name].pk for name in PUBLIC}
    assert [count for _number, count in found] == sorted((count for _number, count in found), reverse=True)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("state=open", {"open", "owed"}),
        ("state=withdrawn", {"withdrawn"}),
        ("response_state=awaiting", {"owed"}),
        ("topic=trees", {"open"}),
        ("department=TREES", {"open"}),
        ("q=quay", {"owed"}),
        ("topic=nothingatall", set()),
        ("q=nothingatall", set()),
        ("sort=newest&state=rejected", {"rejected"}),
    ],
)
def test_the_list_narrows(get: Any, petitions: dict[str, Petition], query: str, names: set[str]) -> None:
    assert {one["id"] for one in get(f"petitions?{query}")["data"]} == {petitions[name].pk for name in names}


@pytest.mark.parametrize("sort", ["signatures", "newest", "id"])
def test_walking_meets_each_once_whatever_changes_before(get: Any, petitions: dict[str, Petition], sort: str) -> None:
    seen, address = [], f"petitions?limit=2&sort={sort}"
    while address:
        page = get(address)
        seen += [one["id"] for one in page["data"]]
        if len(seen) == 2:
            make.make_open_petition(signature_count=1_000_000, opened_at=timezone.now(), id=900)
        address = page["next"]
    assert sorted(seen) == sorted(petitions[name].pk for name in PUBLIC)


def test_one_petition_is_the_same_as_in_the_list(get: Any, petitions: dict[str, Petition]) -> None:
    for one in get("petitions")["data"]:
        assert get(f"petitions/{one['id']}") == one


def test_an_open_petition_has_all_its_facts(get: Any, petitions: dict[str, Petition]) -> None:
    row = petitions["open"]
    found = get(f"petitions/{row.pk}")
    assert found["title"] == row.title
    assert found["creator_name"] == row.creator_name
    assert found["topics"] == ["trees"]
    assert found["departments"] == ["TREES"]
    assert [(one["kind"], one["signatures"]) for one in found["thresholds"]] == [
        ("response", 10_000),
        ("debate", 100_000),
    ]
    assert found["answer"] is None
    assert get(f"petitions/{petitions['closed'].pk}")["creator_name"] is None


@time_machine.travel(datetime(2030, 1, 10, 12, tzinfo=UTC), tick=False)
def test_an_owed_answer_is_late_by_the_day(get: Any, petitions: dict[str, Petition]) -> None:
    row = petitions["owed"]
    answer = get(f"petitions/{row.pk}")["answer"]
    assert (answer["days_late"], answer["answered_at"], answer["state"]) == (3, None, "drafting")
    owed = get("tracker")["data"]
    assert [(one["petition"], one["days_late"], one["due_on"]) for one in owed] == [(row.pk, 3, answer["due_on"])]
    assert get("tracker?late=true")["data"] == owed
    assert get("tracker?department=TREES")["data"] == []
    performance = get("tracker/performance")
    assert [(one["owed"], one["late"]) for one in performance["departments"]] == [(1, 1)]


def test_a_refusal_says_why(get: Any, petitions: dict[str, Petition]) -> None:
    rejection = get(f"petitions/{petitions['rejected'].pk}")["rejection"]
    assert rejection["code"] == "no-action"
    assert set(rejection["reason"]) == {"en", "fr"}
    assert rejection["details"] == "It is about a neighbour."


def test_history_sums_to_the_count_and_walks(get: Any, petitions: dict[str, Petition]) -> None:
    row = petitions["open"]
    first = get(f"petitions/{row.pk}/history?limit=2")
    rest = get(first["next"])
    hours = [*first["data"], *rest["data"]]
    assert len(hours) == 3
    assert hours == sorted(hours, key=lambda hour: hour["hour"])
    assert sum(hour["signature_count"] for hour in hours) + first["before"] == row.signature_count
    assert rest["next"] is None


def test_history_begins_where_it_is_asked_to(get: Any, petitions: dict[str, Petition]) -> None:
    row = petitions["open"]
    HourCount.objects.create(petition=row, hour=timezone.now().replace(year=2020, minute=0, second=0), count=4)
    assert len(get(f"petitions/{row.pk}/history")["data"]) == 4
    assert len(get(f"petitions/{row.pk}/history?since=2021-01-01")["data"]) == 3


def test_places_sum_to_the_count_and_hide_the_few(get: Any, petitions: dict[str, Petition]) -> None:
    found = get(f"petitions/{petitions['open'].pk}/places")
    assert found["regions"] == [{"code": "B", "name": "North West", "signature_count": 41}]
    assert found["regions_not_shown"] == 9
    assert (found["countries"], found["countries_not_shown"]) == ([], 50)


def test_the_timeline_has_public_entries_only(get: Any, petitions: dict[str, Petition]) -> None:
    assert get(f"petitions/{petitions['open'].pk}/events")["data"] == []
    entries = get(f"petitions/{petitions['closed'].pk}/events")["data"]
    assert [(one["kind"], one["details"]) for one in entries] == [
        ("outcome", {"what": "policy", "on": "2025-10-01"}),
    ]


def test_hearings_and_outcomes_stand_in_the_petition_and_in_lists(get: Any, petitions: dict[str, Petition]) -> None:
    row = petitions["closed"]
    found = get(f"petitions/{row.pk}")
    assert get("hearings")["data"] == [{**found["hearing"], "petition": row.pk}]
    assert get("hearings?outcome=held")["data"]
    assert get("hearings?outcome=planned")["data"] == []
    assert get("outcomes")["data"] == [{**found["outcomes"][0], "petition": row.pk}]
    assert found["outcomes"][0]["on"] == "2025-10-01"


def test_an_answer_is_found_by_its_case(get: Any, petitions: dict[str, Petition]) -> None:
    answered = petitions["answered"]
    state = get(f"petitions/{answered.pk}")["answer"]
    listed = get("answers")["data"]
    assert [one["case"] for one in listed] == [state["case"]]
    whole = get(f"answers/{state['case']}")
    assert whole["texts"][0]["text"] == "The ferry stays.\n\nIt sails at noon."
    assert whole["petitions"][0]["id"] == answered.pk
    assert (whole["imported"], whole["due_on"], whole["days_late"]) == (True, None, None)
    assert whole["ratings"] == state["ratings"] == {"yes": 15, "partly": 4, "no": 2}
    assert whole["links"]["self"] == state["links"]["self"]
    assert get("answers?department=NOBODY")["data"] == []


def test_an_imported_petition_names_its_licence(get: Any, petitions: dict[str, Petition]) -> None:
    source = get(f"petitions/{petitions['answered'].pk}")["source"]
    assert source["id"] == "241584"
    assert source["licence"] == "Open Government Licence v3.0"


@pytest.mark.parametrize("name", NEVER_SHOWN)
@pytest.mark.parametrize("room", ["", "/history", "/places", "/events"])
def test_what_is_not_public_is_as_unknown(get: Any, petitions: dict[str, Petition], name: str, room: str) -> None:
    assert get(f"petitions/{petitions[name].pk}{room}", 404) == get(f"petitions/77{room}", 404)


@pytest.mark.parametrize("room", ["", "/history", "/places", "/events"])
def test_what_was_taken_down_is_gone(get: Any, petitions: dict[str, Petition], room: str) -> None:
    assert "error" in get(f"petitions/{petitions['taken_down'].pk}{room}", 410)


def test_no_word_of_what_is_not_public_is_anywhere(client: Client, petitions: dict[str, Petition]) -> None:
    for room in (*LISTS, "tracker/performance", "departments", "topics", "regions"):
        response = client.get(f"/api/{room}")
        assert response.status_code == 200
        assert SECRET not in response.content.decode()


@pytest.mark.parametrize("room", ["petitions", "answers", "tracker", "hearings", "outcomes", "changes"])
def test_queries_do_not_grow_with_the_rows(
    client: Client, petitions: dict[str, Petition], room: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(10):
        assert len(client.get(f"/api/{room}").json()["data"]) >= 1
    for _number in range(4):
        make.make_owed_petition(due_on=timezone.localdate() + timedelta(days=1))
    with django_assert_max_num_queries(10):
        client.get(f"/api/{room}")
