"""Pages as a browser shows them: Chromium against a site of its own, with the processes that serve the public."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.citizen import Citizen
from tests.journeys.site import Site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Web, worker and beat on servers of their own, at localhost: a secure context, as TLS gives the real site."""
    with Site(tmp_path_factory.mktemp("browser"), static_root=tmp_path_factory.getbasetemp() / "static") as site:
        yield site


@pytest.fixture(scope="session")
def places(site: Site) -> dict[str, Any]:
    """A petition in every state that has a page, and an answer: their numbers and addresses (``fill``)."""
    said = site.manage(
        "shell", "--no-imports", "-c", f"from tests.browser.fill import fill; fill({str(site.folder / 'given')!r})"
    )
    return dict(json.loads(said.strip().splitlines()[-1]))


@pytest.fixture
def arrive(browser: Browser, site: Site, places: dict[str, Any]) -> Iterator[Callable[..., Citizen]]:
    """Makes people at browsers. What was wrong on their ways fails the test at its end."""
    people: list[Citizen] = []

    def make(**ways: Any) -> Citizen:
        people.append(Citizen(browser, site, **ways))
        return people[-1]

    yield make
    for person in people:
        person.close()
