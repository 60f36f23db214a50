"""Answers as tools for petitions.whitehouse.gov ask for them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from opendata.wethepeople.finding import FIRST_RESPONSE
from petitions.models import Petition
from tests import factories as make
from tests.opendata.wethepeople.conftest import info
from tests.opendata.wethepeople.test_petitions import SOURCE_ID, of_there

pytestmark = pytest.mark.django_db

RESPONSE = ["id", "title", "body", "petitions", "url", "relative_url", "agency", "issues", "created"]
PETITION = ["id", "url", "relative_url", "short_url", "title", "signature_count", "timestamp_reached_ready"]


def numbers(client, **query: object) -> list[str]:
    response = client.get("/v1/responses.json", query)
    assert response.status_code == 200, response.content
    return [one["id"] for one in response.json()["results"]]


def answered(case_id: int, *, days: int, **columns: object) -> Petition:
    petition = make.make_open_petition(signature_count=12_000, response_state="answered", **columns)
    make.make_crossing(petition, crossed_at=datetime(2026, 5, 1, tzinfo=UTC))
    make.make_public_case(
        petition,
        case_id=case_id,
        answer_path=f"/answers/{case_id}/",
        department=make.make_department(),
        text={"en": "We will.\n\n<b>Soon</b> & well."},
        answered_at=timezone.now() - timedelta(days=days),
    )
    return petition


def test_one_answer_to_two_petitions_is_one_response(client):
    first = answered(7, days=3, topics=[make.make_topic("trees")])
    second = answered(7, days=2, topics=[make.make_topic("trees"), make.make_topic("air")])
    found = client.get(f"/v1/responses/{FIRST_RESPONSE + 7}.json").json()
    assert found["metadata"]["resultset"] == {"count": 1, "limit": 1, "offset": 0}
    response = found["results"][0]
    assert list(response) == RESPONSE
    assert response["body"] == "<p>We will.</p>\n\n<p>&lt;b&gt;Soon&lt;/b&gt; &amp; well.</p>"
    assert (response["url"], response["relative_url"]) == ("https://testserver/answers/7/", "/answers/7/")
    assert (response["agency"], [issue["id"] for issue in response["issues"]]) == (
        "Department of Trees", ["air", "trees"],
    )  # fmt: skip
    assert [list(one) for one in response["petitions"]] == [PETITION] * 2
    assert [one["id"] for one in response["petitions"]] == [str(first.pk), str(second.pk)]
    assert response["petitions"][0]["timestamp_reached_ready"] == int(datetime(2026, 5, 1, tzinfo=UTC).timestamp())
    assert client.get("/v1/responses.json").json()["metadata"]["resultset"]["count"] == 1


def test_what_was_answered_there_has_its_number_and_address_and_no_text_of_ours(client):
    of_there("responded")
    response = client.get("/v1/responses/331.json").json()["results"][0]
    assert (response["id"], response["title"], response["body"]) == ("331", None, None)
    assert (response["url"], response["relative_url"]) == ("https://petitions.example/response/pets", None)
    assert response["created"] == 1325703633
    assert [one["id"] for one in response["petitions"]] == [SOURCE_ID]


def test_the_newest_first_unless_asked_otherwise(client):
    of_there("responded")
    for case_id, days in ((1, 5), (2, 1), (3, 9)):
        answered(case_id, days=days)
    newest = [str(FIRST_RESPONSE + number) for number in (2, 1, 3)] + ["331"]
    assert numbers(client) == newest
    assert numbers(client, sortOrder="asc") == newest[::-1]
    assert numbers(client, limit=2, offset=1) == newest[1:3]
    told = client.get("/v1/responses.json?limit=5000").json()["metadata"]
    assert told["resultset"] == {"count": 4, "limit": 50, "offset": 0}
    assert told["requestInfo"]["resource"] == "responses"


def test_by_petition(client):
    petition = answered(1, days=5)
    answered(2, days=5)
    of_there("responded")
    assert numbers(client, petitionId=petition.pk) == [str(FIRST_RESPONSE + 1)]
    assert numbers(client, petitionId=SOURCE_ID) == ["331"]
    assert numbers(client, petitionId=make.make_open_petition().pk) == []
    assert info(client.get("/v1/responses.json?petitionId=77"), 404)["errorCode"] == 84


def test_a_number_that_is_none_and_one_that_stands_for_nothing(client):
    answered(1, days=1, state="hidden")
    for number in ("abc", "9" * 30, "-1"):
        assert info(client.get(f"/v1/responses/{number}.json"), 400)["errorCode"] == 87
    for number in ("5", FIRST_RESPONSE + 1, FIRST_RESPONSE + 77):
        assert info(client.get(f"/v1/responses/{number}.json"), 404)["errorCode"] == 84
