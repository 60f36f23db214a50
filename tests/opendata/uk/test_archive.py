"""Imported petitions a second time, by parliament."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from petitions.lifecycle import State
from petitions.models import ConstituencyCount, Hearing, Petition
from petitions.models.petition import Source
from tests import factories as make

pytestmark = pytest.mark.django_db


def imported(number: int, **columns) -> Petition:
    source = {"id": number, "source": Source.UK, "source_id": str(number), "exempt": True}
    if columns.pop("rejected", False):
        return make.make_rejected_petition(**source, **columns)
    return make.make_closed_petition(**source, **columns)


def day(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.fixture
def archive():
    """Petitions of three parliaments, and some that are in no archive."""
    return {
        "2015": imported(100_001, opened_at=day(2016, 1, 1), signature_count=10),
        "2017": imported(200_001, opened_at=day(2018, 1, 1), signature_count=20),
        "2019": imported(600_001, opened_at=day(2020, 1, 1), signature_count=30),
        "answered": imported(600_002, opened_at=day(2021, 1, 1), signature_count=20_000, response_state="answered"),
        "rejected": imported(600_003, rejected=True, created_at=day(2022, 1, 1), rejected_at=day(2024, 6, 1)),
        "later": imported(700_001, opened_at=day(2025, 3, 1)),
        "reopened": make.make_open_petition(
            id=600_004, source=Source.UK, source_id="600004", opened_at=day(2022, 1, 1), closes_at=day(2099, 1, 1)
        ),
        "here": make.make_closed_petition(opened_at=day(2020, 1, 1)),
    }


def ids(client: Client, query: str = "") -> list[int]:
    response = client.get(f"/archived/petitions.json{query}")
    assert response.status_code == 200
    return [item["id"] for item in response.json()["data"]]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["answered", "2019", "rejected"]),
        ("?state=all", ["answered", "2019", "rejected"]),
        ("?state=open", ["answered", "2019", "rejected"]),
        ("?state=published", ["answered", "2019"]),
        ("?state=rejected", ["rejected"]),
        ("?state=with_response", ["answered"]),
        ("?state=debated", []),
        ("?parliament=4", ["answered", "2019", "rejected"]),
        ("?parliament=3", ["2017"]),
        ("?parliament=1&state=published", ["2015"]),
    ],
)
def test_a_parliament_has_what_was_opened_in_its_time(client: Client, archive, query: str, names: list[str]):
    assert ids(client, query) == [archive[name].pk for name in names]


def test_links_of_the_archive_name_its_parliament(client: Client, archive):
    document = client.get("/archived/petitions.json?count=1&parliament=4&state=published").json()
    base = "https://testserver/archived/petitions.json?count=1"
    assert document["links"] == {
        "self": f"{base}&parliament=4&state=published",
        "first": f"{base}&parliament=4&state=published",
        "last": f"{base}&page=2&parliament=4&state=published",
        "next": f"{base}&page=2&parliament=4&state=published",
        "prev": None,
    }
    assert document["meta"]["total_count"] == 2
    cursor = document["meta"]["next_cursor"]
    assert ids(client, f"?count=1&parliament=4&state=published&cursor={cursor}") == [archive["2019"].pk]
    assert client.get("/archived/petitions.json?cursor=x").status_code == 400


def test_an_archived_petition_has_its_parliament_and_other_attributes(client: Client, archive):
    petition = archive["2019"]
    Hearing.objects.create(petition=petition, debated=True, debated_on=day(2020, 5, 1), overview="Said.")
    for code, name in (("E2", "Alpha"), ("E1", "Beta")):
        ConstituencyCount.objects.create(petition=petition, ons_code=code, name=name, signature_count=3)
    document = client.get(f"/archived/petitions/{petition.pk}.json").json()
    assert document["links"] == {"self": f"https://testserver/archived/petitions/{petition.pk}.json"}
    assert list(document["data"]) == ["type", "id", "parliament", "attributes"]
    assert document["data"]["type"] == "archived-petition"
    assert document["data"]["parliament"] == {
        "period": "2019-2024",
        "dissolution_at": "2024-05-30T00:00:00.000Z",
        "government": "Conservative",
        "response_threshold": 10_000,
        "debate_threshold": 100_000,
    }
    attributes = document["data"]["attributes"]
    live = client.get(f"/petitions/{petition.pk}.json").json()["data"]["attributes"]
    assert set(live) - set(attributes) == {"creator_name"}
    assert attributes["action"] == live["action"]
    assert [row["name"] for row in attributes["signatures_by_constituency"]] == ["Alpha", "Beta"]
    assert list(attributes["debate"])[-3:] == ["overview", "public_engagement_url", "debate_summary_url"]
    _answered, item = client.get("/archived/petitions.json?state=published").json()["data"]
    assert list(item) == ["type", "id", "links", "parliament", "attributes"]
    assert item["links"] == document["links"]
    assert "signatures_by_country" not in item["attributes"]


def test_the_live_address_stays_and_leads_nowhere(client: Client, archive):
    response = client.get(f"/petitions/{archive['2015'].pk}.json")
    assert response.status_code == 200
    assert response.json()["data"]["type"] == "petition"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/archived/petitions.json?parliament=x", 400),
        ("/archived/petitions.json?parliament=", 400),
        ("/archived/petitions.json?parliament=-1", 400),
        ("/archived/petitions.json?parliament=1234567890123", 400),
        ("/archived/petitions.json?parliament=99", 404),
        ("/archived/petitions.csv?parliament=99", 404),
        ("/archived/petitions/abc.json", 400),
        ("/archived/petitions/999999.json", 404),
        ("/archived/petitions/600004.json", 404),  # open again
        ("/archived/petitions/700001.json", 404),
    ],
)
def test_what_the_archive_has_not(client: Client, archive, path: str, status: int):
    response = client.get(path)
    assert response.status_code == status
    assert "error" in response.json()


def test_what_was_taken_away_is_gone_from_the_archive_too(client: Client, archive):
    Petition.objects.filter(pk=archive["2019"].pk).update(state=State.HIDDEN)
    assert client.get("/archived/petitions/600001.json").status_code == 410
    assert archive["2019"].pk not in ids(client)


def test_the_archive_as_a_table(client: Client, archive):
    response = client.get("/archived/petitions.csv?parliament=1&state=all")
    assert response["Content-Disposition"] == 'attachment; filename="all-petitions-2015-2017.csv"'
    lines = response.content.decode().split("\r\n")
    assert lines[0] == "Petition,URL,State,Signatures Count"
    assert lines[1].endswith("/petitions/100001,closed,10")
