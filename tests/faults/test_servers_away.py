"""Redis and PostgreSQL vanish while people sign, and come back."""

import time

import pytest
import redis
import requests

from config.front import copies
from tests.faults.load import Crowd
from tests.invariants import Invariants, Ledger
from tests.journeys.site import Site

pytestmark = [pytest.mark.slow, pytest.mark.processes]

PER_MINUTE = 10  # what one network may sign, by the limits that a site starts with
HEALED_SECONDS = 3 * 30
CONFIRMED = 10
FRESH_SECONDS = 2  # for so long each process shows a page that was made just before, and does not tell its age
READ = ("/", "/petitions/", "/petitions.json", "/answers/", "/tracker/", "/petitions/{id}/", "/petitions/{id}.json")


def test_without_redis_signing_goes_on_and_limits_still_bite(
    site: Site, ledger: Ledger, invariants: Invariants, petition_id: int
) -> None:
    assert site.stack.redis is not None
    crowd = Crowd(site, ledger, petition_id)
    site.stack.redis.kill()
    try:
        with requests.Session() as session:
            people = [crowd.somebody() for _ in range(20)]
            for email, network in people:
                answer = crowd.sign(session, email=email, network=network)
                assert answer is not None
                assert answer.status_code == 303
            for email, network in people[:CONFIRMED]:
                answer = crowd.confirm(session, email=email, network=network)
                assert answer is not None
                assert answer.status_code == 200
            statuses = [_sign_from_one_network(crowd, session) for _ in range(5 * PER_MINUTE)]
            assert set(statuses) == {303, 429}
            assert statuses.count(303) <= 2 * PER_MINUTE
            for path in READ:
                read = session.get(site.url + path.format(id=petition_id), timeout=15)
                assert read.status_code == 200, path
            ready = session.get(f"{site.url}/readyz", timeout=15)
            assert (ready.status_code, ready.json()["redis"]) == (200, "away")
    finally:
        site.stack.redis.start()
    latecomer, network = crowd.somebody()
    with requests.Session() as session:
        answer = crowd.sign(session, email=latecomer, network=network)
        assert answer is not None
        assert answer.status_code == 303
    # Who confirmed already needs no link any more.
    for address in (latecomer, *dict(people[CONFIRMED:])):
        site.mails.wait(address, "/confirm/", seconds=HEALED_SECONDS)
    site.wait_for(invariants.is_settled, "confirmations to be counted", seconds=HEALED_SECONDS)
    assert invariants.breaches() == []


def _sign_from_one_network(crowd: Crowd, session: requests.Session) -> int:
    email, _network = crowd.somebody()
    answer = crowd.sign(session, email=email, network="10.99.0.1")
    assert answer is not None
    if answer.status_code == 429:
        assert int(answer.headers["Retry-After"]) > 0
        assert email in answer.text, "what was typed is gone"
    return answer.status_code


@pytest.mark.parametrize("seconds", [5, pytest.param(20, marks=pytest.mark.long)])
def test_without_postgresql_nothing_is_promised_and_the_site_heals_alone(
    site: Site, ledger: Ledger, invariants: Invariants, petition_id: int, seconds: int
) -> None:
    """Killed under load, back after so long: what can be read stays, what is sent is refused in plain words."""
    assert site.stack.postgresql is not None
    crowd = Crowd(site, ledger, petition_id)
    paths = [path.format(id=petition_id) for path in READ]
    _wait_for_copies(site, paths)
    with crowd.signing(threads=4):
        site.wait_for(lambda: crowd.seen["sign 303"] > 10, "some signatures")
        site.stack.postgresql.kill()
        try:
            _see_what_is_left(crowd, paths, seconds)
        finally:
            site.stack.postgresql.start()
        began = time.monotonic()
        site.wait_for(lambda: _signs(crowd), "signing to work again", seconds=HEALED_SECONDS)
        print(f"signing worked again {time.monotonic() - began:.1f} s after PostgreSQL")
    assert crowd.seen["sign 503"] > 0
    assert not [what for what in crowd.seen if what.endswith(" 500")], crowd.seen
    site.wait_for(invariants.is_settled, "confirmations to be counted", seconds=HEALED_SECONDS)
    assert invariants.breaches() == []
    site.wait_for(lambda: all("Age" not in _page(site, path).headers for path in paths), "pages to be new again")


def _wait_for_copies(site: Site, paths: list[str]) -> None:
    """Read until each page has a copy. A process leaves one every half minute, and does not see Redis start anew."""
    scheme, host = site.url.split("://")
    names = [copies.name_of((scheme, host, path, "")) for path in paths]

    def has_copies() -> bool:
        assert [_page(site, path).status_code for path in paths] == [200] * len(paths)
        with redis.Redis.from_url(f"{site.stack.environment['REDIS_URL']}?db=1") as client:
            void = float(client.get(copies.VOID) or 0)
            return all(made_at and void < made_at for made_at in client.zmscore(copies.INDEX, names))

    site.wait_for(has_copies, "copies of all pages", seconds=HEALED_SECONDS)


def _see_what_is_left(crowd: Crowd, paths: list[str], seconds: int) -> None:
    """Look at everything for so many seconds, and once more after that."""
    site, back = crowd.site, time.monotonic() + seconds
    time.sleep(FRESH_SECONDS)
    site.wait_for(lambda: all("Age" in _page(site, path).headers for path in paths), "pages to tell their age")
    with requests.Session() as session:
        while True:
            _see_it(crowd, session, paths)
            if time.monotonic() > back:
                break
            time.sleep(0.2)


def _see_it(crowd: Crowd, session: requests.Session, paths: list[str]) -> None:
    email, network = crowd.somebody()
    answer = crowd.sign(session, email=email, network=network)
    assert answer is not None
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Nothing was recorded" in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    for path in paths:
        page = session.get(crowd.site.url + path, timeout=15)
        assert page.status_code == 200, path
        assert int(page.headers["Age"]) > 0, path
    assert session.get(f"{crowd.site.url}/healthz", timeout=15).status_code == 200
    assert session.get(f"{crowd.site.url}/readyz", timeout=15).status_code == 503


def _page(site: Site, path: str) -> requests.Response:
    return requests.get(site.url + path, timeout=15)


def _signs(crowd: Crowd) -> bool:
    email, network = crowd.somebody()
    with requests.Session() as session:
        answer = crowd.sign(session, email=email, network=network)
    return answer is not None and answer.status_code == 303


@pytest.mark.parametrize("seconds", [4, pytest.param(20, marks=pytest.mark.long)])
def test_redis_killed_under_load_loses_nobody_and_lets_no_network_run_free(
    site: Site, ledger: Ledger, invariants: Invariants, petition_id: int, seconds: int
) -> None:
    """A third of the run with Redis, a third without, a third with it again."""
    assert site.stack.redis is not None
    crowd, greedy = Crowd(site, ledger, petition_id), Crowd(site, ledger, petition_id)
    began = time.monotonic()
    with crowd.signing(threads=6), greedy.signing(threads=1, network="10.99.0.2"):
        time.sleep(seconds)
        with_redis = greedy.seen["sign 303"]
        site.stack.redis.kill()
        try:
            before = crowd.seen["sign 303"]
            time.sleep(seconds)
            site.wait_for(lambda: crowd.seen["sign 303"] > before + 10, "signatures without Redis")
        finally:
            site.stack.redis.start()
        before = crowd.seen["sign 303"]
        time.sleep(seconds)
        site.wait_for(lambda: crowd.seen["sign 303"] > before + 10, "signatures after Redis came back")
    minutes = (time.monotonic() - began) / 60
    allowed = PER_MINUTE + PER_MINUTE * minutes
    assert with_redis > 0
    assert greedy.seen["sign 429"] > 0
    assert greedy.seen["sign 303"] <= 2 * allowed, greedy.seen
    for seen in (crowd.seen, greedy.seen):
        assert {what for what in seen if what.startswith("sign")} <= {"sign 303", "sign 429"}, seen
    # With Redis away each process decides alone, but on networks that signed once it never has reason to refuse.
    assert 100 * crowd.seen["sign 429"] <= crowd.seen["sign 303"], crowd.seen
    site.wait_for(invariants.is_settled, "confirmations to be counted", seconds=HEALED_SECONDS)
    assert invariants.breaches() == []
