"""Lists as JSON: states, order, pages and the links between them."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from opendata.uk.lists import PAGE_SIZE, Question, links
from petitions.lifecycle import State
from petitions.models import Hearing
from petitions.models.petition import ThresholdKind
from tests import factories as make

BASE = "https://testserver/petitions.json"


def ids(client: Client, query: str = "") -> list[int]:
    response = client.get(f"/petitions.json{query}")
    assert response.status_code == 200
    return [item["id"] for item in response.json()["data"]]


@pytest.fixture
def petitions(db):
    """One for each list, oldest first, with signatures in no order."""
    now = timezone.now()
    built = {
        "open": make.make_open_petition(signature_count=50, opened_at=now - timedelta(days=3)),
        "owed": make.make_owed_petition(signature_count=12_000, opened_at=now - timedelta(days=9)),
        "owed_longer": make.make_owed_petition(signature_count=11_000, opened_at=now - timedelta(days=10)),
        "answered": make.make_answered_petition(signature_count=13_000, opened_at=now - timedelta(days=8)),
        "closed": make.make_closed_petition(signature_count=40),
        "withdrawn": make.make_withdrawn_petition(signature_count=30),
        "rejected": make.make_rejected_petition(signature_count=6),
        "rejected_later": make.make_rejected_petition(signature_count=1),
        "waiting": make.make_closed_petition(signature_count=101_000),
        "planned": make.make_closed_petition(signature_count=102_000),
        "heard": make.make_closed_petition(signature_count=103_000),
        "not_heard": make.make_closed_petition(signature_count=104_000),
    }
    built["owed_longer"].crossings.update(crossed_at=now - timedelta(days=5))
    for name in ("waiting", "planned", "heard", "not_heard"):
        make.make_crossing(built[name], ThresholdKind.DEBATE)
    Hearing.objects.create(petition=built["planned"], scheduled_on=date(2030, 1, 1))
    Hearing.objects.create(petition=built["heard"], debated=True, outcome_at=datetime(2026, 1, 1, tzinfo=UTC))
    Hearing.objects.create(petition=built["not_heard"], debated=False, outcome_at=datetime(2026, 2, 1, tzinfo=UTC))
    for state in (State.DRAFT, State.GATHERING_SUPPORT, State.IN_MODERATION):
        make.make_petition(state=state, signature_count=900_000)
    make.make_hidden_petition(opened=True, signature_count=900_000)
    make.make_withdrawn_petition(opened=False, signature_count=900_000)
    return built


ALL = [
    "not_heard", "heard", "planned", "waiting", "answered", "owed", "owed_longer", "open", "closed", "withdrawn",
    "rejected", "rejected_later",
]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("all", ALL),
        ("", ALL),
        ("no-such-state", ALL),
        ("ALL", ALL),
        ("open", ["answered", "owed", "owed_longer", "open"]),
        ("recent", ["open", "answered", "owed", "owed_longer"]),
        ("closed", ["not_heard", "heard", "planned", "waiting", "closed", "withdrawn"]),
        ("rejected", ["rejected_later", "rejected"]),
        ("awaiting_response", ["owed_longer", "owed"]),
        ("with_response", ["answered"]),
        ("awaiting_debate", ["waiting", "planned"]),
        ("with_debate_outcome", ["not_heard", "heard"]),
        ("debated", ["heard"]),
        ("not_debated", ["not_heard"]),
    ],
)
def test_every_state_lists_its_petitions_in_its_order(client, petitions, state, names):
    assert ids(client, f"?state={state}") == [petitions[name].pk for name in names]


@pytest.mark.django_db
def test_an_item_is_a_summary_with_a_link_to_its_document(client):
    petition = make.make_open_petition()
    response = client.get("/petitions.json")
    (item,) = response.json()["data"]
    assert list(item) == ["type", "id", "links", "attributes"]
    assert item["type"] == "petition"
    assert item["id"] == petition.pk
    assert item["links"] == {"self": f"https://testserver/petitions/{petition.pk}.json"}
    assert not any(name.startswith("signatures_by") for name in item["attributes"])
    document = client.get(item["links"]["self"].removeprefix("https://testserver")).json()
    assert item["attributes"].items() <= document["data"]["attributes"].items()
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"].startswith("public")
    assert "Vary" not in response
    assert client.get("/petitions.json", headers={"If-None-Match": response["ETag"]}).status_code == 304


@pytest.mark.django_db
def test_links_lead_through_all_pages_and_back(client):
    petitions = [make.make_open_petition(thresholds=False, signature_count=number).pk for number in range(7)]
    address, seen = "/petitions.json?state=open&count=3", []
    while address:
        document = client.get(address).json()
        seen += [item["id"] for item in document["data"]]
        page = document["links"]
        assert page["first"] == f"{BASE}?count=3&state=open"
        assert page["last"] == f"{BASE}?count=3&page=3&state=open"
        address = page["next"] and page["next"].removeprefix("https://testserver")
    assert seen == petitions[::-1]
    assert page["self"] == page["last"]
    assert page["prev"] == f"{BASE}?count=3&page=2&state=open"
    assert client.get("/petitions.json?count=3&page=2&state=open").json()["links"]["prev"] == page["first"]


@pytest.mark.django_db
def test_links_say_only_what_does_not_go_without_saying(client):
    make.make_open_petition()
    assert client.get("/petitions.json?state=all&page=1").json()["links"] == {
        "self": f"{BASE}?state=all&page=1", "first": BASE, "last": BASE, "next": None, "prev": None,
    }  # fmt: skip
    found = client.get("/petitions.json?topic=a%26b&q=two+words&state=closed&count=9999").json()["links"]
    assert found["first"] == f"{BASE}?count=50&q=two+words&state=closed&topic=a%26b"


@pytest.mark.django_db
def test_past_the_end_is_an_empty_page_whose_previous_is_the_last(client):
    for _ in range(3):
        make.make_open_petition(thresholds=False)
    document = client.get("/petitions.json?count=2&page=99").json()
    assert document["data"] == []
    assert document["links"]["prev"] == document["links"]["last"] == f"{BASE}?count=2&page=2"
    assert document["links"]["next"] is None
    empty = client.get("/petitions.json?q=nothingofthekind").json()
    assert empty["data"] == []
    assert empty["links"]["last"] == empty["links"]["first"]


@pytest.mark.django_db
def test_links_stand_on_the_name_that_was_called(client, settings):
    petition = make.make_open_petition()
    settings.ALLOWED_HOSTS = ["*"]
    found = client.get("/petitions.json", headers={"Host": "data.example:8443"}).json()
    assert found["links"]["self"] == "https://data.example:8443/petitions.json"
    assert found["data"][0]["links"]["self"] == f"https://data.example:8443/petitions/{petition.pk}.json"
    settings.BASE_URL = "http://localhost:8000"
    assert client.get("/petitions.json").json()["links"]["self"] == "http://testserver/petitions.json"


@pytest.mark.django_db
def test_words_and_topics_narrow_the_list(client):
    trees = make.make_open_petition(title="Trees for all", topics=[make.make_topic("green")])
    make.make_open_petition(title="Trains for all", ask="Rails.", detail="")
    assert ids(client, "?q=tree") == [trees.pk]
    assert ids(client, "?topic=green") == [trees.pk]
    assert ids(client, "?topic=no-such") == []
    assert ids(client, f"?q={trees.pk}") == []


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ("1", 1),
        ("50", 50),
        ("51", 50),
        ("0", 1),
        ("-5", 1),
        ("abc", 50),
        ("", 50),
        ("9" * 50, 50),
        ("2.5", 50),
        ("٣", 50),
    ],
)
def test_the_length_of_a_page_is_pushed_between_1_and_50(asked, size):
    assert Question.read({"count": asked}).size == size


@pytest.mark.parametrize(
    ("asked", "page"),
    [("1", 1), ("99999", 99_999), ("100000", 1), ("0", 1), ("-3", 1), ("x", 1), ("", 1), ("9" * 50, 1), ("1e3", 1)],
)
def test_a_page_out_of_bounds_is_the_first(asked, page):
    assert Question.read({"page": asked}).page == page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["?page=99999", "?page=99999&count=50&state=closed", "?count=-1&page=-1&q=%26", "?state[]=open"]
)
def test_no_question_is_a_fault(client, query):
    assert client.get(f"/petitions.json{query}").status_code == 200


@given(page=st.integers(1, 99_999), count=st.none() | st.integers(1, 50), total=st.integers(0, 10_000_000))
def test_links_never_lead_out_of_the_list(page, count, total):
    question = Question(page=page, count=count)
    found = links(question, base=BASE, called=BASE, total=total)
    pages = max(-(-total // (count or PAGE_SIZE)), 1)

    def number(address: str) -> int:
        return int(parse_qs(urlsplit(address).query).get("page", ["1"])[0])

    assert number(found["first"]) == 1
    assert number(found["last"]) == pages
    assert (found["next"] is None) == (page >= pages)
    assert (found["prev"] is None) == (page == 1)
    for name in ("next", "prev"):
        assert found[name] is None or 1 <= number(found[name]) <= pages


@pytest.mark.django_db
def test_a_list_asks_as_often_however_long_it_is(client, django_assert_num_queries):
    for number in range(6):
        make.make_answered_petition(topics=[make.make_topic(f"t-{number}")])
    with django_assert_num_queries(5):
        client.get("/petitions.json")
