"""Going through a list behind its last entry, instead of by numbers of pages."""

import base64
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from opendata.uk.lists import STATES
from petitions.models import Hearing, Petition
from petitions.models.petition import ThresholdKind
from tests import factories as make

pytestmark = pytest.mark.django_db

BASE = "https://testserver/petitions.json"


def page(client: Client, query: str) -> dict:
    response = client.get(f"/petitions.json?{query}")
    assert response.status_code == 200, response.content
    return response.json()


def walked(client: Client, query: str) -> list[int]:
    """The numbers of a list, read by cursors to its end."""
    found = page(client, query)
    seen = [item["id"] for item in found["data"]]
    while cursor := found["meta"]["next_cursor"]:
        found = page(client, f"{query}&cursor={cursor}")
        seen += [item["id"] for item in found["data"]]
    return seen


def test_every_list_is_the_same_by_cursors_and_by_pages(client):
    now = timezone.now()
    for number in range(3):
        make.make_open_petition(signature_count=5, opened_at=now - timedelta(days=number))
        make.make_owed_petition(signature_count=10_000 + number)
        make.make_answered_petition(signature_count=20_000)
        make.make_rejected_petition()
        make.make_withdrawn_petition()
    # Some have no date where the order looks for one: those stand first or last.
    for day in (None, date(2030, 1, 1), date(2030, 1, 1), date(2031, 1, 1)):
        petition = make.make_closed_petition(signature_count=200_000)
        make.make_crossing(petition, ThresholdKind.DEBATE)
        if day:
            Hearing.objects.create(petition=petition, scheduled_on=day)
    for outcome in (datetime(2026, 1, 1, tzinfo=UTC), None):
        for debated in (True, False):
            Hearing.objects.create(petition=make.make_closed_petition(), debated=debated, outcome_at=outcome)
    for state in STATES:
        every = [item["id"] for item in page(client, f"state={state}")["data"]]
        assert walked(client, f"state={state}&count=2") == every, state
        assert every, state


def test_nothing_comes_twice_and_nothing_is_left_out_while_counts_move(client):
    petitions = [make.make_open_petition(thresholds=False, signature_count=number).pk for number in range(6)]
    first = page(client, "count=3")
    assert [item["id"] for item in first["data"]] == petitions[:2:-1]
    Petition.objects.filter(pk=petitions[5]).update(signature_count=1_000)
    make.make_open_petition(thresholds=False, signature_count=99)
    rest = page(client, f"count=3&cursor={first['meta']['next_cursor']}")
    assert [item["id"] for item in rest["data"]] == petitions[2::-1]
    assert rest["meta"] == {"total_count": 7, "next_cursor": None}


def test_links_of_a_page_by_cursor_lead_on_by_cursor(client):
    for number in range(5):
        make.make_open_petition(thresholds=False, signature_count=number)
    cursor = page(client, "count=2&state=open")["meta"]["next_cursor"]
    found = page(client, f"count=2&state=open&cursor={cursor}")
    assert found["links"]["prev"] is None
    assert found["links"]["first"] == f"{BASE}?count=2&state=open"
    assert found["links"]["next"] == f"{BASE}?count=2&cursor={found['meta']['next_cursor']}&state=open"
    assert page(client, found["links"]["next"].partition("?")[2])["links"]["next"] is None


def test_how_many_there_are_stands_beside_every_page(client):
    for number in range(3):
        make.make_open_petition(thresholds=False, signature_count=number)
    make.make_rejected_petition()
    assert page(client, "count=2")["meta"]["total_count"] == 4
    assert page(client, "state=open&page=9")["meta"] == {"total_count": 3, "next_cursor": None}


def forged(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "é",
        "A" * 500,
        forged(),
        forged("all"),
        forged("open", 5, "2026-01-01T00:00:00+00:00", 1),  # of another list
        forged("all", "five", "2026-01-01T00:00:00+00:00", 1),
        forged("all", 5, "2026-01-01T00:00:00", 1),
        forged("all", 5, "2026-13-01T00:00:00+00:00", 1),
        forged("all", 5, 5, 1),
        forged("all", True, "2026-01-01T00:00:00+00:00", 1),
        forged("all", 2**31, "2026-01-01T00:00:00+00:00", 1),
        forged("all", 5, "2026-01-01T00:00:00+00:00", 2**63),
        forged("all", 5.5, "2026-01-01T00:00:00+00:00", 1),
        forged("all", [5], "2026-01-01T00:00:00+00:00", {}),
        forged("all", "\x00", "\ud800", 1),
    ],
)
def test_a_cursor_that_was_made_up_is_refused(client, cursor):
    make.make_open_petition()
    response = client.get("/petitions.json", {"cursor": cursor})
    assert response.status_code == 400
    assert response.json() == {"error": "The cursor is none of this list."}
    assert response["Access-Control-Allow-Origin"] == "*"


def test_a_sound_cursor_without_values_is_a_place(client):
    make.make_open_petition()
    assert page(client, f"cursor={forged('all', None, None, None)}")["data"] != []
