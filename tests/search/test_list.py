"""The list of petitions: search, states, topics, order, pages."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from petitions.lifecycle import ResponseState, State
from petitions.models import Petition
from search import engines, queries
from search.engines import tables
from tests import factories as make

pytestmark = pytest.mark.django_db

SECRET = "unmoderated words"


def listed(client: Client, query: str = "", language: str = "") -> list[int]:
    response = client.get(f"{language}/petitions/{query}")
    assert response.status_code == 200
    html = response.content.decode().split('id="results"')[1]
    return [int(number) for number in re.findall(r'href="(?:/fr)?/petitions/(\d+)/"', html)]


@pytest.fixture
def petitions():
    return {
        "open": make.make_open_petition(signature_count=50),
        "owed": make.make_owed_petition(signature_count=12_000),
        "answered": make.make_answered_petition(signature_count=11_000, state=State.CLOSED, closed_at=timezone.now()),
        "closed": make.make_closed_petition(signature_count=40),
        "rejected": make.make_rejected_petition(signature_count=6),
        "withdrawn": make.make_withdrawn_petition(signature_count=30),
    }


@pytest.fixture
def unmoderated():
    words = {"title": SECRET, "ask": SECRET, "detail": SECRET, "creator_name": SECRET}
    return [
        make.make_petition(**words),
        make.make_petition(**words, state=State.GATHERING_SUPPORT),
        make.make_petition(**words, state=State.IN_MODERATION, response_state=ResponseState.AWAITING),
        make.make_hidden_petition(**words),
        make.make_hidden_petition(**words, opened=True),
        make.make_withdrawn_petition(**words, opened=False),
    ]


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("", ["owed", "answered", "open", "closed", "withdrawn", "rejected"]),
        ("all", ["owed", "answered", "open", "closed", "withdrawn", "rejected"]),
        ("open", ["owed", "open"]),
        ("awaiting_response", ["owed"]),
        ("with_response", ["answered"]),
        ("closed", ["answered", "closed", "withdrawn"]),
        ("rejected", ["rejected"]),
        ("no-such-state", ["owed", "answered", "open", "closed", "withdrawn", "rejected"]),
    ],
)
def test_each_state_lists_its_petitions_most_signed_first(client, petitions, unmoderated, state, names):
    assert listed(client, f"?state={state}") == [petitions[name].pk for name in names]


@pytest.mark.parametrize("path", ["/petitions/", "/fr/petitions/", "/", "/fr/", "/petitions.json"])
@pytest.mark.parametrize("query", ["", "?q=unmoderated", "?state=open", "?state=closed", "?state=awaiting_response"])
def test_unmoderated_text_is_in_no_list(client, unmoderated, path, query):
    body = client.get(path + query).content.decode()
    assert SECRET not in body
    for petition in unmoderated:
        assert str(petition.pk) not in body


def test_counts_stand_beside_states_and_topics(client, petitions):
    for name in ("open", "closed"):
        petitions[name].topics.add(make.make_topic("trees"))
    petitions["rejected"].topics.add(make.make_topic("health"))
    results = tables.find(queries.Query())
    assert results.facets["state"] == {
        "all": 6, "open": 2, "awaiting_response": 1, "with_response": 1, "closed": 3, "rejected": 1,
    }  # fmt: skip
    assert results.facets["topic"] == {"trees": 2, "health": 1}
    trees = tables.find(queries.Query(topic="trees", state="open"))
    assert (trees.total, trees.facets["state"]["all"], trees.facets["state"]["closed"]) == (1, 2, 1)
    assert trees.facets["topic"] == {"trees": 1}
    assert listed(client, "?topic=trees") == [petitions["open"].pk, petitions["closed"].pk]
    assert listed(client, "?topic=no-such-topic") == []


def test_words_are_found_in_title_ask_and_detail_the_title_first(client):
    make.make_open_petition(title="Nothing of the kind")
    in_detail = make.make_open_petition(title="One", ask="Two", detail="More about hedgehogs.", signature_count=1)
    in_title = make.make_open_petition(title="Protect the hedgehog", signature_count=1)
    in_ask = make.make_open_petition(title="One", ask="Hedgehogs need gardens.", signature_count=1)
    assert listed(client, "?q=hedgehogs") == [in_title.pk, in_ask.pk, in_detail.pk]


def test_every_petition_is_searched_in_its_own_language_and_without_accents(client):
    french = make.make_open_petition(title="Protégeons les forêts", language="fr")
    english = make.make_open_petition(title="Save our hedgehogs")
    assert listed(client, "?q=foret") == [french.pk]
    assert listed(client, "?q=hedgehog", "/fr") == [english.pk]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("red squirrels", ["red squirrels"]),
        ("squirrels -red", ["grey squirrels"]),
        ('"grey squirrels"', ["grey squirrels"]),
        ("red or grey", ["red squirrels", "grey squirrels"]),
    ],
)
def test_quotes_or_and_minus_mean_what_people_expect(client, text, titles):
    numbers = {
        title: make.make_open_petition(title=title, signature_count=count).pk
        for title, count in (("red squirrels", 20), ("grey squirrels", 10))
    }
    assert listed(client, f"?q={text}&sort=signatures") == [numbers[title] for title in titles]


def test_a_number_finds_the_petition_of_that_number(client):
    petition = make.make_open_petition()
    make.make_open_petition()
    hidden = make.make_hidden_petition()
    assert listed(client, f"?q={petition.pk}") == [petition.pk]
    assert listed(client, f"?q={hidden.pk}") == []


def test_lists_are_sorted_as_asked(client):
    now = timezone.now()
    old = make.make_open_petition(opened_at=now - timedelta(days=90), closes_at=now + timedelta(days=90))
    new = make.make_open_petition(opened_at=now - timedelta(days=1), closes_at=now + timedelta(days=180))
    soon = make.make_open_petition(opened_at=now - timedelta(days=60), closes_at=now + timedelta(days=2))
    over = make.make_closed_petition(signature_count=5)
    assert listed(client, "?sort=newest") == [new.pk, soon.pk, old.pk, over.pk]
    assert listed(client, "?sort=closing") == [soon.pk, old.pk, new.pk, over.pk]
    assert listed(client, "?sort=signatures")[0] == over.pk
    assert listed(client, "?sort=nonsense")[0] == over.pk
    assert listed(client, "?sort=relevance")[0] == over.pk


def test_pages_hold_all_petitions_once_and_end(client):
    for number in range(queries.PAGE_SIZE + 3):
        make.make_open_petition(thresholds=False, signature_count=number)
    first, second = listed(client), listed(client, "?page=2&state=open")
    assert len(first) == queries.PAGE_SIZE
    assert len(second) == 3
    assert not set(first) & set(second)
    html = client.get("/petitions/?state=open&q=").content.decode()
    assert "page=2" in html
    assert "state=open" in html.split('class="govuk-pagination"')[1]
    assert client.get("/petitions/?page=3").status_code == 404


def test_neither_counting_nor_leafing_goes_on_for_ever(client, monkeypatch):
    monkeypatch.setattr(tables, "MOST_COUNTED", 2)
    for _ in range(3):
        make.make_open_petition()
    assert tables.find(queries.Query()).total == 2
    assert client.get(f"/petitions/?page={queries.DEEPEST_PAGE + 1}").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "?q=" + "a" * 3000, "?q=%ff%fe", "?q=%ed%a0%80", "?q=" + "-+" * 150, "?q=" + "-a" * 100, "?q=" + "+-a" * 60,
        "?q='; DROP TABLE petitions_petition; --", "?q=%26%7C!()%3A*", '?q="""', "?q=-", "?q=" + "-" * 300, "?q=<>",
        "?page=0", "?page=-1", "?page=abc", "?page=1e9", "?page=", "?page=٣", "?page=999999999999999999999",
        "?q=1&q=2&page=1&page=x", "?q[]=a", "?topic=" + "t" * 500, "?q=99999999999999999999999999", "?q=the",
        "?q=%5C", "?q=a%3A%3A%3Ab", "?q=%F0%9F%90%A6",
    ],
)  # fmt: skip
def test_no_question_is_a_fault(client, query):
    make.make_open_petition()
    for path in ("/petitions/", "/fr/petitions/", "/petitions.json"):
        assert client.get(path + query).status_code == 200


@pytest.mark.parametrize("query", ["?q=%00", "?q=a%00b&topic=%00&state=%00&sort=%00&page=%00"])
def test_null_bytes_are_refused_or_ignored(client, query):
    for path in ("/petitions/", "/fr/petitions/", "/petitions.json"):
        assert client.get(path + query).status_code in (200, 400)
    values = dict.fromkeys(("q", "state", "topic", "sort", "page"), "\x00")
    assert engines.find(queries.Query.read(values)).total == 0


@given(text=st.text(alphabet=st.sampled_from("ab -\"\\':&|!()*<>é1.,@/_+"), max_size=200))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_text_is_a_fault(db, text):
    assert engines.find(queries.Query.read({"q": text})).found == []


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_the_list_is_only_read(client, method):
    assert getattr(client, method)("/petitions/").status_code == 405


def test_the_list_may_be_kept_sets_no_cookie_and_asks_as_often_whatever_it_holds(client, django_assert_num_queries):
    response = client.get("/petitions/")
    assert response["Cache-Control"].startswith("public")
    assert "Vary" not in response
    assert not response.cookies
    for number in range(5):
        make.make_open_petition(topics=[make.make_topic(f"topic-{number}")])
    with django_assert_num_queries(15):
        client.get("/petitions/")


def test_nothing_found_says_so_and_helps(client):
    near = make.make_open_petition(title="Protect badgers in every county")
    html = client.get("/petitions/?q=protect badgers and wolverines&state=closed").content.decode()
    assert "No petition about" in html
    assert "Look in all petitions" in html
    assert near.title in html
    assert "noindex" in html


def test_a_refused_petition_says_why_in_the_list(client):
    make.make_rejected_petition()
    assert "It asks for nothing that can be done" in client.get("/petitions/?state=rejected").content.decode()
    assert "Elle ne demande rien de faisable" in client.get("/fr/petitions/?state=rejected").content.decode()


def test_what_the_list_shows_is_public_in_the_table_too(petitions, unmoderated):
    assert set(Petition.objects.public()) == set(petitions.values())
