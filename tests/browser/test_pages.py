"""Every type of page in every state it has: readable by everybody (WCAG 2.2 AA by axe), and nothing sticks out."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cms.content import PAGES
from tests.browser.citizen import Citizen

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.processes]

STATES = (
    "open", "answered", "owed", "late", "closed", "rejected", "duplicate", "withdrawn", "gathering", "imported",
    "imported_answered", "hostile",
)  # fmt: skip
GONE = 410


def pages(places: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Address and status of each, of those that need neither a form nor a link in a mail."""
    number = places["open"]
    for address in (
        "/",
        *(f"/{slug}/" for slug in PAGES),
        "/petitions/",
        "/petitions/?state=all&q=bridge",
        "/petitions/?state=rejected",
        "/petitions/?q=nothing-of-that-sort",
        "/search/",
        "/search/?q=bridge",
        *(f"/petitions/{places[state]}/" for state in STATES),
        f"/petitions/{number}/sign/",
        f"/petitions/{number}/sign/check-email/",
        f"/petitions/{number}/follow/",
        f"/petitions/{number}/share/",
        f"/petitions/{number}/poster/",
        f"/petitions/{number}/embed/",
        f"/petitions/{number}/report/",
        f"/petitions/{number}/report/thanks/",
        "/petitions/new/",
        "/petitions/archive/",
        places["month"],
        "/topics/",
        f"/topics/{places['topic']}/",
        "/regions/",
        f"/regions/{places['region']}/",
        "/feedback/",
        "/feedback/thanks/",
        "/answers/",
        "/answers/?q=trees",
        places["answer"],
        "/tracker/",
        "/creator/",
        "/mailbox/",
        "/data/",
        "/api/docs/",
    ):
        yield address, 200
    for step in ("title", "similar", "ask", "detail", "creator", "check", "later"):
        yield f"{places['draft']}{step}/", 200
    yield f"/petitions/{places['hidden']}/", GONE
    yield "/petitions/99999999/", 404
    yield "/confirm/no-such-link/", 404


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ar", 320)])
def test_every_page_is_for_everybody(
    arrive: Callable[..., Citizen], places: dict[str, Any], language: str, width: int
) -> None:
    person = arrive(language=language, axe=True, viewport={"width": width, "height": 800})
    for address, status in pages(places):
        person.open(address, status=status)
