"""Stretches of the way that many journeys share."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.faults.load import pressed
from tests.journeys.browser import Browser, Page
from tests.journeys.people import Citizen, People

SUPPORTERS = 5
# Signatures for an answer, small enough to be reached in seconds: the creator, five supporters and two signers.
THRESHOLD = 8
DEPARTMENT = "Department for Environment, Food and Rural Affairs"
READER = "198.51.100.7"
AT_ONCE = 16
STREETS = ("Mill Lane", "Station Road", "Church Street", "Harbour Row", "Castle Hill", "Orchard Way", "Market Square")

numbers = itertools.count(1)


def wish() -> dict[str, str]:
    """What a petition asks for; no two are alike."""
    number = next(numbers)
    street = f"{STREETS[number % len(STREETS)]} {number}"
    return {
        "title": f"Plant trees along {street}",
        "ask": f"Plant a tree on every free spot along {street}, and water it in dry summers.",
        "detail": "Streets with trees are cooler.\n\nThey are quieter too.",
    }


def hand_in(people: People, creator: Citizen, text: dict[str, str]) -> int:
    """From the first page to the moderators' queue; the petition's number."""
    petition_id = creator.create(**text)
    creator.confirm(petition_id)
    link = creator.mail("/support/").link("/support/")
    for _ in range(SUPPORTERS):
        supporter = people.citizen(language=creator.language)
        supporter.support(link)
        supporter.confirm(petition_id)
    return petition_id


def moderate(people: People, petition_id: int, button: str, *, by: str = "moderator", **answers: object) -> Page:
    """One act of a moderator, on the petition's staff page."""
    page = people.staff(by).open(f"/staff/petitions/{petition_id}/")
    assert page.status == 200, f"{page.status} for {by}"
    page = page.form(button).fill(**answers).press(button)
    assert page.status == 200, f"{page.status} {page.text[:500]}"
    return page


def approve(people: People, petition_id: int) -> None:
    """A moderator finds the petition in the queue, claims it and opens it."""
    moderator = people.staff("moderator")
    page = moderator.open("/staff/moderation/").follow(f"/staff/petitions/{petition_id}/")
    page = page.form("Claim for 30 minutes").press()
    assert "yours for 30 minutes" in page.text
    page = page.form("Approve and open").fill(departments=[DEPARTMENT]).press()
    assert "open for signatures" in page.text, page.text[:500]


def reader(people: People) -> Browser:
    """Somebody who only reads."""
    return Browser(people.site.url, network=READER)


def counts(people: People, petition_id: int) -> tuple[int, dict[str, int]]:
    """The count and the regions with their figures, as the JSON has them."""
    attributes = reader(people).open(f"/petitions/{petition_id}.json").response.json()["data"]["attributes"]
    regions = {row["name"]: row["signature_count"] for row in attributes["signatures_by_region"]}
    return attributes["signature_count"], regions


def at_once(
    number: int, act: Callable[[requests.Session, int], requests.Response | None], *, together: int = AT_ONCE
) -> list[int]:
    """What so many people are answered in the end, `together` at a time; `act` gets a session and a number."""

    def call(place: int) -> int:
        with requests.Session() as session:
            session.trust_env = False
            return int(pressed(lambda: act(session, place)).status_code)

    with ThreadPoolExecutor(together) as pool:
        return list(pool.map(call, range(number)))
