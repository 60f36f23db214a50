"""All that may come between a threshold and a rated answer, by all hands; minutes and clicks are said at the end.

A click is a page that staff or an office opens or a form that they send (`browser.Browser`); a login is none.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import requests

from tests.faults.load import NAME, Crowd
from tests.invariants import Ledger
from tests.journeys import steps
from tests.journeys.answering import Office, Words, keep, write
from tests.journeys.browser import Browser, Page
from tests.journeys.people import Citizen, People

pytestmark = [pytest.mark.slow, pytest.mark.processes]

PUBLIC_FROM = 20  # votes
VOTERS = PUBLIC_FROM - 2
CLICKS = 28
WHY_PAUSED = "A court decides on trees beside roads this week."
WHY_RETURNED = "Some day is no promise: say when."
INVENTORY = "In October we counted 412 free spots."
DRAFT = Words(
    title="Trees for every free spot",
    summary="We will plant the missing trees some day.",
    paragraphs=("The tree officers counted the spots.",),
)
SUMMARY = "We will plant the missing trees within two winters."


@dataclass
class Effort:
    """What an answer costs those who give it."""

    people: People
    began: Counter[str] = field(init=False)
    office: Browser = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.people.clicks()
        self.office = Browser(self.people.site.url, network="198.51.100.40")

    def clicks(self) -> Counter[str]:
        return self.people.clicks() - self.began + Counter({"an office by link": self.office.clicks})

    def minutes(self, petition_id: int) -> float:
        """From threshold to published answer, by the petition's own timeline."""
        moment = "SELECT happened_at FROM petitions_event WHERE petition_id = %s AND kind = %s"
        taken = [self.people.site.value(moment, petition_id, kind) for kind in ("answered", "threshold")]
        return float((taken[0] - taken[1]) / timedelta(minutes=1))


@pytest.fixture(autouse=True)
def approver_comes_back(people: People) -> Iterator[None]:
    """The site is shared: who walks next finds everybody at work."""
    yield
    people.site.execute("UPDATE responses_delegation SET ended_at = now() WHERE ended_at IS NULL")


def test_all_hands_answer_two_petitions_and_signers_rate_it(
    people: People, ledger: Ledger, walk: int, note: Callable[[str], None]
) -> None:
    creators = [people.citizen(), people.citizen()]
    first, second = (steps.hand_in(people, creator, steps.wish()) for creator in creators)
    for petition_id in (first, second):
        steps.approve(people, petition_id)
    neighbour, signer = people.citizen(), people.citizen()
    for person, petition_id in ((neighbour, second), (signer, first)):
        person.sign(petition_id)
        person.confirm(petition_id)
    crowd = _crowd(people, ledger, first)
    case_id = int(people.site.wait_for(lambda: _case_of(people, first), "a case to be opened"))

    effort, office = Effort(people), Office(people, case_id)
    for role in ("coordinator", "drafter", "department_reviewer", "legal_reviewer", "approver", "publisher"):
        people.staff(role)
    page = _group_and_pause(people, case_id, second)
    assert all(creator.mail(WHY_PAUSED) for creator in creators)
    public = [steps.reader(people).open(f"/petitions/{petition_id}/") for petition_id in (first, second)]
    assert all(WHY_PAUSED in one.text for one in public)
    page = page.form("Let the clock run").press("Let the clock run")
    assert page.offers("Pause the clock")

    _gather(people, office, effort.office)
    _write_it(people, office)
    _name_a_delegate(people)
    office.decide("department_reviewer", "Approve")
    office.decide("legal_reviewer", "Return", comment=WHY_RETURNED)
    _mend(people, office)
    for role in ("department_reviewer", "legal_reviewer", "coordinator"):
        office.decide(role, "Approve")
    _approved_for_the_approver(people, case_id)
    _publish(people, office)

    spent = effort.clicks()
    hands = ", ".join(f"{name} {clicks}" for name, clicks in spent.most_common())
    note(f"threshold to answer: {effort.minutes(first):.1f} minutes, {spent.total()} clicks ({hands})")
    assert spent.total() <= CLICKS, hands
    _both_are_answered(people, first, second)
    _rate(people, case_id, crowd, [signer, neighbour])


def _crowd(people: People, ledger: Ledger, petition_id: int) -> list[str]:
    """Others sign at the same time, across the threshold; their addresses."""
    people.names.add(NAME)
    crowd = Crowd(people.site, ledger, petition_id)
    somebodies = [crowd.somebody() for _ in range(VOTERS)]

    def act(name: str) -> Callable[[requests.Session, int], Any]:
        return lambda session, at: getattr(crowd, name)(session, email=somebodies[at][0], network=somebodies[at][1])

    assert set(steps.at_once(VOTERS, act("sign"))) == {303}
    assert set(steps.at_once(VOTERS, act("confirm"))) == {200}
    return [email for email, _network in somebodies]


def _case_of(people: People, petition_id: int) -> Any:
    return people.site.value("SELECT case_id FROM responses_caselink WHERE petition_id = %s", petition_id)


def _group_and_pause(people: People, case_id: int, other: int) -> Page:
    page = people.staff("coordinator").open(f"/staff/cases/{case_id}/")
    form = page.form("Answer another petition too")
    page = form.fill(petition_id=other, reason="Both ask for the same.").press("Answer another petition too")
    assert "This case answers both petitions." in page.response.text, page.text[:500]
    assert _case_of(people, other) == case_id
    return page.form("Pause the clock").fill(reason_en=WHY_PAUSED).press("Pause the clock")


def _gather(people: People, office: Office, agency: Browser) -> None:
    """The drafter asks an agency, which has no account; it answers by its link."""
    address = f"desk-{office.case_id}@trees.example"
    page = people.staff("drafter").open(office.mail("drafter", "you own it").link("/staff/"))
    form = page.form("Ask for contributions").fill(
        question="How many spots are free?", outside=f"Tree Agency <{address}>"
    )
    page = form.press("Ask for contributions")
    assert "Tree Agency" in page.text, page.text[:500]
    page = page.form("Start drafting").press("Start drafting")
    assert page.path.endswith("/edit/"), page.text[:300]

    link = people.site.mails.wait(address, "/contribute/").link("/contribute/")
    answer = agency.open(link).form().fill(text=INVENTORY, answered_by="A tree officer").press("Send")
    assert INVENTORY in answer.text, answer.text[:300]


def _write_it(people: People, office: Office) -> None:
    """The mail about the contribution leads to the draft; the button that inserts it keeps what was typed."""
    editor = people.staff("drafter").open(office.mail("drafter", "a contribution came in").link("/staff/"))
    editor = write(editor.form(field="slug"), {"en": DRAFT}).press("Insert")
    assert "Inserted, with its source." in editor.response.text, editor.text[:500]
    done = keep(editor.form(field="slug")).press("Hand in for review")
    assert "The answer is in review." in done.text, done.text[:500]


def _name_a_delegate(people: People) -> None:
    """The approver goes away, and names the coordinator."""
    page = people.staff("approver").open("/staff/cases/absences/")
    form = page.form(field="delegate_id")
    tomorrow = people.site.value("SELECT to_char(now() + interval '1 day', 'YYYY-MM-DD')")
    page = form.fill(principal_id="Approver", delegate_id="Coordinator", ends_on=tomorrow).press("Save")
    assert "Approver (demo): Coordinator (demo) stands in" in page.text, page.text[:500]


def _mend(people: People, office: Office) -> None:
    """The mail leads to the draft, with the reason above it."""
    editor = people.staff("drafter").open(office.mail("drafter", "the answer came back with a reason").link("/staff/"))
    assert editor.path.endswith("/edit/"), editor.path
    assert WHY_RETURNED in editor.text
    form = keep(editor.form(field="slug")).fill(**{"texts-0-summary": SUMMARY})
    assert "The answer is in review." in form.press("Hand in for review").text


def _approved_for_the_approver(people: People, case_id: int) -> None:
    approved = """
        SELECT approver.username, principal.username FROM responses_approval AS approval
        JOIN accounts_user AS approver ON approver.id = approval.approver_id
        JOIN accounts_user AS principal ON principal.id = approval.on_behalf_of_id
        JOIN responses_answerpage AS page ON page.page_ptr_id = approval.page_id WHERE page.case_id = %s
    """
    assert people.site.query(approved, case_id) == [("coordinator", "approver")]


def _publish(people: People, office: Office) -> None:
    """The mail leads to the case, where publishing is the first thing to do."""
    link = office.mail("publisher", "cleared, ready to be published").link("/staff/")
    page = people.staff("publisher").open(link).form("Publish now").press("Publish now")
    assert "The answer is public." in page.text, page.text[:500]


def _both_are_answered(people: People, *petitions: int) -> None:
    for petition_id in petitions:
        page = steps.reader(people).open(f"/petitions/{petition_id}/")
        assert SUMMARY in page.text
        answer = page.follow(next(a["href"] for a in page.soup.find_all("a", href=True) if "/answers/1" in a["href"]))
        assert INVENTORY in answer.text
        assert "Tree Agency" in answer.text


def _rate(people: People, case_id: int, crowd: list[str], persons: list[Citizen]) -> None:
    """Who signed either petition says what they think, by the link in their mail; the votes are one public figure."""
    links = [person.mail("/rate/").link("/rate/") for person in persons]
    links += [people.site.mails.wait(email, "/rate/").link("/rate/") for email in crowd]

    def say(session: requests.Session, place: int) -> requests.Response:
        return session.post(links[place], data={"choice": "yes" if place else "partly"}, timeout=15)

    assert set(steps.at_once(len(links), say)) == {200}
    counted = "SELECT ratings FROM petitions_publiccase WHERE case_id = %s"
    people.site.wait_for(
        lambda: all(
            (row.get("yes"), row.get("partly")) == (PUBLIC_FROM - 1, 1)
            for (row,) in people.site.query(counted, case_id)
        ),
        "the votes to be counted",
    )
    page = people.staff("auditor").open(f"/staff/cases/{case_id}/")
    assert f"Yes {PUBLIC_FROM - 1} Partly 1 No 0" in page.text
