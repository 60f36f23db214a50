"""How the API answers: conditional requests, other sites' pages, bad input, limits."""

from typing import Any

import pytest
from django.test import Client

from opendata.api import limits
from petitions.models import Petition

pytestmark = pytest.mark.django_db

ADDRESSES = (
    "", "openapi.json", "petitions", "petitions/1", "petitions/1/history", "petitions/1/places", "petitions/1/events",
    "answers", "answers/1", "tracker", "tracker/performance", "hearings", "outcomes", "changes", "departments",
    "topics", "regions", "nothing/here",
)  # fmt: skip


@pytest.fixture
def addresses(petitions: dict[str, Petition]) -> list[str]:
    return [f"/api/{one}".replace("petitions/1", f"petitions/{petitions['open'].pk}") for one in ADDRESSES]


def test_each_address_answers_as_open_data_does(client: Client, addresses: list[str]) -> None:
    for address in addresses:
        _answers_as_open_data(client, address)


def _answers_as_open_data(client: Client, address: str) -> None:
    response = client.get(address)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Content-Type"].startswith("application/json")
    assert not response.cookies
    assert "Vary" not in response
    if response.status_code == 200:
        assert "public" in response["Cache-Control"]
        again = client.get(address, headers={"if-none-match": response["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == response["ETag"]
        assert client.get(address, headers={"if-none-match": '"other"'}).status_code == 200
    else:
        assert response["Cache-Control"] == "no-store"
        assert response.json()["error"]
    head = client.head(address)
    assert (head.status_code, head.content) == (response.status_code, b"")


def test_nothing_can_be_written(addresses: list[str]) -> None:
    client = Client(enforce_csrf_checks=True)
    form = "application/x-www-form-urlencoded"
    for address in addresses:
        for method in ("post", "put", "patch", "delete"):
            refused = getattr(client, method)(address, b"a=b", content_type=form)
            assert refused.status_code == 405
            assert "GET" in refused["Allow"]
        assert client.post(address, b"{}", content_type="application/json").status_code == 415
        assert client.get(f"{address}?q=%00").json() == {"error": "Bad Request"}
        assert client.options(address).status_code == 204


@pytest.mark.parametrize(
    ("path", "status", "wrong"),
    [
        ("petitions?limit=0", 400, "limit"),
        ("petitions?limit=101", 400, "limit"),
        ("petitions?limit=ten", 400, "limit"),
        ("petitions?state=draft", 400, "state"),
        ("petitions?sort=title", 400, "sort"),
        (f"petitions?q={'a' * 201}", 400, "q"),
        ("petitions?cursor=nonsense", 404, ""),
        ("petitions?cursor=%ed%a0%80", 404, ""),
        (f"petitions?cursor={'a' * 401}", 400, "cursor"),
        ("petitions/abc", 400, "petition_id"),
        ("petitions/0", 400, "petition_id"),
        (f"petitions/{10**30}", 400, "petition_id"),
        (f"petitions/{2**63 - 1}", 404, ""),
        ("petitions/1/history?since=yesterday", 400, "since"),
        ("answers/x", 400, "case"),
        ("changes?since=-1", 400, "since"),
        (f"changes?since={2**53}", 400, "since"),
        ("changes?since=1.5", 400, "since"),
        ("tracker?late=perhaps", 400, "late"),
        ("petitions/", 404, ""),
        ("unknown", 404, ""),
    ],
)
def test_what_cannot_be_understood_is_said_beside_its_name(get: Any, path: str, status: int, wrong: str) -> None:
    refused = get(path, status)
    assert refused["error"]
    assert list(refused["fields"]) == ([wrong] if wrong else [])


def test_a_cursor_of_another_list_leads_nowhere(get: Any, petitions: dict[str, Petition]) -> None:
    following = get("petitions?limit=1&sort=id")["next"]
    cursor = following.partition("cursor=")[2].partition("&")[0]
    assert get(f"petitions?sort=signatures&cursor={cursor}", 404)
    assert get(f"outcomes?cursor={cursor}", 404)
    assert get(f"petitions?sort=id&cursor={cursor}")["data"]


def test_one_network_is_told_when_to_come_back(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PER_MINUTE", 2)
    statuses = [client.get("/api/topics").status_code for _time in range(3)]
    assert statuses == [200, 200, 429]
    refused = client.get("/api/topics")
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused.json()["error"]
    assert client.get("/api/topics", REMOTE_ADDR="192.0.2.7").status_code == 200
