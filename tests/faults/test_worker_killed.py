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
PATIENCE = 60.0
# The full length: so many mails, paced so that they last as long as the worker is killed, every so many seconds.
ALL_PEOPLE, A_SECOND, SECONDS, EVERY = 3000, 50, 60.0, 5.0

Kill = Callable[[Site, set[str]], None]


def kill_after_the_first_mail(site: Site, wanted: set[str]) -> None:
    for _ in range(KILLS):
        _kill_while_mails_leave(site)
        assert len(wanted & set(_mailed(site))) < len(wanted), "nothing was left to be lost"


def kill_every_few_seconds(site: Site, wanted: set[str]) -> None:
    site.given["MAIL_PER_DOMAIN"] = str(A_SECOND)
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        site.start("worker")
        time.sleep(EVERY)
        site.kill("worker")
    site.given.clear()


@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.parametrize(
    ("number", "kill", "most_doubled"),
    [
        # Each kill may come between a mail and its mark.
        pytest.param(PEOPLE, kill_after_the_first_mail, KILLS, id="short"),
        pytest.param(ALL_PEOPLE, kill_every_few_seconds, ALL_PEOPLE // 1000, id="full", marks=pytest.mark.long),
    ],
)
def test_every_mail_leaves_and_every_confirmation_counts_once(
    site: Site,
    ledger: Ledger,
    invariants: Invariants,
    petition_id: int,
    capsys: pytest.CaptureFixture[str],
    number: int,
    kill: Kill,
    most_doubled: int,
) -> None:
    crowd = Crowd(site, ledger, petition_id)
    site.kill("worker")
    people = [crowd.somebody() for _ in range(number)]
    assert _all(people, crowd.sign) == {303}
    wanted = {email for email, _network in people}
    kill(site, wanted)
    site.start("worker")
    site.wait_for(lambda: wanted <= set(_mailed(site)), "every mail to leave", seconds=180)
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
        print(f"\n{number} mails, worker killed again and again: sent so often: {dict(times)}")
    assert max(times) <= 2
    assert times[1] >= number - most_doubled
    assert _counted(site, petition_id) == number
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
    """What these people are answered in the end, four at a time: who is told "not now" tries again, as people do."""

    def in_the_end(person: tuple[str, str]) -> int:
        deadline = time.monotonic() + PATIENCE
        with requests.Session() as session:
            while (answer := act(session, email=person[0], network=person[1])) is None or answer.status_code == 503:
                assert time.monotonic() < deadline, "turned away for too long"
                time.sleep(0.3)
        return answer.status_code

    with ThreadPoolExecutor(4) as pool:
        return set(pool.map(in_the_end, people))


def _counted(site: Site, petition_id: int) -> int:
    return int(site.value("SELECT signature_count FROM petitions_petition WHERE id = %s", petition_id))


def _mailed(site: Site) -> list[str]:
    return [letter.to for letter in site.mails.all() if "/confirm/" in letter]
