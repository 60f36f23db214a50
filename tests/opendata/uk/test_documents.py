"""One petition as JSON: every attribute, in every state."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.http import http_date

from opendata.values import moment as moment_in_json
from petitions.lifecycle import State
from petitions.models import (
    ConstituencyCount,
    Country,
    CountryCount,
    Hearing,
    HourCount,
    OtherBusiness,
    Petition,
    Region,
    RegionCount,
)
from petitions.models.petition import Source, ThresholdKind
from petitions.services.counting import note_counted
from tests import factories as make

pytestmark = pytest.mark.django_db

ATTRIBUTES = [
    "action", "background", "additional_details", "committee_note", "state", "signature_count",
    "paper_signature_count", "created_at", "updated_at", "rejected_at", "opened_at", "closed_at",
    "moderation_threshold_reached_at",
    "response_threshold_reached_at", "government_response_at", "debate_threshold_reached_at", "debate_scheduled_on",
    "scheduled_debate_date", "debate_outcome_at", "creator_name", "rejection", "government_response", "debate",
    "departments", "topics",
]  # fmt: skip
BESIDE = ("count", "history")
BREAKDOWNS = [
    "signatures_by_country", "signatures_by_constituency", "signatures_by_region", "other_parliamentary_business",
]  # fmt: skip


def document(client: Client, petition: Petition) -> dict:
    response = client.get(f"/petitions/{petition.pk}.json")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json; charset=utf-8"
    return response.json()


def attributes(client: Client, petition: Petition) -> dict:
    return document(client, petition)["data"]["attributes"]


def moment(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_an_imported_petition_comes_back_value_by_value(client):
    Country.objects.create(code="FR", name="France")
    for code, name in (("B", "North West"), ("A", "North East")):
        Region.objects.create(code=code, name=name)
    petition = make.make_closed_petition(
        id=241584,
        title="Revoke it",
        ask="Because.",
        detail="",
        committee_note="It was corrected.",
        creator_name="Not shown when closed",
        signature_count=6_103_056,
        created_at=moment(2019, 2, 14, 8, 1, 2, 3456),
        updated_at=moment(2019, 8, 21),
        opened_at=moment(2019, 2, 20, 10, 25, 2, 393999),
        closed_at=moment(2019, 8, 20, 22, 59, 59, 999000),
        moderation_threshold_reached_at=moment(2019, 2, 14, 9),
        source=Source.UK,
        source_id="241584",
        exempt=True,
        source_data={
            "government_response": {"created_at": "2019-03-26T09:15:36.118Z", "updated_at": "2019-03-27T10:00:00.000Z"}
        },
        topics=[make.make_topic("trade"), make.make_topic("europe")],
        departments=[
            make.make_department("Z", name="Zebras", url="https://z.example/"),
            make.make_department("Y", name="Alpacas", url=""),
        ],
        response_state="answered",
    )
    make.make_crossing(petition, crossed_at=moment(2019, 3, 18, 13, 26, 30), fires=False)
    make.make_crossing(petition, ThresholdKind.DEBATE, crossed_at=moment(2019, 3, 20, 20, 33, 35), fires=False)
    make.make_public_case(
        petition,
        answered_at=moment(2019, 3, 26, 9, 15, 36, 118000),
        responded_on=date(2019, 3, 26),
        summary={"en": "No."},
        text={"en": "No, we will not.\n\nNever."},
    )
    Hearing.objects.create(
        petition=petition,
        scheduled_on=date(2019, 4, 1),
        outcome_at=moment(2019, 4, 2),
        debated=True,
        debated_on=date(2019, 4, 1),
        links={"transcript_url": "https://hansard.example/1", "video_url": ""},
    )
    OtherBusiness.objects.create(
        petition=petition, subject="A letter", body="It said so.", created_at=moment(2019, 5, 1), occurred_on=None
    )
    for region, count in (("B", 20), ("A", 10)):
        RegionCount.objects.create(petition=petition, region_code=region, imported=count, signed=4)
    CountryCount.objects.create(petition=petition, country_code="FR", imported=7)
    CountryCount.objects.create(petition=petition, country_code="", name="Atlantis", imported=2)
    for code, mp in (("E2", ""), ("E1", "Jo Member")):
        ConstituencyCount.objects.create(petition=petition, ons_code=code, name=f"In {code}", mp=mp, signature_count=3)
    found = document(client, petition)
    assert list(found) == ["links", "data"]
    assert found["links"] == {"self": "https://testserver/petitions/241584.json"}
    assert list(found["data"]) == ["type", "id", "attributes"]
    assert found["data"]["type"] == "petition"
    assert found["data"]["id"] == 241584
    assert list(found["data"]["attributes"]) == ATTRIBUTES + BREAKDOWNS
    assert found["data"]["attributes"] == {
        "action": "Revoke it",
        "background": "Because.",
        "additional_details": None,
        "committee_note": "It was corrected.",
        "state": "closed",
        "signature_count": 6_103_056,
        "paper_signature_count": 0,
        "created_at": "2019-02-14T08:01:02.003Z",
        "updated_at": "2019-08-21T00:00:00.000Z",
        "rejected_at": None,
        "opened_at": "2019-02-20T10:25:02.393Z",
        "closed_at": "2019-08-20T22:59:59.999Z",
        "moderation_threshold_reached_at": "2019-02-14T09:00:00.000Z",
        "response_threshold_reached_at": "2019-03-18T13:26:30.000Z",
        "government_response_at": "2019-03-26T09:15:36.118Z",
        "debate_threshold_reached_at": "2019-03-20T20:33:35.000Z",
        "debate_scheduled_on": "2019-04-01",
        "scheduled_debate_date": "2019-04-01",
        "debate_outcome_at": "2019-04-02T00:00:00.000Z",
        "creator_name": None,
        "rejection": None,
        "government_response": {
            "responded_on": "2019-03-26",
            "summary": "No.",
            "details": "No, we will not.\n\nNever.",
            "created_at": "2019-03-26T09:15:36.118Z",
            "updated_at": "2019-03-27T10:00:00.000Z",
        },
        "debate": {
            "debated_on": "2019-04-01",
            "transcript_url": "https://hansard.example/1",
            "video_url": None,
            "debate_pack_url": None,
            "public_engagement_url": None,
            "debate_summary_url": None,
            "overview": None,
        },
        "departments": [
            {"acronym": "Y", "name": "Alpacas", "url": None},
            {"acronym": "Z", "name": "Zebras", "url": "https://z.example/"},
        ],
        "topics": ["europe", "trade"],
        "signatures_by_country": [
            {"name": "Atlantis", "code": None, "signature_count": 2},
            {"name": "France", "code": "FR", "signature_count": 7},
        ],
        "signatures_by_constituency": [
            {"name": "In E1", "ons_code": "E1", "mp": "Jo Member", "signature_count": 3},
            {"name": "In E2", "ons_code": "E2", "mp": None, "signature_count": 3},
        ],
        "signatures_by_region": [
            {"name": "North East", "ons_code": "A", "signature_count": 10},
            {"name": "North West", "ons_code": "B", "signature_count": 20},
        ],
        "other_parliamentary_business": [
            {
                "subject": "A letter",
                "body": "It said so.",
                "occurred_on": None,
                "created_at": "2019-05-01T00:00:00.000Z",
                "updated_at": None,
            }
        ],
    }


def test_an_open_petition_has_its_creator_and_its_closing_day(client):
    petition = make.make_open_petition(closes_at=moment(2027, 7, 2))
    found = attributes(client, petition)
    assert found["state"] == "open"
    assert found["closing_date"] == "2027-07-01"
    assert found["creator_name"] == "Somebody Else"
    assert found["closed_at"] is None
    assert found["government_response"] is None
    assert found["debate"] is None
    assert found["rejection"] is None
    assert set(found) == {*ATTRIBUTES, *BREAKDOWNS, "closing_date"}


def test_a_refused_petition_has_its_reason_and_no_breakdown(client):
    found = attributes(client, make.make_rejected_petition(code="duplicate", details="See the other."))
    assert found["state"] == "rejected"
    assert found["rejection"] == {"code": "duplicate", "details": "See the other."}
    assert found["creator_name"] is None
    assert list(found) == ATTRIBUTES


def test_a_petition_withdrawn_after_opening_reads_closed(client):
    petition = make.make_withdrawn_petition(withdrawn_at=moment(2026, 5, 5))
    found = attributes(client, petition)
    assert found["state"] == "closed"
    assert found["closed_at"] == "2026-05-05T00:00:00.000Z"
    assert found["creator_name"] is None


def test_an_answer_of_this_site_has_its_own_dates(client):
    petition = make.make_answered_petition()
    answer = attributes(client, petition)["government_response"]
    assert answer["summary"] == "Trees will be planted."
    assert answer["created_at"] == answer["updated_at"] == attributes(client, petition)["government_response_at"]


def test_an_owed_answer_is_null(client):
    found = attributes(client, make.make_owed_petition())
    assert found["government_response"] is None
    assert found["government_response_at"] is None
    assert found["response_threshold_reached_at"] is not None


def test_a_hearing_that_was_refused_is_an_object_without_a_day_and_a_planned_one_is_null(client):
    refused, planned = make.make_closed_petition(), make.make_closed_petition()
    Hearing.objects.create(petition=refused, debated=False, outcome_at=moment(2026, 1, 1))
    Hearing.objects.create(petition=planned, scheduled_on=date(2026, 1, 1))
    assert attributes(client, refused)["debate"]["debated_on"] is None
    assert attributes(client, planned)["debate"] is None
    assert attributes(client, planned)["scheduled_debate_date"] == "2026-01-01"


def test_small_numbers_of_signatures_given_here_are_in_no_row(client):
    Region.objects.create(code="A", name="North East")
    Region.objects.create(code="B", name="North West")
    petition = make.make_open_petition(signature_count=9)
    RegionCount.objects.create(petition=petition, region_code="A", signed=4)
    RegionCount.objects.create(petition=petition, region_code="B", signed=5)
    found = attributes(client, petition)["signatures_by_region"]
    assert found == [{"name": "North West", "ons_code": "B", "signature_count": 5}]


def test_the_count_is_a_small_document_of_its_own(client):
    petition = make.make_owed_petition(signature_count=10_001)
    response = client.get(f"/petitions/{petition.pk}/count.json")
    assert list(response.json()) == [
        "signature_count", "paper_signature_count", "response_threshold_reached_at", "government_response_at",
        "debate_threshold_reached_at", "scheduled_debate_date", "debate_outcome_at", "debated", "counted_at", "age",
    ]  # fmt: skip
    assert response.json()["signature_count"] == 10_001
    assert response.json()["debated"] is False
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"].startswith("public")


def test_the_count_says_how_old_it_is(client):
    address = f"/petitions/{make.make_open_petition().pk}/count.json"
    assert (client.get(address).json()["counted_at"], client.get(address).json()["age"]) == (None, None)
    now = timezone.now()
    note_counted(now=now - timedelta(seconds=90))
    document = client.get(address).json()
    assert document["counted_at"] == moment_in_json(now - timedelta(seconds=90))
    assert 90 <= document["age"] < 180
    note_counted(now=now, at_least_every=100)
    assert client.get(address).json()["counted_at"] == document["counted_at"]
    note_counted(now=now)
    assert client.get(address).json()["counted_at"] == moment_in_json(now)


def test_the_history_has_each_hour_and_what_no_hour_is_known_of(client):
    petition = make.make_open_petition(signature_count=105)
    make.make_hours(petition, 2, each=10, last=moment(2026, 3, 1, 11))
    HourCount.objects.create(petition=petition, hour=moment(2026, 3, 1, 12), count=0)
    document = client.get(f"/petitions/{petition.pk}/history.json").json()
    assert document["data"] == {
        "type": "petition-history",
        "id": petition.pk,
        "attributes": {
            "signature_count": 105,
            "before": 85,
            "signatures_by_hour": [
                {"hour": "2026-03-01T10:00:00.000Z", "signature_count": 10},
                {"hour": "2026-03-01T11:00:00.000Z", "signature_count": 10},
            ],
        },
    }


@pytest.mark.parametrize(
    ("build", "status"),
    [
        (make.make_petition, 404),
        (lambda: make.make_petition(state=State.GATHERING_SUPPORT), 404),
        (lambda: make.make_petition(state=State.IN_MODERATION), 404),
        (make.make_hidden_petition, 404),
        (lambda: make.make_hidden_petition(opened=True), 410),
        (lambda: make.make_withdrawn_petition(opened=False), 404),
    ],
    ids=["draft", "gathering support", "in moderation", "hidden", "hidden after opening", "withdrawn before opening"],
)
def test_what_is_not_public_is_not_there(client, build, status):
    petition = build()
    for path in (f"/petitions/{petition.pk}.json", *(f"/petitions/{petition.pk}/{name}.json" for name in BESIDE)):
        response = client.get(path)
        assert response.status_code == status
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "error" in response.json()
        assert petition.title not in response.content.decode()


@pytest.mark.parametrize(
    ("number", "status"),
    [
        ("999999999", 404),
        ("abc", 400),
        ("-1", 400),
        ("1.5", 400),
        ("9" * 40, 404),
        ("١", 400),
        ("new", 400),
        ("%20", 400),
    ],
)
def test_numbers_that_are_none_or_nobodys_get_json_too(client, number, status):
    for path in (f"/petitions/{number}.json", *(f"/petitions/{number}/{name}.json" for name in BESIDE)):
        response = client.get(path)
        assert response.status_code == status
        assert "error" in response.json()
        assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_data_is_only_read(client, method):
    petition = make.make_open_petition()
    for path in ("/petitions.json", f"/petitions/{petition.pk}.json", f"/petitions/{petition.pk}/count.json"):
        assert getattr(client, method)(path).status_code == 405


def test_whoever_has_a_document_already_is_told_so(client):
    petition = make.make_open_petition()
    Petition.objects.filter(pk=petition.pk).update(updated_at=timezone.now() - timedelta(hours=1))
    path = f"/petitions/{petition.pk}.json"
    first = client.get(path)
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    again = client.get(path, headers={"If-Modified-Since": first["Last-Modified"]})
    assert again.status_code == 304
    assert again["Access-Control-Allow-Origin"] == "*"
    Petition.objects.filter(pk=petition.pk).update(signature_count=7, updated_at=timezone.now())
    changed = client.get(path, headers={"If-None-Match": first["ETag"], "If-Modified-Since": first["Last-Modified"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_a_change_of_this_second_is_never_hidden_by_a_time_in_seconds(client):
    changed_at = timezone.now().replace(microsecond=0)
    path = f"/petitions/{make.make_open_petition(updated_at=changed_at).pk}.json"
    with time_machine.travel(changed_at + timedelta(microseconds=999_999), tick=False):
        assert "Last-Modified" not in client.get(path)
    with time_machine.travel(changed_at + timedelta(seconds=1), tick=False):
        assert client.get(path)["Last-Modified"] == http_date(changed_at.timestamp())


def test_a_document_asks_as_often_however_much_it_holds(client, django_assert_num_queries):
    petition = make.make_answered_petition(topics=[make.make_topic(f"t-{number}") for number in range(4)])
    for number in range(4):
        RegionCount.objects.create(petition=petition, region_code=str(number), signed=9)
    client.get(f"/petitions/{petition.pk}.json")  # reads what each process keeps for a minute
    with django_assert_num_queries(9):
        client.get(f"/petitions/{petition.pk}.json")


def test_stored_markup_is_data(client):
    petition = make.make_open_petition(title="<script>alert(1)</script> é 🐦")
    body = client.get(f"/petitions/{petition.pk}.json").content.decode()
    assert json.loads(body)["data"]["attributes"]["action"] == "<script>alert(1)</script> é 🐦"
