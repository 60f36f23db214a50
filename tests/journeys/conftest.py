"""One site for all journeys, started once; every journey may be walked many times with new people."""

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest

from tests.invariants import Invariants, Ledger
from tests.journeys.people import People
from tests.journeys.site import Site
from tests.journeys.steps import THRESHOLD

REPEATS = "REDRESS_JOURNEY_REPEATS"
LIMITS_IN_FORCE_SECONDS = 10

NOTES = pytest.StashKey[list[str]]()
TALLY = pytest.StashKey[dict[str, list[float]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--journeys", type=int, default=None, help=f"walk every journey so many times (also {REPEATS})")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test that asks for `walk` is a journey, walked as often as was asked for."""
    if "walk" in metafunc.fixturenames:
        times = metafunc.config.getoption("journeys", None) or int(os.environ.get(REPEATS, "1"))
        metafunc.parametrize("walk", range(1, times + 1))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if call.when == "call" and "walk" in getattr(item, "fixturenames", ()):
        tally = item.config.stash.setdefault(TALLY, defaultdict(list))
        tally[item.name.partition("[")[0]].append(call.duration if report.passed else -call.duration)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if tally := config.stash.get(TALLY, None):
        terminalreporter.write_sep("-", "journeys: walked, arrived, seconds each")
        for name, walks in tally.items():
            arrived = [seconds for seconds in walks if seconds > 0]
            each = f"{min(map(abs, walks)):.1f} to {max(map(abs, walks)):.1f} s"
            terminalreporter.write_line(f"{name}: {len(walks)} walked, {len(arrived)} arrived, {each}")
    for line in config.stash.get(NOTES, []):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Web, worker and beat on servers of their own, with a threshold that the administrator set on the screen."""
    site = Site(tmp_path_factory.mktemp("journeys"), static_root=tmp_path_factory.getbasetemp() / "static")
    site.given["PAGE_CACHE_SECONDS"] = "0"  # what was just done is looked at, by whichever process answers
    with site:
        yield site


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return Ledger(tmp_path_factory.mktemp("journey-ledger") / "ledger.jsonl")


@pytest.fixture(scope="session")
def people(site: Site, ledger: Ledger) -> People:
    """Everybody who takes part. The administrator has lowered the threshold for an answer and named a coordinator."""
    people = People(site, ledger)
    page = people.staff("administrator").open("/staff/limits/")
    page = (
        page.form(field="response_threshold")
        .fill(response_threshold=THRESHOLD, coordinator="Coordinator", reason="A small place with few people.")
        .press()
    )
    assert page.status == 200
    assert page.form(field="response_threshold").value("response_threshold") == str(THRESHOLD), page.text
    time.sleep(LIMITS_IN_FORCE_SECONDS)
    return people


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Says a line at the end of the whole output."""
    return request.config.stash.setdefault(NOTES, []).append


@pytest.fixture(autouse=True)
def _invariants_hold(site: Site, ledger: Ledger, people: People) -> Iterator[None]:
    """After every journey: what was acknowledged is stored, counts agree, logs are clean, the audit log stands."""
    yield
    invariants = Invariants(ledger=ledger, connect=site.connect, logs=site.logs, secrets=people.names)
    site.wait_for(invariants.is_settled, "all confirmations to be counted")
    assert invariants.breaches() == []
