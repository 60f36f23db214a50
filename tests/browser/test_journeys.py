"""The ways of a citizen through the site, from writing a petition to rating its answer, however they use a browser."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from signatures import links
from signatures.models import Follower, Signature
from tests.browser.citizen import ANSWERS, Citizen

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.processes]

# Generous: what is tested is that it happens, not how fast this machine is.
expect.set_options(timeout=90_000)
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 320, "height": 640}
# 1280 x 1024 enlarged four times.
ENLARGED = {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4}
WAYS: dict[str, dict[str, Any]] = {
    "a mouse, English": {"viewport": DESK, "axe": True},
    "enlarged four times, keys alone, French": {**ENLARGED, "keyboard": True, "language": "fr", "axe": True},
    "a phone without scripts, French": {"viewport": PHONE, "scripts": False, "language": "fr"},
    "a phone, Arabic": {"viewport": PHONE, "language": "ar", "axe": True},
}
QUESTIONS = "/petitions/new/"
TEXT = {
    "title": "Open a swimming bath in Quarry Park",
    "ask": "Build a bath that everybody can walk to, and keep it open all year.",
    "detail": "Children learn to swim where there is water.",
}
MOST_QUESTIONS = 10


@pytest.fixture(params=WAYS)
def person(request: pytest.FixtureRequest, arrive: Callable[..., Citizen]) -> Citizen:
    """Somebody who uses a browser in this way."""
    return arrive(**WAYS[request.param])


def row(person: Citizen, statement: str, *values: Any) -> dict[str, Any]:
    """The one row of this SELECT."""
    with person.site.connect() as connection, connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        found = cursor.execute(statement, values).fetchone()
    assert found is not None
    return found


def signature_of(person: Citizen, petition_id: int) -> Signature:
    """The petition's newest signature."""
    newest = "SELECT * FROM signatures_signature WHERE petition_id = %s ORDER BY id DESC LIMIT 1"
    return Signature(**row(person, newest, petition_id))


def mailed(person: Citizen, link: str) -> str:
    """A link as this site's mails have it."""
    return person.site.url + urlsplit(link).path


def sign(person: Citizen, petition_id: int) -> None:
    """From the petition's page to "you signed"."""
    person.open(f"/petitions/{petition_id}/")
    person.press(f"main a[href$='/petitions/{petition_id}/sign/']", name="sign")
    person.fill(**ANSWERS, email=person.email, notify=True)
    person.press(name="check-email")
    expect(person.page.locator("main")).to_contain_text(person.email)
    person.visit(person.letter("/confirm/"), name="confirm")
    person.press(name="signed")
    person.rests_at("/confirm/")


def test_somebody_writes_a_petition_and_hands_it_in(person: Citizen) -> None:
    person.open(QUESTIONS)
    person.fill(eligible=True)
    for number in range(MOST_QUESTIONS):
        person.press(name=f"create, question {number}")
        if person.page.url.endswith("/check-email/"):
            break
        person.fill_whatever_is_asked(**TEXT, **ANSWERS, email=person.email)
    person.rests_at("/sign/check-email/$")
    person.visit(person.letter("/confirm/"), name="confirm a petition")
    person.press(name="confirmed a petition")
    person.visit(person.letter("/creator/"), name="the creator's page")
    person.press("main a[href$='/poster/']", name="the supporters' poster")
    person.visit(person.letter("/support/"), name="the supporters' page")


def test_somebody_signs_reads_the_answer_rates_it_and_wants_no_more_mail(
    person: Citizen, places: dict[str, Any]
) -> None:
    number = places["answered"]
    sign(person, number)
    signature, now = signature_of(person, number), timezone.now()
    person.visit(mailed(person, links.rate(signature, event_id=places["event"], now=now)), name="rate")
    person.press("main a[href*='/answers/']", name="the answer")
    expect(person.page.locator("main")).to_contain_text("trees")
    person.page.go_back()
    person.fill(choice="partly", comment="Which year?")
    person.press(name="rated")
    assert person.site.value("SELECT choice FROM petitions_rating WHERE row_id = %s", signature.id) == "partly"
    person.visit(mailed(person, links.unsubscribe(signature, now=now)), name="unsubscribe")
    person.press(name="unsubscribed")
    assert not person.site.value("SELECT notify FROM signatures_signature WHERE id = %s", signature.id)


def test_somebody_follows_a_petition_without_signing_it_and_stops(person: Citizen, places: dict[str, Any]) -> None:
    number = places["open"]
    person.open(f"/petitions/{number}/follow/")
    person.fill(email=person.email)
    person.press(name="follow, asked")
    person.visit(person.letter("/follow/"), name="follow")
    follower = Follower(**row(person, "SELECT * FROM signatures_follower ORDER BY id DESC LIMIT 1"))
    assert (follower.petition_id, follower.confirmed_at) == (number, None)
    person.press(name="followed")
    assert person.site.value("SELECT confirmed_at FROM signatures_follower WHERE id = %s", follower.id)
    person.visit(mailed(person, links.unfollow(follower, now=timezone.now())), name="unfollow")
    person.press(name="unfollowed")
    assert not person.site.value("SELECT count(*) FROM signatures_follower WHERE id = %s", follower.id)


@pytest.mark.parametrize("person", ["a mouse, English", "a phone without scripts, French"], indirect=True)
def test_somebody_whose_address_was_used_says_that_they_did_not_sign(person: Citizen, places: dict[str, Any]) -> None:
    number = places["open"]
    person.open(f"/petitions/{number}/sign/")
    person.fill(**ANSWERS, email=person.email)
    person.press(name="check-email")
    signature = signature_of(person, number)
    person.visit(person.letter("/not-me/"), name="did not sign")
    assert person.site.value("SELECT count(*) FROM signatures_signature WHERE id = %s", signature.id) == 1
    person.press(name="did not sign, said")
    assert person.site.value("SELECT count(*) FROM signatures_signature WHERE id = %s", signature.id) == 0


@pytest.mark.parametrize(
    "person",
    ["enlarged four times, keys alone, French", "a phone without scripts, French", "a phone, Arabic"],
    indirect=True,
)
def test_what_is_missing_is_said_at_the_top_and_nothing_typed_is_lost(person: Citizen, places: dict[str, Any]) -> None:
    person.open(f"/petitions/{places['open']}/sign/")
    person.fill(name="Quillon Thornbeck")
    person.press(name="sign, with errors")
    summary = person.page.locator("[data-error-summary]")
    expect(summary).to_be_visible()
    if person.scripts:
        expect(summary).to_be_focused()
    expect(person.page.locator("main [name=name]")).to_have_value("Quillon Thornbeck")
    person.press("[data-error-summary] a", name="to the field that is missing")
    expect(person.page.locator("main [name=email]")).to_be_focused()


@pytest.mark.parametrize("person", ["a mouse, English", "enlarged four times, keys alone, French"], indirect=True)
def test_the_first_key_leads_past_the_header(person: Citizen) -> None:
    person.open("/petitions/")
    person.page.keyboard.press("Tab")
    expect(person.page.locator(".govuk-skip-link")).to_be_focused()
    expect(person.page.locator(".govuk-skip-link")).to_be_in_viewport()
    person.page.keyboard.press("Enter")
    person.page.keyboard.press("Tab")
    assert person.page.evaluate("document.querySelector('main').contains(document.activeElement)")
