"""A challenge as people meet it: nothing to do with scripts, twenty seconds without, on any screen, by keys alone."""

import itertools

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.faults.conftest import open_petitions
from tests.journeys.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.processes]

# Generous: what is tested is that it happens, not how fast this machine is.
expect.set_options(timeout=90_000)
NARROW = {"width": 320, "height": 640}
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def petition_id(site: Site) -> int:
    """An open petition whose signing takes a proof, in every process."""
    (petition_id,) = open_petitions(site, "Plant more trees along every road of the town", 1)
    site.execute(
        "INSERT INTO signatures_challengemode (petition_id, by_hand, cause) VALUES (%s, 'on', '')", petition_id
    )
    page = f"{site.url}/petitions/{petition_id}/sign/"

    def every_process_knows() -> bool:
        return all("data-challenge" in requests.get(page, timeout=15).text for _process in range(12))

    site.wait_for(every_process_knows, "the challenge")
    return petition_id


@pytest.fixture
def address(site: Site, petition_id: int) -> str:
    """Where the petition is signed, by somebody who has not been held back."""
    site.forget_limits()
    return f"{site.url}/petitions/{petition_id}/sign/"


def somebody() -> str:
    """An address that nobody had before."""
    return f"mary.{next(_numbers)}@mailbox.example"


def signatures(site: Site, petition_id: int) -> int:
    """How many rows the petition has."""
    return int(site.value("SELECT count(*) FROM signatures_signature WHERE petition_id = %s", petition_id))


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


def test_the_browser_works_while_the_form_is_filled_in(
    page: Page, address: str, complaints: list[str], site: Site, petition_id: int
) -> None:
    before = signatures(site, petition_id)
    page.goto(address)
    expect(page.locator("[data-challenge-slow]")).to_be_hidden()
    expect(page.get_by_role("status")).to_have_text("Done. You can go on.")
    fill_in(page, somebody())
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("heading", name="Check your e-mail")).to_be_visible()
    assert signatures(site, petition_id) == before + 1
    assert complaints == []


def test_who_presses_before_it_is_done_waits_and_goes_on_by_keyboard_alone(page: Page, address: str) -> None:
    page.goto(address, wait_until="domcontentloaded")
    page.get_by_label("Your full name").focus()
    page.keyboard.type("Mary Poppins")
    page.keyboard.press("Tab")
    page.keyboard.type(somebody())
    page.keyboard.press("Tab")
    page.keyboard.type("SW1A 1AA")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check your e-mail")).to_be_visible()


def test_without_scripts_it_takes_twenty_seconds(browser: Browser, address: str, site: Site, petition_id: int) -> None:
    before, email = signatures(site, petition_id), somebody()
    page = browser.new_context(java_script_enabled=False, viewport=NARROW).new_page()
    page.goto(address)
    assert "press the button 20 seconds after this page has opened" in page.content()
    fill_in(page, email)
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("heading", name="One more moment")).to_be_visible()
    expect(page.get_by_label("E-mail address")).to_have_value(email)
    assert signatures(site, petition_id) == before
    page.wait_for_timeout(20_000)
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("heading", name="Check your e-mail")).to_be_visible()
    assert signatures(site, petition_id) == before + 1


def test_where_workers_fail_the_slower_way_is_shown(page: Page, address: str) -> None:
    page.route("**/challenge-worker*.js", lambda route: route.abort())
    page.goto(address)
    expect(page.locator("[data-challenge-slow]")).to_be_visible()
    fill_in(page, somebody())
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("heading", name="One more moment")).to_be_visible()


def test_nothing_sticks_out_on_a_narrow_screen(browser: Browser, address: str) -> None:
    page = browser.new_context(viewport=NARROW).new_page()
    for path in (address, address.replace("/petitions/", "/fr/petitions/")):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
