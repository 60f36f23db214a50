"""The worker dies again and again while mails go out and signatures are counted."""

import random
import time
from collections import Counter
from collections.abc import Callable
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
    assert _all(people, crowd.sign) == {303}
    wanted = {email for email, _network in people}
    for _ in range(KILLS):
        _kill_while_mails_leave(site)
        assert len(wanted & set(_mailed(site))) < PEOPLE, "nothing was left to be lost"
        # What a dead worker had claimed is sent by the next one when its claim is over: these two minutes pass now.
        site.execute("UPDATE mailing_mail SET leased_until = now() WHERE leased_until IS NOT NULL AND state = 'queued'")
    site.start("worker")
    site.wait_for(lambda: wanted <= set(_mailed(site)), "every mail to leave", seconds=60)
    site.kill("worker")
    assert _all(people, crowd.confirm) == {200}
    site.start("worker")
    site.wait_for(lambda: _counted(site, petition_id), "the first confirmations to be counted", seconds=45)
    site.kill("worker")
    site.start("worker")
    site.wait_for(invariants.is_settled, "all confirmations to be counted", seconds=45)
    mails = Counter(address for address in _mailed(site) if address in wanted)
    times = Counter(mails.values())
    with capsys.disabled():
        print(f"\n{PEOPLE} mails, worker killed {KILLS} times: sent so often: {dict(times)}")
    assert max(times) <= 2
    assert times[1] >= 0.99 * PEOPLE
    assert _counted(site, petition_id) == PEOPLE
    assert invariants.breaches() == []


def _kill_while_mails_leave(site: Site) -> None:
    """Start a worker and kill it a moment after it sent its first mail, however fast this machine is."""
    sent = "SELECT count(*) FROM mailing_mail WHERE state = 'sent'"
    with site.connect() as connection:
        before = connection.execute(sent).fetchone()
        site.start("worker")
        deadline = time.monotonic() + 45
        while connection.execute(sent).fetchone() == before:
            assert time.monotonic() < deadline, "no mail left"
            time.sleep(0.002)
    time.sleep(random.uniform(0, 0.03))
    site.kill("worker")


def _all(people: list[tuple[str, str]], act: Callable[..., requests.Response | None]) -> set[int]:
    """What these people are answered, eight at a time."""

    def once(person: tuple[str, str]) -> int:
        with requests.Session() as session:
            answer = act(session, email=person[0], network=person[1])
        assert answer is not None
        return answer.status_code

    with ThreadPoolExecutor(8) as pool:
        return set(pool.map(once, people))


def _counted(site: Site, petition_id: int) -> int:
    return int(site.value("SELECT signature_count FROM petitions_petition WHERE id = %s", petition_id))


def _mailed(site: Site) -> list[str]:
    return [letter.to for letter in site.mails.all() if "/confirm/" in letter]
