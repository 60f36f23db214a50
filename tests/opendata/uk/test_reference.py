"""Topics, who trends, constituencies, parliaments, what a constituency signed, and forms that there are not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from petitions.models import ConstituencyCount, Trend
from petitions.services.counting import note_counted
from tests import factories as make

pytestmark = pytest.mark.django_db
PERIODS = ["2015-2017", "2017-2019", "2019-2024"]


def test_topics_stand_under_their_codes(client: Client):
    make.make_topic("trees", name="Trees", name_fr="Arbres")
    make.make_topic("covid-19", name="COVID-19")
    response = client.get("/topics.json")
    assert response.json() == {
        "covid-19": {"code": "covid-19", "name": "COVID-19"},
        "trees": {"code": "trees", "name": "Trees"},
    }
    assert response["Access-Control-Allow-Origin"] == "*"
    assert client.get("/topics.json", headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_ten_trend_by_what_was_signed_in_the_last_hour(client: Client):
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    petitions = [make.make_open_petition(thresholds=False, signature_count=1_000) for _ in range(12)]
    for number, petition in enumerate(petitions):
        Trend.objects.create(petition=petition, hour=hour, last_day=500, last_hour=number)
    closed = make.make_closed_petition()
    Trend.objects.create(petition=closed, hour=hour, last_day=500, last_hour=900)
    now = datetime(2026, 3, 1, tzinfo=UTC)
    note_counted(now=now)
    document = client.get("/trending.json").json()
    assert list(document) == ["data", "links", "meta"]
    assert document["links"] == {"self": "https://testserver/trending.json"}
    assert document["meta"] == {"updated_at": "2026-03-01T00:00:00.000Z"}
    assert [item["attributes"]["signature_count"] for item in document["data"]] == list(range(11, 1, -1))
    assert document["data"][0] == {
        "type": "petition",
        "id": petitions[11].pk,
        "links": {"self": f"https://testserver/petitions/{petitions[11].pk}.json"},
        "attributes": {"action": petitions[11].title, "signature_count": 11},
    }


def test_nobody_trends_before_anything_was_counted(client: Client):
    document = client.get("/trending.json").json()
    assert (document["data"], document["meta"]) == ([], {"updated_at": None})


def test_constituencies_stand_under_their_codes_in_both_boundaries(client: Client):
    found = client.get("/constituencies.json").json()
    assert len(found) == 1_290  # ten of the 650 and 650 kept their code
    assert found["S14000006"]["mp"] == "Allan Dorans MP"
    assert found["E14000530"] == {
        "mp": "Leo Docherty MP",
        "party": None,
        "constituency": "Aldershot",
        "ons_code": "E14000530",
        "start_date": None,
        "end_date": None,
    }
    assert found["E14001063"]["mp"] is None
    assert list(found) == sorted(found)


def test_parliaments_have_their_days_and_their_constituencies(client: Client):
    found = client.get("/parliaments.json").json()
    assert [one["period"] for one in found] == PERIODS
    assert found[1] == {
        "period": "2017-2019",
        "dissolution_at": "2019-11-06T00:00:00.000Z",
        "government": "Conservative",
        "response_threshold": 10_000,
        "debate_threshold": 100_000,
    }
    last = client.get("/parliaments/2019-2024.json").json()
    assert {name: value for name, value in last.items() if name != "constituencies"} == found[2]
    assert len(last["constituencies"]) == 650
    assert last["constituencies"][0]["mp"]
    assert "S14000006" in [one["ons_code"] for one in last["constituencies"]]
    by_code = client.get("/parliaments/2015-2017/constituencies.json").json()
    assert len(by_code) == 650
    assert by_code["E14000530"]["mp"] is None  # those of 2023 sat in no other
    for path in ("/parliaments/2010-2015.json", "/parliaments/x/constituencies.json"):
        assert client.get(path).status_code == 404


@pytest.fixture
def signed(db):
    """Three petitions signed in Aldershot, and one elsewhere."""
    now = timezone.now()
    built = {
        "few": make.make_open_petition(signature_count=70, opened_at=now - timedelta(days=1)),
        "many": make.make_open_petition(signature_count=60, title="=Many"),
        "closed": make.make_closed_petition(signature_count=50),
        "hidden": make.make_hidden_petition(opened=True),
        "elsewhere": make.make_open_petition(),
    }
    for name, count in (("few", 3), ("many", 30), ("closed", 10), ("hidden", 99)):
        row = {"ons_code": "E14000530", "name": "Aldershot", "mp": "Leo Docherty MP", "signature_count": count}
        ConstituencyCount.objects.create(petition=built[name], **row)
    ConstituencyCount.objects.create(
        petition=built["elsewhere"], ons_code="E14000531", name="Aldridge-Brownhills", signature_count=5
    )
    return built


def test_a_constituency_has_what_was_signed_there(client: Client, signed):
    document = client.get("/petitions/local/aldershot.json").json()
    assert document == {
        "constituency": "Aldershot",
        "mp": {"name": "Leo Docherty MP", "url": None},
        "petitions": [
            {
                "action": "=Many",
                "url": f"https://testserver/petitions/{signed['many'].pk}",
                "state": "open",
                "constituency_signature_count": 30,
                "total_signature_count": 60,
            },
            {
                "action": signed["few"].title,
                "url": f"https://testserver/petitions/{signed['few'].pk}",
                "state": "open",
                "constituency_signature_count": 3,
                "total_signature_count": 70,
            },
        ],
    }
    every = client.get("/petitions/local/aldershot/all.json").json()["petitions"]
    assert [one["constituency_signature_count"] for one in every] == [30, 10, 3]
    assert [one["state"] for one in every] == ["open", "closed", "open"]
    assert client.get("/petitions/local/E14000530.json").json() == document
    # Nobody is known who sits for a name of today's boundaries alone.
    assert "mp" not in client.get("/petitions/local/E14001063.json").json()
    assert client.get("/petitions/local/nowhere.json").status_code == 404


def test_the_same_stands_in_a_table(client: Client, signed):
    lines = client.get("/petitions/local/aldershot.csv").content.decode().split("\r\n")
    assert lines[0] == "Petition,URL,State,Local Signatures,Total Signatures"
    assert lines[1] == f"'=Many,https://testserver/petitions/{signed['many'].pk},open,30,60"
    response = client.get("/petitions/local/aldershot/all.csv")
    assert len(response.content.splitlines()) == 4
    assert response["Content-Disposition"] == 'attachment; filename="all-petitions-aldershot.csv"'
    assert client.get("/petitions/local/nowhere/all.csv").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/petitions.xml",
        "/petitions.html",
        "/petitions.geojson",
        "/petitions/1000001.xml",
        "/petitions/1000001/count.xml",
        "/archived/petitions.yaml",
        "/archived/petitions/5.xml",
        "/petitions/local/aldershot.xml",
        "/petitions/local/aldershot/all.xml",
        "/topics.csv",
        "/petitions/1000001.csv",
        "/petitions.jsonp",
        "/trending.xml",
        "/constituencies.geojson",
        "/parliaments/2017-2019.xml",
        "/parliaments/2017-2019/constituencies.xml",
    ],
)
def test_a_form_that_there_is_not_is_not_acceptable(client: Client, path: str):
    response = client.get(path)
    assert response.status_code == 406
    assert "error" in response.json()
    assert response["Access-Control-Allow-Origin"] == "*"


def test_browsers_may_ask_before_they_ask(client: Client):
    response = client.options("/petitions.json", headers={"Access-Control-Request-Method": "GET"})
    assert response.status_code == 204
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert response["Access-Control-Allow-Headers"].startswith("*, ")
    refused = client.post("/petitions.json")
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("path", ["/petitions.json", "/petitions.csv", "/archived/petitions.json", "/topics.json"])
@pytest.mark.parametrize(
    "query", ["q=%00", "q=%ff", "q=%ed%a0%80", "topic=%00", "state=%00", "count=%00&page=%00", "q=" + "a" * 5_000]
)
def test_no_bytes_are_a_fault(client: Client, path: str, query: str):
    # Zero bytes and endless questions are turned back before anything reads them.
    assert client.get(f"{path}?{query}").status_code in (200, 400, 414)
