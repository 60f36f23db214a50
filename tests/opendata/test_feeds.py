"""Atom feeds and what search engines are told: well formed whatever people write, and nothing that is not public."""

from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from petitions.models import Event, Petition, Topic
from petitions.models.timeline import EventKind, PublicCase
from tests.factories import (
    make_closed_petition,
    make_hidden_petition,
    make_open_petition,
    make_petition,
    make_rejected_petition,
    make_withdrawn_petition,
)

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(2)> {{7*7}} ]]>\x0b\ufffe'


def feed(client: Client, path: str) -> ElementTree.Element:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies
    return ElementTree.fromstring(response.content)


def texts(root: ElementTree.Element, name: str) -> list[str]:
    return [entry.findtext(f"{ATOM}{name}", "") for entry in root.iter(f"{ATOM}entry")]


def links(root: ElementTree.Element) -> list[str]:
    return [entry.find(f"{ATOM}link").attrib["href"] for entry in root.iter(f"{ATOM}entry")]  # type: ignore[union-attr]


def test_a_list_s_feed_has_its_newest_petitions_in_the_reader_s_language(client: Client) -> None:
    old = make_closed_petition(title="Old")
    new = make_open_petition(title="Nouveau", language="fr")
    make_petition(title="Secret draft")
    make_petition(title="Secret", state="in_moderation")
    make_hidden_petition(opened=True, title="Hidden")
    root = feed(client, "/petitions.atom")
    assert texts(root, "title") == ["Nouveau", "Old"]
    assert [link.split("/", 3)[3] for link in links(root)] == [f"petitions/{new.pk}/", f"petitions/{old.pk}/"]
    languages = [entry.get("{http://www.w3.org/XML/1998/namespace}lang") for entry in root.iter(f"{ATOM}entry")]
    assert languages == ["fr", None]
    assert texts(feed(client, "/petitions.atom?state=open"), "title") == ["Nouveau"]
    french = feed(client, "/fr/petitions.atom?state=closed")
    assert links(french)[0].endswith(f"/fr/petitions/{old.pk}/")
    # The same entry in every language: a reader of both sees it once.
    assert texts(french, "id") == texts(root, "id")[1:]


def test_a_topic_has_a_feed_and_an_unknown_one_has_none(client: Client) -> None:
    topic = Topic.objects.create(code="trees", name="Trees", name_fr="Arbres")
    make_open_petition(title="Plant", topics=[topic])
    make_open_petition(title="Build")
    root = feed(client, "/fr/petitions.atom?topic=trees")
    assert texts(root, "title") == ["Plant"]
    assert root.findtext(f"{ATOM}title", "").startswith("Arbres")
    assert client.get("/petitions.atom?topic=none").status_code == 404


def test_whatever_people_write_is_text_in_a_feed(client: Client) -> None:
    petition = make_open_petition(title=NASTY, ask=NASTY, creator_name=NASTY)
    Event.objects.create(petition=petition, kind=EventKind.NOTE, text={"en": NASTY})
    shown = NASTY.removesuffix("\x0b\ufffe")
    (title,) = texts(feed(client, "/petitions.atom"), "title")
    assert title == shown
    own = feed(client, f"/petitions/{petition.pk}.atom")
    assert shown in own.findtext(f"{ATOM}title", "")
    (summary,) = [text for text in texts(own, "summary") if "alert" in text]
    # A reader shows summaries as markup: in that markup it is text once more.
    assert "<script" not in summary
    assert "<img" not in summary
    assert "&lt;script&gt;" in summary


def test_a_petition_s_feed_is_its_timeline_with_permalinks(client: Client) -> None:
    petition = make_open_petition()
    event = Event.objects.create(petition=petition, kind=EventKind.HEARING, text={"en": "In room 8.", "fr": "Salle 8."})
    root = feed(client, f"/fr/petitions/{petition.pk}.atom")
    assert any("Salle 8." in text for text in texts(root, "summary"))
    assert f"fr/petitions/{petition.pk}/#event-{event.pk}" in [link.split("/", 3)[3] for link in links(root)]


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (lambda: make_petition(), 404),
        (lambda: make_petition(state="gathering_support"), 404),
        (lambda: make_petition(state="in_moderation"), 404),
        (lambda: make_hidden_petition(), 404),
        (lambda: make_hidden_petition(opened=True), 410),
        (lambda: make_withdrawn_petition(opened=False), 404),
        (lambda: make_withdrawn_petition(), 200),
        (lambda: make_rejected_petition(), 200),
    ],
)
def test_a_feed_is_there_when_the_page_is(make: Any, status: int, client: Client) -> None:
    petition = make()
    response = client.get(f"/petitions/{petition.pk}.atom")
    assert response.status_code == status
    assert (petition.title in response.content.decode()) is (status == 200)


def test_a_reader_that_has_the_feed_is_told_so(client: Client) -> None:
    make_open_petition()
    first = client.get("/petitions.atom")
    assert "public" in first["Cache-Control"]
    again = client.get("/petitions.atom", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Petition.objects.update(signature_count=77)
    assert client.get("/petitions.atom")["ETag"] == first["ETag"]  # a count is no news
    empty = [client.get("/petitions.atom?state=rejected")["ETag"] for _time in range(2)]
    assert empty[0] == empty[1]


def test_what_is_owed_stands_in_the_tracker_s_feed_and_late_ones_say_so(client: Client) -> None:
    for number, due_on in ((1, date(2020, 1, 2)), (2, date(2999, 1, 2))):
        petition = make_open_petition(title=f"Owed {number}", response_state="awaiting")
        PublicCase.objects.create(
            petition=petition,
            case_id=number,
            state="new",
            owed_since=datetime(2019, 12, number, tzinfo=UTC),
            due_on=due_on,
        )
    root = feed(client, "/tracker.atom")
    assert texts(root, "title") == ["Late: Owed 1", "Owed 2"]
    assert texts(root, "updated") == ["2020-01-02T00:00:00+00:00", "2019-12-02T00:00:00+00:00"]
    assert "2 January 2999" in texts(root, "summary")[1]


def test_the_sitemap_leads_to_every_public_petition_in_each_language_and_to_no_other(client: Client) -> None:
    shown = [make_open_petition(), make_rejected_petition(), make_withdrawn_petition(), make_open_petition(pk=104796)]
    kept = [make_petition(), make_hidden_petition(opened=True), make_withdrawn_petition(opened=False)]
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    pieces = [each.text.split("//")[1].split("/", 1)[1] for each in index.iter(f"{SITEMAP}loc")]  # type: ignore[union-attr]
    assert pieces == ["sitemaps/pages.xml", "sitemaps/petitions-10.xml", "sitemaps/petitions-100.xml"]
    listed = "".join(client.get(f"/{piece}").content.decode() for piece in pieces[1:])
    ElementTree.fromstring(client.get(f"/{pieces[2]}").content)
    for petition in shown:
        assert f"/petitions/{petition.pk}/</loc>" in listed
        assert f"/fr/petitions/{petition.pk}/" in listed
    for petition in kept:
        assert f"/petitions/{petition.pk}/" not in listed
    assert client.get("/sitemaps/petitions-77.xml").status_code == 404
    assert client.get("/sitemaps/petitions-99999999999999999999.xml").status_code == 404


def test_robots_are_led_to_the_sitemap_and_away_from_staff(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /staff/" in text
    assert text.splitlines()[-1].endswith("/sitemap.xml")
    make_open_petition(
        topics=[Topic.objects.create(code="trees", name="Trees")], opened_at=datetime(2019, 7, 2, tzinfo=UTC)
    )
    Topic.objects.create(code="nothing", name="Nothing yet")
    pages = client.get("/sitemaps/pages.xml").content.decode()
    assert "/topics/trees/</loc>" in pages
    assert "/topics/nothing/" not in pages
    assert "/petitions/archive/</loc>" in pages
    assert "/petitions/archive/2019/7/</loc>" in pages
