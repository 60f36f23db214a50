"""Passing a petition on: share cards, poster, QR code, the card for other sites, and what machines are told."""

import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from petitions import drawing, sharecards
from petitions.drawing import Design
from petitions.models import Event, Petition
from petitions.models.timeline import EventKind, PublicCase
from tests import factories as make

pytestmark = pytest.mark.django_db
NASTY = '</script><script>alert(1)</script>"><img src=x onerror=alert(2)> {{7*7}} //evil.example'
PIECES = ("share/", "poster/", "embed/", "qr.svg")


@pytest.fixture(autouse=True)
def cards_folder(tmp_path: Path, settings: Any) -> Path:
    settings.CARDS_FOLDER = tmp_path / "cards"
    return settings.CARDS_FOLDER


def html_of(client: Client, petition: Petition, piece: str = "", language: str = "") -> str:
    response = client.get(f"{language}/petitions/{petition.pk}/{piece}")
    assert response.status_code == 200
    return response.content.decode()


def card_path(html: str) -> str:
    found = re.search(r'<meta property="og:image" content="https?://[^/]+([^"]+)"', html)
    assert found
    return found[1]


def size_of(png: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(png)).size


def test_a_petition_s_page_names_its_card_which_is_drawn_once(client: Client, cards_folder: Path) -> None:
    petition = make.make_open_petition(signature_count=1_234)
    path = card_path(html_of(client, petition))
    first = client.get(path)
    assert first["Content-Type"] == "image/png"
    assert first["Cache-Control"].startswith("public")
    assert size_of(first.content) == (1200, 630)
    assert len(first.content) < 60_000
    (kept,) = cards_folder.rglob("*.png")
    kept.write_bytes(b"as it was kept")
    assert client.get(path).content == b"as it was kept"
    # A few signatures more say nothing new.
    Petition.objects.update(signature_count=1_999)
    assert card_path(html_of(client, petition)) == path


def test_a_card_that_is_no_more_leads_to_the_one_that_is_and_is_not_kept(client: Client, cards_folder: Path) -> None:
    petition = make.make_open_petition(title="As it was")
    old = card_path(html_of(client, petition))
    client.get(old)
    Petition.objects.update(title="As it is")
    assert client.get(old).status_code == 302
    assert client.get(f"/petitions/{petition.pk}/card/anything.png").status_code == 302
    new = client.get(old)["Location"]
    assert new == card_path(html_of(client, petition))
    assert client.get(new).status_code == 200
    assert [kept.name.split("-")[0] for kept in cards_folder.rglob("*.png")] == [str(petition.pk)]
    french = card_path(html_of(client, petition, language="/fr"))
    assert french.startswith("/fr/")
    assert client.get(french).status_code == 200
    assert len(list(cards_folder.rglob("*.png"))) == 2


def test_where_cards_can_not_be_kept_they_are_drawn_all_the_same(client: Client, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    settings.CARDS_FOLDER = tmp_path / "a file" / "cards"
    petition = make.make_open_petition()
    assert client.get(card_path(html_of(client, petition))).status_code == 200


@pytest.mark.parametrize("language", ["", "/fr", "/ar"])
def test_a_page_without_a_card_of_its_own_names_the_site_s(client: Client, cards_folder: Path, language: str) -> None:
    path = card_path(client.get(f"{language}/petitions/").content.decode())
    assert path == f"{language}/card.png"
    response = client.get(path)
    assert response["Cache-Control"].startswith("public")
    assert size_of(response.content) == (1200, 630)
    (kept,) = cards_folder.rglob("*.png")
    kept.write_bytes(b"as it was kept")
    assert client.get(path).content == b"as it was kept"


def test_a_crowd_of_cards_waits_for_its_turn(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    petition = make.make_open_petition()
    path = card_path(html_of(client, petition))
    monkeypatch.setattr(sharecards, "PATIENCE_SECONDS", 0.0)
    with sharecards._pen:
        busy = client.get(path)
    assert busy.status_code == 503
    assert busy["Retry-After"]
    assert client.get(path).status_code == 200


DESIGN = Design(ground="#0f4c3a", mark="#ffc445")


def drawn(title: str) -> bytes:
    return drawing.card(site="Redress", title=title, note="More than 100 signatures", design=DESIGN)


def test_titles_are_drawn_in_many_scripts_and_left_out_where_they_can_not_be() -> None:
    without = drawn("")
    for title in ("Öffnet die Straße", "Καθαρός αέρας", "Чистый воздух", "x" * 400, "a " * 300, "décomposé e\u0301"):
        assert drawing.can_draw(title)
        assert drawn(title) != without
    for title in ("Save the bees 🐝", "桥", "mixed 桥 words"):
        assert not drawing.can_draw(title)
        assert drawn(title) == without


@pytest.mark.skipif(len(drawing._faces()) < 2, reason="this machine cannot set Arabic: no FriBidi")
def test_arabic_titles_are_set_from_the_right() -> None:
    picture = Image.open(io.BytesIO(drawn("أوقفوا"))).convert("RGB")
    middle = picture.crop((0, drawing.TITLE_TOP, drawing.WIDTH, drawing.TITLE_BOTTOM))
    white = middle.convert("L").point(lambda value: 255 if value > 200 else 0)
    left, _top, right, _bottom = white.getbbox() or (0, 0, 0, 0)
    assert left > drawing.WIDTH / 2
    assert right <= drawing.WIDTH - drawing.MARGIN + 4


@pytest.mark.parametrize("face", drawing.FACES)
def test_the_fonts_hold_what_is_said_of_them(face: str) -> None:
    font = drawing._font(face, 24)
    nothing = bytes(font.getmask("\U000f0000"))
    boxes = [
        hex(code)
        for code in list(drawing._held(face))[::7]
        if nothing and bytes(font.getmask(chr(code))) == nothing and font.getlength(chr(code))
    ]
    assert boxes == []


def test_whatever_a_title_holds_is_text_wherever_it_is_shared(client: Client) -> None:
    petition = make.make_open_petition(title=NASTY, ask=NASTY, creator_name=NASTY)
    for piece in ("", "share/", "poster/", "embed/"):
        html = html_of(client, petition, piece)
        assert "<script>alert" not in html
        assert "<img src=x" not in html
    linked = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html_of(client, petition), re.DOTALL)
    (document,) = linked
    assert not set(document) & set("<>&")
    assert json.loads(document)["@graph"][0]["name"] == NASTY
    assert client.get(card_path(html_of(client, petition))).status_code == 200


def test_machines_are_told_what_the_page_says(client: Client) -> None:
    petition = make.make_open_petition(title="Plant more trees", signature_count=77, language="fr")
    html = html_of(client, petition)
    document = json.loads(re.search(r'ld\+json">(.*?)</script>', html)[1])  # type: ignore[index]
    assert document["@context"] == "https://schema.org"
    page, crumbs = document["@graph"]
    canonical = re.search(r'<link rel="canonical" href="([^"]+)"', html)[1]  # type: ignore[index]
    assert page["@type"] == "WebPage"
    assert page["url"] == canonical
    assert page["inLanguage"] == "fr"
    assert page["interactionStatistic"]["userInteractionCount"] == 77
    assert [step["position"] for step in crumbs["itemListElement"]] == [1, 2, 3]
    assert crumbs["itemListElement"][-1]["item"] == canonical
    for name in ("og:title", "og:description", "og:url", "og:image", "og:image:alt", "og:site_name"):
        assert html.count(f'property="{name}"') == 1
    assert f'type="application/atom+xml" href="/petitions/{petition.pk}.atom"' in html


def test_the_card_for_other_sites_may_be_framed_and_nothing_else_may(client: Client) -> None:
    petition = make.make_open_petition(signature_count=9_000)
    response = client.get(f"/petitions/{petition.pk}/embed/")
    assert "frame-ancestors *" in response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response
    assert not response.cookies
    html = response.content.decode()
    assert "<form" not in html
    assert "<script" not in html
    assert "9,000" in html
    assert 'target="_blank"' in html
    for path in ("", "sign/", "share/", "poster/", "follow/"):
        other = client.get(f"/petitions/{petition.pk}/{path}")
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
        assert other["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("build", "status"),
    [
        (lambda: make.make_petition(title="secret"), 404),
        (lambda: make.make_petition(title="secret", state="gathering_support"), 404),
        (lambda: make.make_petition(title="secret", state="in_moderation"), 404),
        (lambda: make.make_hidden_petition(title="secret"), 404),
        (lambda: make.make_hidden_petition(title="secret", opened=True), 410),
    ],
)
def test_what_is_not_public_is_shared_in_no_way(build: Any, status: int, client: Client) -> None:
    petition = build()
    digest = sharecards.digest(petition)
    for piece in (*PIECES, f"card/{digest}.png"):
        response = client.get(f"/petitions/{petition.pk}/{piece}")
        assert response.status_code == status
        assert b"secret" not in response.content


def test_only_what_can_be_signed_has_a_poster(client: Client) -> None:
    closed = make.make_closed_petition()
    assert client.get(f"/petitions/{closed.pk}/poster/")["Location"] == f"/petitions/{closed.pk}/"
    assert "poster/" not in html_of(client, closed, "share/")
    assert "takes no more signatures" in html_of(client, closed, "embed/")
    opened = make.make_open_petition(title="Plant more trees")
    for language, words in (("", "Sign this petition"), ("/fr", "Signer la pétition")):
        poster = html_of(client, opened, "poster/", language)
        assert words in poster
        assert f"{language}/petitions/{opened.pk}/" in poster
        assert 'class="app-qr"' in poster
    assert client.get(f"/petitions/{opened.pk}/qr.svg")["Content-Type"] == "image/svg+xml"


def test_a_petition_answered_with_others_says_so_until_it_is_alone_again(client: Client) -> None:
    petition = make.make_open_petition(response_state="awaiting")
    PublicCase.objects.create(petition=petition, case_id=1, state="new")
    together = Event.objects.create(
        petition=petition, kind=EventKind.UPDATE, key="1", details={"what": "together", "due_on": "2026-05-01"}
    )
    html = html_of(client, petition)
    assert "This petition is answered together with others" in html
    assert html.count(f'href="#event-{together.pk}"') == 2  # there, and the entry's own permalink
    Event.objects.create(
        petition=petition, kind=EventKind.UPDATE, key="2", details={"what": "alone", "due_on": "2026-05-01"}
    )
    assert "answered together with others" not in html_of(client, petition)


def test_the_count_says_when_it_was_counted(client: Client) -> None:
    assert "Counted on" in html_of(client, make.make_open_petition())


def test_the_code_for_other_sites_holds_any_title_as_text(client: Client) -> None:
    petition = make.make_open_petition(title='Say "no" onload="alert(1)" & <b>mend</b> it')
    page = html_of(client, petition, "share/")
    shown = unescape(re.search(r'id="code"[^>]*>(.*?)</textarea>', page, re.DOTALL)[1])  # type: ignore[index]
    assert shown.count('"') == 12  # around the six values, and nowhere else
    assert unescape(re.search(r'title="([^"]*)"', shown)[1]) == petition.title  # type: ignore[index]


def test_who_waited_for_a_card_gets_the_one_that_was_drawn_meanwhile(tmp_path: Path) -> None:
    kept = tmp_path / "1-en-digest.png"
    shown = {"title": "Plant more trees", "note": "Read and sign"}
    with ThreadPoolExecutor() as pool, sharecards._pen:
        waiting = pool.submit(sharecards._picture, tmp_path, "1-en", "digest", **shown)
        kept.write_bytes(b"drawn by another")
        sharecards._pen.release()
        try:
            assert waiting.result(10) == b"drawn by another"
        finally:
            sharecards._pen.acquire()
