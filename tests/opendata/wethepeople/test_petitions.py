"""Petitions as tools for petitions.whitehouse.gov ask for them: the list, its arguments, one petition."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from django.test import Client
from django.utils import timezone

from petitions.models import Petition
from petitions.models.petition import Source
from tests import factories as make
from tests.opendata.wethepeople.conftest import ENVELOPE, info

pytestmark = pytest.mark.django_db

PETITION = [
    "id", "type", "title", "body", "petition_type", "issues", "signatureThreshold", "signatureCount",
    "signaturesNeeded", "url", "deadline", "status", "response", "created", "published", "isSignable", "isPublic",
    "reachedPublic", "source",
]  # fmt: skip
SOURCE_ID = "4e7b352b4bd5046c04000000"


def get(client: Client, path: str = "petitions.json", **query: object) -> dict:
    response = client.get(f"/v1/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


def titles(client: Client, **query: object) -> list[str]:
    return [one["title"] for one in get(client, **query)["results"]]


def of_there(status: str = "closed", **columns: object) -> Petition:
    """A petition that came from We the People."""
    answer = {"id": "331", "url": "https://petitions.example/response/pets", "associationTime": 1325703633}
    petition = make.make_closed_petition(
        **{
            "source": Source.WTP,
            "source_id": SOURCE_ID,
            "source_state": status,
            "source_url": "https://petitions.example/petition/homes/kxBLFMx8",
            "exempt": True,
            "opened_at": datetime.fromtimestamp(1316697387, UTC),
            "closed_at": datetime.fromtimestamp(1319289387, UTC),
            "imported_count": 11_729,
            "signature_count": 11_729,
            "response_state": "answered" if status == "responded" else "none",
            "source_data": {
                "issues": [{"id": "20", "name": "Environment"}],
                "response": answer if status == "responded" else None,
            },
            **columns,
        }
    )
    petition.thresholds.filter(kind="response").update(count=5_000)
    if status == "responded":
        at = datetime.fromtimestamp(answer["associationTime"], UTC)
        make.make_public_case(petition, state="closed", external_url=answer["url"], answered_at=at)
    return petition


def test_a_petition_has_every_field_of_the_api(client):
    topic = make.make_topic("trees")
    opened, closes = datetime(2026, 5, 1, 12, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    columns = {"opened_at": opened, "closes_at": closes, "signature_count": 9_000, "topics": [topic]}
    petition = make.make_open_petition(title="Plant trees", ask="Please.", detail="Shade.", **columns)
    found = get(client, f"petitions/{petition.pk}.json")
    assert found["metadata"]["resultset"] == {"count": 1, "limit": 1, "offset": 0}
    assert found["metadata"]["responseInfo"] == dict(zip(ENVELOPE, (200, "OK", "", "", ""), strict=True))
    assert list(found["results"][0]) == PETITION
    assert found["results"][0] == {
        "id": str(petition.pk),
        "type": "petition",
        "title": "Plant trees",
        "body": "Please.\n\nShade.",
        "petition_type": None,
        "issues": [{"id": "trees", "name": "Trees"}],
        "signatureThreshold": 10_000,
        "signatureCount": 9_000,
        "signaturesNeeded": 1_000,
        "url": f"https://testserver/petitions/{petition.pk}/",
        "deadline": int(closes.timestamp()),
        "status": "open",
        "response": None,
        "created": int(opened.timestamp()),
        "published": int(opened.timestamp()),
        "isSignable": True,
        "isPublic": True,
        "reachedPublic": int(opened.timestamp()),
        "source": None,
    }


def test_what_came_from_there_is_found_by_its_own_id_and_by_our_number(client):
    petition = of_there("responded")
    by_its_own = get(client, f"petitions/{SOURCE_ID}.json")["results"][0]
    by_ours = get(client, f"petitions/{petition.pk}")["results"][0]
    assert by_its_own == by_ours
    assert by_its_own["id"] == SOURCE_ID
    assert (by_its_own["created"], by_its_own["deadline"]) == (1316697387, 1319289387)
    assert (by_its_own["signatureThreshold"], by_its_own["signaturesNeeded"]) == (5_000, 0)
    assert by_its_own["issues"] == [{"id": "20", "name": "Environment"}]
    assert by_its_own["response"] == {
        "id": "331",
        "url": "https://petitions.example/response/pets",
        "associationTime": 1325703633,
    }
    assert by_its_own["source"]["name"] == "We the People"
    assert by_its_own["source"]["licence_url"].startswith("https://creativecommons.org/")


@pytest.mark.parametrize("status", ["open", "pending response", "closed"])
def test_the_status_from_there_is_kept_though_nobody_can_sign(client, status):
    of_there(status)
    found = get(client, f"petitions/{SOURCE_ID}.json")["results"][0]
    assert (found["status"], found["isSignable"]) == (status, False)
    assert get(client, status=status)["metadata"]["resultset"]["count"] == 1
    assert get(client, isSignable=1)["results"] == []


def test_the_most_copied_queries_of_all(client):
    for number in range(12):
        make.make_open_petition(title=f"Petition {number}", signature_count=number * 1_000, ask="Words.")
    everything = get(client, limit=100)
    assert everything["metadata"]["responseInfo"]["status"] == 200
    assert len(everything["results"]) == 12
    large = client.get("/v1/petitions.json?signatureCountFloor=10000&limit=100").json()
    assert large["metadata"]["responseInfo"]["status"] == 200
    shown = [(one["title"], one["body"][:6], one["signatureCount"]) for one in large["results"]]
    assert shown == [("Petition 10", "Words.", 10_000), ("Petition 11", "Words.", 11_000)]


def test_each_public_petition_is_listed_and_nothing_else(client):
    make.make_open_petition(title="open")
    make.make_closed_petition(title="closed")
    make.make_rejected_petition(title="refused")
    make.make_withdrawn_petition(title="withdrawn")
    make.make_withdrawn_petition(title="never open", opened=False)
    make.make_hidden_petition(title="hidden", opened=True)
    for state in ("draft", "gathering_support", "in_moderation"):
        make.make_petition(title=state, state=state)
    assert sorted(titles(client)) == ["closed", "open", "refused", "withdrawn"]
    assert sorted(titles(client, status="closed")) == ["closed", "refused", "withdrawn"]
    assert titles(client, isSignable=1) == ["open"]
    assert sorted(titles(client, isSignable=0)) == ["closed", "refused", "withdrawn"]


def test_the_first_published_comes_first_and_both_orders_turn_round(client):
    now = timezone.now()
    for title, days, signed in (("new", 1, 5), ("old", 9, 7), ("middle", 5, 6)):
        make.make_open_petition(title=title, opened_at=now - timedelta(days=days), signature_count=signed)
    assert titles(client) == ["old", "middle", "new"]
    assert titles(client, sortOrder="desc") == ["new", "middle", "old"]
    assert titles(client, sortBy="signature_count") == ["new", "middle", "old"]
    assert titles(client, sortBy="signature_count", sortOrder="DESC") == ["old", "middle", "new"]
    assert titles(client, limit=1, offset=1) == ["middle"]
    assert get(client, limit=1, offset=1)["metadata"]["resultset"] == {"count": 3, "limit": 1, "offset": 1}


def test_conditions_choose(client):
    topic = datetime(2026, 5, 1, 12, tzinfo=UTC)
    second = int(topic.timestamp())
    make.make_open_petition(title="Ban cars in towns", ask="More bicycles.", opened_at=topic, signature_count=50)
    other = make.make_open_petition(title="Plant trees", ask="No more cars.", signature_count=60)
    other.thresholds.filter(kind="response").update(count=500)
    make.make_open_petition(title="Plantez des arbres", ask="L'été.", language="fr", thresholds=False)
    assert titles(client, title="car") == ["Ban cars in towns"]
    assert titles(client, body="cars") == ["Plant trees"]
    assert titles(client, title='"in towns"') == ["Ban cars in towns"]
    assert titles(client, body="ete") == ["Plantez des arbres"]
    assert titles(client, title="the") == []
    assert titles(client, createdAt=second) == ["Ban cars in towns"]
    assert titles(client, createdBefore=second) == []
    assert titles(client, createdBefore=second + 1) == ["Ban cars in towns"]
    assert "Ban cars in towns" not in titles(client, createdAfter=second)
    assert "Ban cars in towns" in titles(client, createdAfter=second - 1)
    assert titles(client, signatureCount=60) == ["Plant trees"]
    assert titles(client, signatureCountFloor=50, signatureCountCeiling=59) == ["Ban cars in towns"]
    assert titles(client, signatureThreshold=500) == ["Plant trees"]
    assert titles(client, signatureThresholdCeiling=9_999) == ["Plant trees"]
    # Where there is no threshold, the document says the usual one, and the condition judges by it.
    assert sorted(titles(client, signatureThresholdFloor=10_000)) == ["Ban cars in towns", "Plantez des arbres"]


def test_by_its_response(client):
    there = of_there("responded", title="there")
    here = make.make_answered_petition(title="here")
    make.make_open_petition(title="nothing yet")
    number = get(client, f"petitions/{here.pk}.json")["results"][0]["response"]["id"]
    assert int(number) > 10**9
    assert titles(client, responseID=331) == ["there"]
    assert titles(client, responseID=number) == ["here"]
    assert titles(client, responseId="no number") == []
    assert titles(client, responseAssociationTimeBefore=1325703634) == ["there"]
    assert titles(client, responseAssociationTimeBefore=1325703633) == []
    assert titles(client, status="responded") == ["there", "here"]
    assert there.source_id == SOURCE_ID


def test_by_the_address_of_its_page_here_or_there(client):
    petition = of_there()
    for url in (f"https://any.example/petitions/{petition.pk}/", f"/fr/petitions/{petition.pk}/", petition.source_url):
        found = get(client, url=url)
        assert [one["id"] for one in found["results"]] == [SOURCE_ID]
        assert found["metadata"]["resultset"] == {"count": 1, "limit": 1, "offset": 0}
    assert info(client.get("/v1/petitions.json", {"url": "no address"}), 400)["errorCode"] == 88
    assert info(client.get("/v1/petitions.json", {"url": "https://[::1"}), 400)["errorCode"] == 88
    assert info(client.get("/v1/petitions.json", {"url": "https://petitions.example/else"}), 404)["errorCode"] == 84
    assert info(client.get("/v1/petitions.json", {"url": "/petitions/77/"}), 404)["errorCode"] == 84


def test_the_answer_says_what_was_understood(client):
    said = get(client, limit="5000", offset="-3", title=" cars ", sortBy="nonsense", createdAt="yesterday")
    request = said["metadata"]["requestInfo"]
    assert (request["apiVersion"], request["resource"]) == (1, "petitions")
    query = request["query"]
    assert (query["limit"], query["offset"], query["title"]) == (1_000, 0, "cars")
    assert (query["sortBy"], query["sortOrder"], query["createdAt"]) == ("date_reached_public", "asc", None)
    assert (query["isPublic"], query["signatureCountFloor"], query["publicThreshold"]) == (1, 0, 5)
    assert (query["petitionsDefaultLimit"], query["websiteUrl"]) == (1_000, "https://testserver")
    assert list(query) == sorted(query)
    assert isinstance(said["metadata"]["executionTime"], float)


@pytest.mark.parametrize("number", ["77", "4e7b352b4bd5046c04000009", "abc", "9" * 40, "%C3%A9"])
def test_an_unknown_petition_is_404_in_both_places(client, number):
    for path in (f"petitions/{number}.json", f"petitions/{number}/signatures.json"):
        said = info(client.get(f"/v1/{path}"), 404)
        assert said["errorCode"] == 84
        assert said["userMessage"]


def test_what_is_not_public_is_404_and_what_was_taken_away_410(client):
    for state in ("draft", "gathering_support", "in_moderation"):
        petition = make.make_petition(state=state)
        info(client.get(f"/v1/petitions/{petition.pk}.json"), 404)
    info(client.get(f"/v1/petitions/{make.make_hidden_petition().pk}.json"), 404)
    info(client.get(f"/v1/petitions/{make.make_hidden_petition(opened=True).pk}.json"), 410)
    assert info(client.get("/v1/petitions.json?isPublic=0"), 403)["errorCode"] == 86


@pytest.mark.parametrize(
    "query",
    [
        "limit=99999999999999999999&offset=99999999999999999999",
        "createdAfter=99999999999999999999&createdBefore=-5&createdAt=9999999999999",
        "signatureCount=99999999999999999999&signatureThresholdFloor=1e9",
        "title=%22%22&body=---&status=%F0%9F%8C%B3",
        "title=" + "word+" * 200,
        "title=a%20%26%20!b%20%3C-%3E%20c:*&body=%5C",
        "responseID=" + "9" * 60,
        "url=%2F%2F%5B",
        "limit=0",
        "sortBy=&sortOrder=&mock=1&isSignable=x",
        "limit[]=1&title[$ne]=x",
    ],
)
def test_nothing_that_a_client_sends_is_an_error_of_ours(client, query):
    make.make_open_petition()
    assert client.get(f"/v1/petitions.json?{query}").status_code in (200, 400, 404)


def test_as_a_script_it_calls_the_function_and_no_other_code(client):
    make.make_open_petition(title="</script><!-- \u2028 é")
    response = client.get("/v1/petitions.jsonp?callback=app.show&limit=1")
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"
    body = response.content.decode()
    assert body.startswith("/**/app.show({")
    assert body.endswith(");")
    assert "<" not in body
    assert "\u2028" not in body
    inside = orjson.loads(body.removeprefix("/**/app.show(").removesuffix(");"))
    assert inside["results"][0]["title"] == "</script><!-- \u2028 é"


@pytest.mark.parametrize("callback", ["", "alert(1)", "a;b", "1a", "a\n", "é", "a" * 101, "a b", "a[0]"])
def test_what_is_no_name_of_a_function_is_refused(client, callback):
    response = client.get("/v1/petitions.jsonp", {"callback": callback})
    assert response.status_code == 400
    assert response["Content-Type"].startswith("application/json")


def test_a_script_hears_of_a_refusal_too(client):
    response = client.get("/v1/petitions/77.jsonp?callback=show")
    assert response.status_code == 404
    assert response.content.startswith(b'/**/show({"metadata":{"responseInfo":{"status":404')


def test_other_formats_methods_and_addresses_are_refused_in_the_same_envelope(client):
    info(client.get("/v1/petitions.xml"), 406)
    assert info(client.get("/v1/nothing.json"), 404)["errorCode"] == 84
    info(client.get("/v1/"), 404)
    info(client.get("/v1/petitions/1/2/3.json"), 404)
    assert client.post("/v1/petitions.json").status_code == 405
    assert client.options("/v1/petitions.json").status_code == 204


def test_every_site_may_read_it_everybody_may_keep_it_and_ask_whether_it_changed(client):
    petition = make.make_open_petition()
    path = f"/v1/petitions/{petition.pk}.json"
    response = client.get(path)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    assert "Vary" not in response
    again = client.get(path, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    Petition.objects.filter(pk=petition.pk).update(signature_count=5)
    assert client.get(path, headers={"If-None-Match": response["ETag"]}).status_code == 200
    assert client.head(path).status_code == 200
    assert "no-store" in client.get("/v1/petitions/77.json")["Cache-Control"]


def test_a_list_takes_the_same_number_of_queries_however_long(client, django_assert_max_num_queries):
    for _number in range(3):
        make.make_open_petition(topics=[make.make_topic()])
    get(client)  # limits are known from here on
    with django_assert_max_num_queries(6):
        get(client, limit=1)
    with django_assert_max_num_queries(6):
        assert len(get(client, limit=1_000)["results"]) == 3
