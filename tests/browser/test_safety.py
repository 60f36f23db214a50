"""What a browser makes of hostile texts and hostile frames, and what it keeps and fetches."""

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page

from benchmarks.viewing import visit
from tests.browser.citizen import ANSWERS, Citizen
from tests.journeys.people import PASSWORD
from tests.journeys.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.processes]

PETITION_BYTES, SIGN_BYTES = 60_000, 45_000
MOST_REQUESTS = 8
MARKUP = re.compile(rb"<script>alert|<img src=x", re.IGNORECASE)


@pytest.fixture
def asked_for(page: Page) -> list[str]:
    """Everything this page asks for, and every dialog that a script of a text would show."""
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.on("dialog", lambda dialog: (seen.append(f"dialog {dialog.message}"), dialog.dismiss()))
    return seen


def taken_as_markup(asked_for: list[str]) -> list[str]:
    """What nobody but the hostile text can have wanted."""
    return [what for what in asked_for if what.startswith("dialog") or what.endswith("/x") or "evil.example" in what]


def test_hostile_texts_are_only_text_to_citizens(
    arrive: Callable[..., Citizen], places: dict[str, Any], site: Site
) -> None:
    person = arrive(viewport={"width": 1280, "height": 800})
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url))
    number = places["hostile"]
    for address in (
        f"/petitions/{number}/",
        "/petitions/?state=open&sort=newest",
        "/petitions/?state=all&q=Hostile",
        f"/petitions/{number}/sign/",
        f"/petitions/{number}/report/",
    ):
        person.open(address)
        assert "<img src=x" in person.page.inner_text("body"), f"{address} does not show the text"
    person.page.emulate_media(media="print")
    person.open(f"/petitions/{number}/")
    person.page.emulate_media(media="screen")
    person.open(f"/petitions/{number}/sign/")
    person.fill(**{**ANSWERS, "name": '"><script>alert(4)</script>'}, email=person.email)
    person.press(name="sign, with a hostile name")
    assert taken_as_markup(asked) == []
    for address in ("/petitions.atom", f"/petitions/{number}.atom"):
        assert not MARKUP.search(requests.get(site.url + address, timeout=15).content), address


def test_hostile_texts_are_only_text_to_staff(
    page: Page, asked_for: list[str], places: dict[str, Any], site: Site
) -> None:
    page.goto(f"{site.url}/staff/login/")
    page.locator("[name=username]").fill("moderator")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/staff/")
    for path in ("/staff/moderation/", f"/staff/petitions/{places['hostile_waiting']}/"):
        page.goto(site.url + path)
        assert "<img src=x" in page.inner_text("main"), f"{path} does not show the text"
    assert taken_as_markup(asked_for) == []


def test_a_petition_is_light_and_keeps_to_itself(browser: Browser, places: dict[str, Any], site: Site) -> None:
    for name, path, most in (
        ("open", "", PETITION_BYTES),
        ("imported", "", PETITION_BYTES),
        ("open", "sign/", SIGN_BYTES),
    ):
        address = f"{site.url}/petitions/{places[name]}/{path}"
        sight = visit(browser, address)
        assert (sight.strangers, sight.fonts, sight.cookies) == (set(), 0, 0), address
        assert sight.bytes <= most, address
        assert sight.requests <= MOST_REQUESTS, address
    answer = requests.get(f"{site.url}/petitions/{places['open']}/", timeout=15)
    assert "public" in answer.headers["Cache-Control"]


@pytest.fixture
def elsewhere() -> Iterator[Callable[[str], str]]:
    """Another site on this machine, whose one page is what is given; where it is."""
    pages: list[str] = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(pages[-1].encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    def serve(page: str) -> str:
        pages.append(page)
        return f"http://127.0.0.1:{server.server_address[1]}/"

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield serve
        server.shutdown()


def test_a_card_may_stand_in_a_frame_of_others_but_nobody_signs_there(
    page: Page, places: dict[str, Any], site: Site, elsewhere: Callable[[str], str]
) -> None:
    petition = f"{site.url}/petitions/{places['open']}/"
    page.goto(elsewhere("".join(f'<iframe src="{petition}{part}"></iframe>' for part in ("embed/", "sign/", ""))))
    _top, card, form, whole = page.frames
    assert "Mill Lane" in card.inner_text("body")
    assert form.locator("form").count() == 0
    assert whole.locator("main").count() == 0
