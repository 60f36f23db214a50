"""A challenge as people meet it: nothing to do with scripts, twenty seconds without, on any screen, by keys alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from petitions import buckets
from signatures.challenge import modes
from signatures.models import ChallengeMode, Signature
from tests.factories import make_open_petition

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Generous: what is tested is that it happens, not how fast this machine is.
SOON = 90_000
NARROW = {"width": 320, "height": 640}


@pytest.fixture
def address(live_server: Any) -> Iterator[str]:
    petition = make_open_petition(title="Plant more trees along every road of the town")
    ChallengeMode.objects.create(petition=petition, by_hand="on")
    modes.forget()
    buckets.forget()
    # A secure context, as TLS gives the real site: browsers derive keys in no other.
    yield f"{live_server.url.replace('127.0.0.1', 'localhost')}/petitions/{petition.pk}/sign/"
    buckets.forget()


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console and network complain of, and whatever is asked from elsewhere."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("request", lambda request: found.append(request.url) if "localhost" not in request.url else None)
    return found


def fill_in(page: Page, email: str) -> None:
    page.get_by_label("Your full name").fill("Mary Poppins")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Postcode").fill("SW1A 1AA")
    page.get_by_label("I am a citizen").check()


def test_the_browser_works_while_the_form_is_filled_in(page: Page, address: str, complaints: list[str]) -> None:
    page.goto(address)
    expect(page.locator("[data-challenge-slow]")).to_be_hidden()
    expect(page.get_by_role("status")).to_have_text("Done. You can go on.", timeout=SOON)
    fill_in(page, "mary@example.org")
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("heading", name="Check your e-mail")).to_be_visible()
    assert Signature.objects.count() == 1
    assert complaints == []


def test_who_presses_before_it_is_done_waits_and_goes_on_by_keyboard_alone(page: Page, address: str) -> None:
    page.goto(address, wait_until="domcontentloaded")
    page.get_by_label("Your full name").focus()
    page.keyboard.type("Mary Poppins")
    page.keyboard.press("Tab")
    page.keyboard.type("mary@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type("SW1A 1AA")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check your e-mail")).to_be_visible(timeout=SOON)


def test_without_scripts_it_takes_twenty_seconds(browser: Browser, address: str) -> None:
    page = browser.new_context(java_script_enabled=False, viewport=NARROW).new_page()
    page.goto(address)
    assert "press the button 20 seconds after this page has opened" in page.content()
    fill_in(page, "mary@example.org")
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("heading", name="One more moment")).to_be_visible()
    expect(page.get_by_label("E-mail address")).to_have_value("mary@example.org")
    assert not Signature.objects.exists()
    page.wait_for_timeout(20_000)
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("heading", name="Check your e-mail")).to_be_visible()
    assert Signature.objects.count() == 1


def test_where_workers_fail_the_slower_way_is_shown(page: Page, address: str) -> None:
    page.route("**/challenge-worker*.js", lambda route: route.abort())
    page.goto(address)
    expect(page.locator("[data-challenge-slow]")).to_be_visible(timeout=SOON)
    fill_in(page, "mary@example.org")
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("heading", name="One more moment")).to_be_visible()


def test_nothing_sticks_out_on_a_narrow_screen(browser: Browser, address: str) -> None:
    page = browser.new_context(viewport=NARROW).new_page()
    for path in (address, address.replace("/petitions/", "/fr/petitions/")):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
