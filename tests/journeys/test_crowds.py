"""Many at the same moment: across a threshold, and one person many times."""

from typing import Any

import pytest
import requests

from tests.faults.load import NAME, Crowd
from tests.invariants import Ledger
from tests.journeys import steps
from tests.journeys.people import People

pytestmark = [pytest.mark.slow, pytest.mark.processes]

PEOPLE, MISSING = 200, 50
LOWER = "UPDATE petitions_threshold SET count = %s WHERE petition_id = %s AND kind = 'response'"
CROSSED = "SELECT count(*) FROM petitions_crossing WHERE petition_id = %s"
CASES = "SELECT count(*) FROM responses_caselink WHERE petition_id = %s"
OWED = """
    SELECT answer.state, department.name, owner.username, owner.id = department.point_person_id,
        answer.due_on > CURRENT_DATE FROM responses_case AS answer
    JOIN responses_caselink AS link ON link.case_id = answer.id
    JOIN accounts_department AS department ON department.id = answer.department_id
    JOIN accounts_user AS owner ON owner.id = answer.owner_id WHERE link.petition_id = %s
"""
THRESHOLD_EVENTS = "SELECT count(*) FROM petitions_event WHERE petition_id = %s AND kind = 'threshold'"


def test_a_threshold_crossed_by_many_at_once_fires_once(people: People, ledger: Ledger, walk: int) -> None:
    people.names.add(NAME)
    creator = people.citizen()
    petition_id = steps.hand_in(people, creator, steps.wish())
    steps.approve(people, petition_id)
    people.site.execute(LOWER, steps.SUPPORTERS + 1 + MISSING, petition_id)
    crowd = Crowd(people.site, ledger, petition_id)
    somebodies = [crowd.somebody() for _ in range(PEOPLE)]

    def sign(session: requests.Session, place: int) -> Any:
        return crowd.sign(session, email=somebodies[place][0], network=somebodies[place][1])

    def confirm(session: requests.Session, place: int) -> Any:
        email, network = somebodies[place]
        return crowd.confirm(session, email=email, network=network, row_id=rows[place])

    assert set(steps.at_once(PEOPLE, sign)) == {303}
    rows = [crowd.row_id(email) for email, _network in somebodies]
    assert set(steps.at_once(PEOPLE, confirm, together=PEOPLE)) == {200}
    wanted = PEOPLE + steps.SUPPORTERS + 1
    people.site.wait_for(lambda: steps.counts(people, petition_id)[0] == wanted, "all to be counted", seconds=45)
    assert creator.mail("gets an official answer")
    people.site.wait_for(lambda: people.site.value(CASES, petition_id), "a case to be opened")
    for once in (CROSSED, CASES, THRESHOLD_EVENTS):
        assert people.site.value(once, petition_id) == 1
    assert people.site.query(OWED, petition_id) == [("assigned", steps.DEPARTMENT, "drafter", True, True)]
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

    assert set(steps.at_once(50, sign)) == {303}
    people.site.mails.wait(email, "/confirm/")
    link = people.site.mails.to(email)[0].link("/confirm/")
    for _ in range(50):
        assert requests.get(link, timeout=15).status_code == requests.head(link, timeout=15).status_code == 200
    state = "SELECT state FROM signatures_signature WHERE petition_id = %s AND id = %s"
    assert people.site.query(state, petition_id, crowd.row_id(email)) == [("pending",)], "a GET confirmed it"
    assert set(steps.at_once(50, confirm)) == {200}
    wanted = steps.SUPPORTERS + 1 + 1
    people.site.wait_for(lambda: steps.counts(people, petition_id)[0] == wanted, "it to be counted")
    assert len(people.site.mails.to(email)) <= 3
