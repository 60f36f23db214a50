"""Walks the running demo from a threshold to the published answer, in Chromium, as its staff would.

``bin/pictures`` runs it. It counts each press: a link followed (in a mail too), a button, a part of a page unfolded.
What is typed or chosen in a form is not counted, nor are logins. It takes the pictures of docs/answering.md on its way.
The petition is answered afterwards: ``bin/demo --reset`` for another walk.
"""

import argparse
import io
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import requests
from bs4 import BeautifulSoup, Tag
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect, sync_playwright

from tests.conftest import CHROMIUM
from tests.journeys.people import PASSWORD

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
PETITION = 629752  # the demo gives it a threshold of its own, three signatures above its count
SIGNERS = 3
WIDE, PHONE = ViewportSize(width=1280, height=860), ViewportSize(width=390, height=780)
FORM, ANSWER = ViewportSize(width=1000, height=1340), ViewportSize(width=1000, height=1000)
COLOURS = 96
PATIENCE = timedelta(seconds=240)
MILLISECONDS = PATIENCE / timedelta(milliseconds=1)
STAFF = "@staff.example"
LINK = re.compile(r"https?://[^\s<>\"]+/(?:staff|contribute|confirm)/[^\s<>\"]*")
# The editor takes a quarter of a second to put what is typed into the form.
KEPT = "words => [...document.querySelectorAll('#texts-0-body-root input')].some(one => one.value.includes(words))"
AGENCY = "desk@shelter.example"
SUMMARY = "We will make shelter a duty for everybody who keeps animals outside."
MENDED = "From October, everybody who keeps animals outside must give them shelter."


@dataclass
class Walk:
    """The demo at ``url``, everybody's browser, and what was pressed so far."""

    url: str
    petition_id: int
    browser: Browser
    presses: list[str] = field(default_factory=list)
    read: set[str] = field(default_factory=set)

    def mail(self, to: str, subject: str) -> str:
        """The link of the next unread mail to ``to`` about the petition, with these words above it."""
        for _time in patiently():
            for link in reversed(self._listed(to)):
                path = str(link["href"])
                if subject not in link.get_text() or path in self.read:
                    continue
                self.read.add(path)
                text = self._get(path)
                if str(self.petition_id) in text and (found := LINK.search(text)):
                    return found.group()
        raise SystemExit(f"No mail to {to}: {subject}")

    def _listed(self, to: str) -> list[Tag]:
        return list(BeautifulSoup(self._get("/demo/mail/", to=to), "html.parser").select(".app-card a"))

    def _get(self, path: str, **query: str) -> str:
        return requests.get(self.url + path, params=query, timeout=60).text


def patiently() -> Iterator[None]:
    """Once a second, for as long as patience lasts."""
    until = time.monotonic() + PATIENCE.total_seconds()
    while time.monotonic() < until:
        yield
        time.sleep(1)


@dataclass
class Hand:
    """One person at a browser."""

    walk: Walk
    name: str
    page: Page

    def open_mail(self, subject: str, to: str = "") -> None:
        """Follow the link of the mail with these words."""
        self.page.goto(self.walk.mail(to or f"{self.name}{STAFF}", subject))
        self._note(f"the link in the mail “{subject}”")

    def unfold(self, words: str) -> Locator:
        """Open a folded part of the page; the part."""
        part = self.page.locator("details", has=self.page.get_by_text(words, exact=True)).first
        part.locator("summary").first.click()
        self._note(f"unfolds *{words}*")
        return part

    def press(self, words: str) -> None:
        """Press a button, and wait for the page that it leads to."""
        button = self.page.get_by_role("button", name=words, exact=True).first
        with self.page.expect_navigation():
            button.click()
        self._note(f"*{words}*")

    def write(self, place: int, words: str) -> None:
        """Write into the text fields of the answer's body, by their order."""
        editor = self.page.locator("#texts-0-body-root [contenteditable=true]").nth(place)
        editor.click()
        self.page.keyboard.type(words)
        self.page.wait_for_function(KEPT, arg=words)

    def picture(self, name: str) -> None:
        """Keep what the screen shows, from the top of the page, in few colours."""
        self.page.evaluate("window.scrollTo(0, 0)")
        picture = Image.open(io.BytesIO(self.page.screenshot(animations="disabled"))).convert("RGB")
        PICTURES.mkdir(exist_ok=True)
        picture.quantize(COLOURS).save(PICTURES / f"{name}.png", optimize=True)

    def _note(self, what: str) -> None:
        self.walk.presses.append(f"{self.name}: {what}")
        print(f"{len(self.walk.presses):3} {self.walk.presses[-1]}", flush=True)


@contextmanager
def hand(walk: Walk, name: str, size: ViewportSize = WIDE, *, login: bool = True) -> Iterator[Hand]:
    """Somebody, logged in unless they have no account."""
    context = walk.browser.new_context(viewport=size, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(MILLISECONDS)
    if login:
        page.goto(f"{walk.url}/staff/login/")
        page.locator("[name=username]").fill(name)
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(f"{walk.url}/staff/")
    yield Hand(walk, name, page)
    context.close()


def sign(walk: Walk) -> None:
    """Newcomers sign the petition, until its threshold is reached. Not part of the count."""
    for number in range(SIGNERS):
        with hand(walk, f"signer {number}", login=False) as signer:
            page, email = signer.page, f"walker{number}.{walk.petition_id}@mailbox.example"
            page.goto(f"{walk.url}/petitions/{walk.petition_id}/sign/")
            for name, value in {"name": "Robin Walker", "email": email, "postcode": "N1 9GU"}.items():
                page.locator(f"[name={name}]").fill(value)
            page.locator("[name=eligible]").check()
            page.locator("main form[method=post] button").last.click()
            page.wait_for_url("**/check-email/")
            page.goto(walk.mail(email, "onfirm"))
            page.locator("main form[method=post] button").first.click()
            expect(page.get_by_role("heading", name="You signed")).to_be_visible()


def answer(walk: Walk) -> None:
    """From the mail to the owner of the case to the public answer."""
    with hand(walk, "drafter") as drafter, hand(walk, "an office", FORM, login=False) as office:
        drafter.open_mail("you own it")
        drafter.picture("case")
        asked = drafter.unfold("Ask for contributions")
        asked.locator("[name=question]").fill("How many animals were found without shelter last winter?")
        asked.locator("[name=outside]").fill(f"Animal Inspectorate <{AGENCY}>")
        drafter.press("Ask for contributions")
        drafter.press("Start drafting")

        office.open_mail("contribution to an answer", to=AGENCY)
        office.page.locator("[name=text]").fill("Our inspectors counted 1,240 animals without shelter.")
        office.page.locator("[name=answered_by]").fill("Head of inspections")
        office.picture("contribution")
        office.press("Send")
        expect(office.page.get_by_role("heading", name="has arrived")).to_be_visible()

        drafter.open_mail("a contribution came in")
        drafter.page.locator("[name=texts-0-title]").fill("Shelter for animals kept outside")
        drafter.page.locator("[name=texts-0-summary]").fill(SUMMARY)
        drafter.write(0, "Yes. Shelter becomes a duty, and inspectors may fine whoever gives none.")
        drafter.write(1, "Parliament reads the rules in June. They apply from October.")
        drafter.press("Insert")
        drafter.picture("editor")
        drafter.press("Hand in for review")
    review(walk, "department_reviewer")
    with hand(walk, "legal_reviewer") as lawyer:
        lawyer.open_mail("waits for your review")
        lawyer.unfold("Return with reason").locator("[name=comment]").fill("Say from when.")
        lawyer.press("Return")
    with hand(walk, "drafter") as drafter:
        drafter.open_mail("came back with a reason")
        drafter.page.locator("[name=texts-0-summary]").fill(MENDED)
        drafter.press("Hand in for review")
    review(walk, "department_reviewer")
    review(walk, "legal_reviewer", picture="review")
    review(walk, "approver")
    with hand(walk, "publisher") as publisher:
        publisher.page.goto(f"{walk.url}/staff/cases/desk/")  # for the picture: the mail leads to the case itself
        publisher.picture("desk")
        publisher.open_mail("cleared, ready to be published")
        publisher.press("Publish now")


def review(walk: Walk, name: str, picture: str = "") -> None:
    """One review, on a telephone."""
    with hand(walk, name, PHONE) as reviewer:
        reviewer.open_mail("waits for your review")
        if picture:
            reviewer.picture(picture)
        reviewer.press("Approve")


def look(walk: Walk) -> None:
    """What the public sees now."""
    with hand(walk, "somebody", ANSWER, login=False) as reader:
        for _time in patiently():  # a page may be two seconds old
            reader.page.goto(f"{walk.url}/petitions/{walk.petition_id}/")
            if reader.page.get_by_text(MENDED).count():
                break
        link = reader.page.locator(f"a[href*='/{walk.petition_id}-']").first
        reader.page.goto(walk.url + str(link.get_attribute("href")))
        expect(reader.page.get_by_text(MENDED).first).to_be_visible()
        reader.picture("answer")


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/pictures", description=__doc__)
    parser.add_argument("url", nargs="?", default="http://localhost:8000", help="where bin/demo runs")
    parser.add_argument("--petition", type=int, default=PETITION, help="one that needs three more signatures")
    given = parser.parse_args()
    if CHROMIUM is None:
        print("Chromium is not installed (on Debian or Ubuntu: apt-get install chromium).", file=sys.stderr)
        return 2
    expect.set_options(timeout=MILLISECONDS)
    with sync_playwright() as playwright:
        sandbox = [] if os.geteuid() else ["--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        walk = Walk(given.url.rstrip("/"), given.petition, browser)
        sign(walk)
        answer(walk)
        look(walk)
    print(f"{len(walk.presses)} clicks from threshold to published answer; pictures in {PICTURES}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
