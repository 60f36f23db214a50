"""The worker dies again and again while mails go out and signatures are counted."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.faults.load import Crowd
from tests.invariants import Invariants, Ledger
from tests.journeys.site import Site

PEOPLE = 300
KILLS = 4


@pytest.mark.slow
@pytest.mark.processes
def test_every_mail_leaves_and_every_confirmation_counts_once(
    site: Site, ledger: Ledger, invariants: Invariants, petition_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    crowd = Crowd(site, ledger, petition_id)
    site.kill("worker")
    people = [crowd.somebody() for _ in range(PEOPLE)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda person: _sign_and_confirm(crowd, *person), people))
    assert set(answers) == {200}
    wanted = {email for email, _network in people}
    for _ in range(KILLS):
        left = len(wanted & set(_mailed(site)))
        site.start("worker")
        site.wait_for(lambda left=left: len(wanted & set(_mailed(site))) > left, "the next mails to leave", seconds=45)
        time.sleep(random.uniform(0, 0.2))
        site.kill("worker")
        assert len(wanted & set(_mailed(site))) < PEOPLE, "nothing was left to be lost"
        # What a dead worker had claimed is sent by the next one when its claim is over: these two minutes pass now.
        site.execute("UPDATE mailing_mail SET leased_until = now() WHERE leased_until IS NOT NULL AND state = 'queued'")
    site.start("worker")
    site.wait_for(lambda: wanted <= set(_mailed(site)), "every mail to leave", seconds=60)
    site.wait_for(invariants.is_settled, "confirmations to be counted", seconds=45)
    mails = Counter(address for address in _mailed(site) if address in wanted)
    times = Counter(mails.values())
    with capsys.disabled():
        print(f"\n{PEOPLE} mails, worker killed {KILLS} times: sent so often: {dict(times)}")
    assert max(times) <= 2
    assert times[1] >= 0.99 * PEOPLE
    assert site.value("SELECT signature_count FROM petitions_petition WHERE id = %s", petition_id) == PEOPLE
    assert invariants.breaches() == []


def _sign_and_confirm(crowd: Crowd, email: str, network: str) -> int:
    with requests.Session() as session:
        accepted = crowd.sign(session, email=email, network=network)
        assert accepted is not None
        assert accepted.status_code == 303
        confirmed = crowd.confirm(session, email=email, network=network)
        assert confirmed is not None
        return confirmed.status_code


def _mailed(site: Site) -> list[str]:
    return [letter.to for letter in site.mails.all() if "/confirm/" in letter]
