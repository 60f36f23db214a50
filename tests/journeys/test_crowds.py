"""Many at the same moment: across a threshold, and one person many times."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.faults.load import NAME, Crowd, pressed
from tests.invariants import Ledger
from tests.journeys import steps
from tests.journeys.people import People

pytestmark = [pytest.mark.slow, pytest.mark.processes]

AT_ONCE = 16
PEOPLE = 60
CROSSED = "SELECT count(*) FROM petitions_crossing WHERE petition_id = %s"
CASES = "SELECT count(*) FROM responses_caselink WHERE petition_id = %s"
THRESHOLD_EVENTS = "SELECT count(*) FROM petitions_event WHERE petition_id = %s AND kind = 'threshold'"


def at_once(number: int, act: Any) -> list[int]:
    """What so many people are answered in the end, sixteen at a time; `act` gets a session and a number."""

    def call(place: int) -> int:
        with requests.Session() as session:
            session.trust_env = False
            return int(pressed(lambda: act(session, place)).status_code)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(call, range(number)))


def test_a_threshold_crossed_by_many_at_once_fires_once(people: People, ledger: Ledger, walk: int) -> None:
    people.names.add(NAME)
    creator = people.citizen()
    petition_id = steps.hand_in(people, creator, steps.wish())
    steps.approve(people, petition_id)
    crowd = Crowd(people.site, ledger, petition_id)
    somebodies = [crowd.somebody() for _ in range(PEOPLE)]

    def sign(session: requests.Session, place: int) -> Any:
        return crowd.sign(session, email=somebodies[place][0], network=somebodies[place][1])

    def confirm(session: requests.Session, place: int) -> Any:
        return crowd.confirm(session, email=somebodies[place][0], network=somebodies[place][1])

    assert set(at_once(PEOPLE, sign)) == {303}
    assert set(at_once(PEOPLE, confirm)) == {200}
    wanted = PEOPLE + steps.SUPPORTERS + 1
    people.site.wait_for(lambda: steps.counts(people, petition_id)[0] == wanted, "all to be counted", seconds=45)
    assert creator.mail("gets an official answer")
    people.site.wait_for(lambda: people.site.value(CASES, petition_id), "a case to be opened")
    for once in (CROSSED, CASES, THRESHOLD_EVENTS):
        assert people.site.value(once, petition_id) == 1
    told = [mail for mail in creator.mails() if "gets an official answer" in mail]
    assert len(told) == 1


def test_one_address_fifty_times_at_once_is_one_signature(people: People, ledger: Ledger, walk: int) -> None:
    people.names.add(NAME)
    petition_id = steps.hand_in(people, people.citizen(), steps.wish())
    steps.approve(people, petition_id)
    crowd = Crowd(people.site, ledger, petition_id)
    email, _network = crowd.somebody()

    def sign(session: requests.Session, place: int) -> Any:
        return crowd.sign(session, email=email, network=f"10.77.{petition_id % 250}.{place}")

    def confirm(session: requests.Session, _place: int) -> Any:
        return crowd.confirm(session, email=email, network="10.78.0.1")

    assert set(at_once(50, sign)) == {303}
    people.site.mails.wait(email, "/confirm/")
    link = people.site.mails.to(email)[0].link("/confirm/")
    for _ in range(50):
        assert requests.get(link, timeout=15).status_code == requests.head(link, timeout=15).status_code == 200
    state = "SELECT state FROM signatures_signature WHERE petition_id = %s AND id = %s"
    assert people.site.query(state, petition_id, crowd.row_id(email)) == [("pending",)], "a GET confirmed it"
    assert set(at_once(50, confirm)) == {200}
    wanted = steps.SUPPORTERS + 1 + 1
    people.site.wait_for(lambda: steps.counts(people, petition_id)[0] == wanted, "it to be counted")
    assert len(people.site.mails.to(email)) <= 3
