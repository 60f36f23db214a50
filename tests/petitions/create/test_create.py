"""Writing a petition, one question a page, up to its creator's name."""

import time
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from petitions import drafts, limits
from petitions.lifecycle import State
from petitions.models import Draft, Limits, Petition
from petitions.models.draft import KEPT
from tests import factories as make

pytestmark = pytest.mark.django_db

TITLE = "Plant a tree for every new house"


def address(draft: Draft, step: str, language: str = "") -> str:
    return f"{language}/petitions/new/{draft.token}/{step}/"


def begin(client: Client, language: str = "") -> Draft:
    response = client.post(f"{language}/petitions/new/", {"eligible": "on"})
    assert response.status_code == 303
    return Draft.objects.latest("pk")


def test_the_start_explains_the_rules_with_the_numbers_in_force(client):
    Limits.objects.update_or_create(pk=1, defaults={"supporters": 7, "response_threshold": 1234})
    limits.forget()
    response = client.get("/petitions/new/")
    html = response.content.decode()
    assert "You find 7 supporters." in html
    assert "At 1,234 signatures" in html
    assert html.count("<h1") == 1
    assert response["Cache-Control"] == "no-store"
    assert "X-Robots-Tag" not in response
    assert not response.cookies


def test_the_start_names_the_licence_of_published_petitions(client, settings):
    settings.DATA_LICENCE, settings.DATA_LICENCE_URL = "Terms of Ours", "https://terms.example/ours"
    linked = '<a class="govuk-link" href="https://terms.example/ours" rel="license"><bdi>Terms of Ours</bdi></a>'
    for language in ("", "/fr", "/ar"):
        assert linked in client.get(f"{language}/petitions/new/").content.decode()
    settings.DATA_LICENCE_URL = ""
    html = client.get("/petitions/new/").content.decode()
    assert "<bdi>Terms of Ours</bdi>." in html
    assert 'href=""' not in html


def test_nobody_begins_without_saying_that_they_may(client):
    response = client.post("/petitions/new/", {})
    html = response.content.decode()
    assert response.status_code == 200
    assert "Tick the box" in html
    assert html.index('class="govuk-error-summary"') < html.index("<h1")
    assert not Draft.objects.exists()


def test_a_petition_is_written_step_by_step_and_handed_to_its_creator(client):
    draft = begin(client)
    for step, text, following in (
        ("title", TITLE, "ask"),
        ("ask", "Every new house needs shade.\r\n\r\nTrees give it.", "detail"),
        ("detail", "", "creator"),
    ):
        page = client.get(address(draft, step)).content.decode()
        assert page.count("<h1") == 1
        response = client.post(address(draft, step), {step: text})
        assert urlsplit(response["Location"]).path == address(draft, following)
    draft.refresh_from_db()
    assert (draft.title, draft.ask, draft.detail) == (TITLE, "Every new house needs shade.\n\nTrees give it.", "")
    assert draft.eligible
    assert not Petition.objects.exists()


def test_the_language_is_that_of_the_path_it_was_begun_under(client):
    draft = begin(client, "/fr")
    assert draft.language == "fr"
    assert client.post(address(draft, "title", "/fr"), {"title": TITLE})["Location"] == address(draft, "ask", "/fr")
    assert begin(client).language == "en"


def test_similar_open_petitions_come_before_the_text_with_sign_this_instead(client):
    same = make.make_open_petition(title="A tree should be planted for every new house!")
    closed = make.make_closed_petition(title="Plant a tree for each new house")
    hidden = make.make_hidden_petition(title="Plant a tree for every new house now")
    draft = begin(client)
    response = client.post(address(draft, "title"), {"title": TITLE})
    assert response["Location"] == address(draft, "similar")
    html = client.get(address(draft, "similar")).content.decode()
    assert same.title in html
    assert f"/petitions/{same.pk}/sign/" in html
    assert closed.title not in html
    assert hidden.title not in html
    assert client.get(address(draft, "ask"))["Location"] == address(draft, "similar")
    assert client.post(address(draft, "similar"))["Location"] == address(draft, "ask")
    assert client.get(address(draft, "ask")).status_code == 200


def test_a_new_title_is_compared_anew_and_the_same_one_is_not(client):
    make.make_open_petition(title="Plant a tree for every new house, please")
    draft = make.make_draft(title=TITLE, saw_similar=True, ask="Shade.")
    assert client.post(address(draft, "title"), {"title": TITLE})["Location"] == address(draft, "ask")
    changed = client.post(address(draft, "title"), {"title": "Plant a tree near every new house"})
    assert changed["Location"] == address(draft, "similar")


def test_changing_one_answer_leads_back_to_the_check_and_keeps_the_others(client):
    draft = make.make_draft(title=TITLE, saw_similar=True, ask="Shade.", detail="More.")
    response = client.post(address(draft, "ask") + "?change", {"ask": "Much shade."})
    assert response["Location"] == address(draft, "check")
    draft.refresh_from_db()
    assert (draft.title, draft.ask, draft.detail) == (TITLE, "Much shade.", "More.")
    back = client.post(address(draft, "ask") + "?change", {"ask": "Little shade.", "back": "1"})
    assert back["Location"] == address(draft, "check")


def test_going_back_shows_what_was_written(client):
    draft = make.make_draft(title=TITLE, saw_similar=True, ask="Shade <b>.")
    html = client.get(address(draft, "title")).content.decode()
    assert f'value="{TITLE}"' in html
    assert 'href="/petitions/new/"' in html
    assert "Shade &lt;b&gt;." in client.get(address(draft, "ask")).content.decode()


@pytest.mark.parametrize("typed", ["Half a sen", "", "y" * 5000, "!!!"])
@pytest.mark.parametrize(("button", "leads_to"), [("back", "title"), ("later", "later")])
def test_what_was_typed_is_kept_on_leaving_whether_it_holds_or_not(client, button, leads_to, typed):
    draft = make.make_draft(title=TITLE, saw_similar=True)
    response = client.post(address(draft, "ask"), {"ask": typed, button: "1"})
    assert (response.status_code, response["Location"]) == (303, address(draft, leads_to))
    assert f">\n{typed}</textarea>" in client.get(address(draft, "ask")).content.decode()
    resumed = client.get(f"/petitions/new/{draft.token}/")
    assert resumed["Location"] == address(draft, "check" if typed == "Half a sen" else "ask")


def test_the_draft_goes_on_at_the_first_open_question(client):
    for written, step in (
        ({}, "title"),
        ({"title": TITLE}, "similar"),
        ({"title": TITLE, "saw_similar": True}, "ask"),
        ({"title": TITLE, "saw_similar": True, "ask": "Shade.", "detail": "z" * 801}, "detail"),
        ({"title": TITLE, "saw_similar": True, "ask": "Shade."}, "check"),
    ):
        draft = make.make_draft(**written)
        assert client.get(f"/petitions/new/{draft.token}/")["Location"] == address(draft, step)
    assert client.get("/petitions/new/no-such-token/").status_code == 404


@pytest.mark.parametrize("step", ["similar", "ask", "detail"])
def test_no_step_comes_before_its_turn(client, step):
    draft = make.make_draft()
    for response in (client.get(address(draft, step)), client.post(address(draft, step), {step: "Text"})):
        assert response["Location"] == address(draft, "title")
    draft.refresh_from_db()
    assert not draft.ask


@pytest.mark.parametrize(
    ("step", "text", "words"),
    [
        ("title", "", "Write what you want to be done."),
        ("title", "   \u200b\u2060 \u202e ", "Write what you want to be done."),
        ("title", "?! ... ---", "Write it in words."),
        ("title", "x" * 81, "Use 80 characters or fewer. You have used 81."),
        ("ask", "\r\n \r\n", "Write what exactly should be done, and why."),
        ("ask", "y" * 301, "Use 300 characters or fewer. You have used 301."),
        ("detail", "z" * 801, "Use 800 characters or fewer. You have used 801."),
        ("detail", "***", "Write it in words."),
    ],
)
def test_bad_text_is_refused_beside_its_field_and_what_was_typed_stays(client, step, text, words):
    draft = make.make_draft(title=TITLE, saw_similar=True, ask="Shade.", detail="More.")
    response = client.post(address(draft, step), {step: text})
    html = response.content.decode()
    assert response.status_code == 200
    assert html.count(words) == 2  # in the summary and beside the field
    assert f'href="#id_{step}"' in html
    assert "<title>Error:" in html
    assert text.strip("\r\n \u200b\u2060\u202e") in html
    draft.refresh_from_db()
    assert (draft.title, draft.ask, draft.detail) == (TITLE, "Shade.", "More.")


def test_texts_of_exactly_the_limit_pass_and_line_breaks_count_once(client):
    draft = make.make_draft()
    client.post(address(draft, "title"), {"title": "x" * 80})
    client.post(address(draft, "ask"), {"ask": "y" * 149 + "\r\n" + "y" * 150})
    draft.refresh_from_db()
    assert (len(draft.title), len(draft.ask)) == (80, 300)


def test_invisible_characters_are_taken_out_and_letters_composed(client):
    draft = make.make_draft()
    client.post(address(draft, "title"), {"title": " Plant\u202e  tre\u0301e\u200bs\x07 "})
    draft.refresh_from_db()
    assert draft.title == "Plant trées"


@pytest.mark.parametrize(
    "build",
    [
        lambda: make.make_draft(created_at=timezone.now() - KEPT - timedelta(minutes=1)),
        lambda: make.make_draft(petition=make.make_petition()),
        lambda: Draft(pk=2**40, created_at=timezone.now()),
    ],
    ids=["expired", "used", "unknown"],
)
def test_a_draft_that_is_gone_has_a_friendly_page(client, build):
    draft = build()
    for step in ("title", "similar", "ask", "detail", "nonsense"):
        response = client.get(address(draft, step))
        assert response.status_code == 404
        assert "not here any more" in response.content.decode()
        assert response["Cache-Control"] == "no-store"


def test_pages_under_a_secret_address_are_neither_kept_nor_found_nor_named_to_others(client):
    response = client.get(address(make.make_draft(), "title"))
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"
    assert not response.cookies


def until_refused(client: Client, addresses: Iterable[str]):
    """How many begin before one is refused, and that refusal. A window may end, or Redis be slow, meanwhile."""
    for number, remote in enumerate(addresses):
        response = client.post("/petitions/new/", {"eligible": "on"}, REMOTE_ADDR=remote)
        if response.status_code == 429:
            return number, response
        assert response.status_code == 303
    raise AssertionError("nobody was refused")


def test_drafts_are_limited_by_network_and_what_was_typed_stays(client):
    begun, refused = until_refused(client, ["192.0.2.7"] * 25)
    assert begun >= 10
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert "checked" in refused.content.decode()
    assert Draft.objects.count() == begun
    assert client.post("/petitions/new/", {"eligible": "on"}, REMOTE_ADDR="192.0.2.8").status_code == 303


def test_a_household_of_ipv6_is_one_network(client):
    begun, _refused = until_refused(client, [f"2001:db8:0:1::{number:x}" for number in range(25)])
    assert begun >= 10
    assert client.post("/petitions/new/", {"eligible": "on"}, REMOTE_ADDR="2001:db8:0:2::1").status_code == 303


def test_an_address_that_is_none_is_no_fault(client):
    assert client.post("/petitions/new/", {"eligible": "on"}, REMOTE_ADDR="nonsense").status_code == 303


@pytest.fixture
def redis_away(settings):
    """The limits live in a Redis that nobody answers at."""
    from django.core.cache import caches

    settings.CACHES = {name: {**cache, "LOCATION": "redis://127.0.0.1:9/0"} for name, cache in settings.CACHES.items()}
    assert not caches["limits"].add("key", 1)
    yield
    del caches["limits"]


def test_without_redis_a_petition_can_be_started(client, redis_away):
    began = time.monotonic()
    assert client.post("/petitions/new/", {"eligible": "on"}).status_code == 303
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "body", [b'{"eligible": "on", "title": "T"}', b"\xff\xfe", b"eligible=%00&title=%00&ask=%ed%a0%80"]
)
@pytest.mark.parametrize(
    "content_type", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_bodies_that_make_no_sense_are_no_fault_and_change_nothing(client, body, content_type):
    draft = make.make_draft(title=TITLE, saw_similar=True, ask="Shade.")
    petition = make.make_open_petition()
    addresses = [address(draft, "title"), address(draft, "ask"), f"/petitions/{petition.pk}/report/"]
    for path in addresses:
        assert client.post(path, body, content_type=content_type).status_code in (200, 400, 413, 415)
    draft.refresh_from_db()
    assert (draft.title, draft.ask) == (TITLE, "Shade.")
    assert not petition.reports.exists()


def test_nothing_of_a_draft_is_public(client):
    make.make_draft(title="unmoderated words", ask="unmoderated words")
    for path in ("/petitions/", "/petitions/?q=unmoderated", "/petitions.json?q=unmoderated", "/"):
        assert "unmoderated words" not in client.get(path).content.decode()


def test_other_petitions_found_are_open_ones_only_when_they_are_asked_about(client):
    petition = make.make_open_petition(title=TITLE)
    draft = make.make_draft(title=TITLE)
    Petition.objects.filter(pk=petition.pk).update(state=State.CLOSED)
    assert "No open petition is like yours" in client.get(address(draft, "similar")).content.decode()


def test_of_two_windows_each_keeps_what_it_wrote_and_what_was_deleted_stays_deleted():
    draft = make.make_draft(title=TITLE, saw_similar=True)
    other = Draft.objects.get(pk=draft.pk)
    make.make_open_petition(title="Plant a tree near every house")
    drafts.write(draft=other, step="title", text="Plant a tree near every new house")
    drafts.write(draft=draft, step="ask", text="Shade.")
    draft.refresh_from_db()
    assert (draft.title, draft.ask, draft.saw_similar) == ("Plant a tree near every new house", "Shade.", False)
    drafts.discard(draft=other)
    drafts.write(draft=draft, step="ask", text="More shade.")
    drafts.see_similar(draft=draft)
    drafts.keep_person(draft=draft, typed={"email": "mary@example.org"})
    assert not Draft.objects.exists()
