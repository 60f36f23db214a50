"""Redis and PostgreSQL vanish while people sign, and come back."""

import time

import pytest
import requests

from tests.faults.load import Crowd
from tests.invariants import Invariants, Ledger
from tests.journeys.site import Site

pytestmark = [pytest.mark.slow, pytest.mark.processes]

PER_MINUTE = 10  # what one network may sign, by the limits that a site starts with
HEALED_SECONDS = 3 * 30
CONFIRMED = 10
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


def test_without_postgresql_nothing_is_promised_and_the_site_heals_alone(
    site: Site, ledger: Ledger, invariants: Invariants, petition_id: int
) -> None:
    assert site.stack.postgresql is not None
    crowd = Crowd(site, ledger, petition_id)
    with crowd.signing(threads=4):
        time.sleep(1.5)
        site.stack.postgresql.kill()
        time.sleep(2)
        with requests.Session() as session:
            email, network = crowd.somebody()
            answer = crowd.sign(session, email=email, network=network)
            assert answer is not None
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
            assert "Nothing was recorded" in answer.text
            for path in READ:
                assert session.get(site.url + path.format(id=petition_id), timeout=15).status_code in (200, 503), path
        site.stack.postgresql.start()
        began = time.monotonic()
        site.wait_for(lambda: _signs(crowd), "signing to work again", seconds=HEALED_SECONDS)
        print(f"signing worked again {time.monotonic() - began:.1f} s after PostgreSQL")
    assert crowd.seen["sign 303"] > 10
    assert crowd.seen["sign 503"] > 0
    assert not [what for what in crowd.seen if what.endswith(" 500")], crowd.seen
    site.wait_for(invariants.is_settled, "confirmations to be counted", seconds=HEALED_SECONDS)
    assert invariants.breaches() == []


def _signs(crowd: Crowd) -> bool:
    email, network = crowd.somebody()
    with requests.Session() as session:
        answer = crowd.sign(session, email=email, network=network)
    return answer is not None and answer.status_code == 303
