"""The same way in French: every page under /fr/, every mail to a citizen in French."""

import re

import pytest

from tests.journeys import steps
from tests.journeys.answering import Office, Words
from tests.journeys.people import Citizen, People

pytestmark = [pytest.mark.slow, pytest.mark.processes]

ANSWER = {
    "fr": Words(
        title="Une piste cyclable sur le quai",
        summary="La piste sera ouverte au printemps.",
        paragraphs=("Les travaux commencent en janvier.",),
    )
}
# Words of our English mails and pages that French has not.
ENGLISH = re.compile(r"\b(the|your|and|this|petition was|signed|of|we)\b", re.IGNORECASE)


def test_a_french_petition_is_french_all_along(people: People, walk: int) -> None:
    creator = people.citizen(language="fr")
    number = next(steps.numbers)
    text = {
        "title": f"Ouvrir une piste cyclable sur le quai {number}",
        "ask": f"Ouvrir une piste cyclable sur toute la longueur du quai {number}.",
        "detail": "Les enfants iraient seuls au collège.",
    }
    petition_id = steps.hand_in(people, creator, text)
    steps.approve(people, petition_id)
    signers = [people.citizen(language="fr") for _ in range(2)]
    for signer in signers:
        signer.sign(petition_id)
        page = signer.confirm(petition_id)
        assert page.language == "fr"
        assert page.heading == "Vous avez signé"

    people.site.wait_for(lambda: _case_of(people, petition_id), "a case to be opened")
    office = Office(people, _case_of(people, petition_id))
    office.draft(ANSWER)
    for role in ("department_reviewer", "legal_reviewer", "approver"):
        office.decide(role, "Approve")
    office.publish()

    page = signers[0].open(f"/petitions/{petition_id}/")
    assert page.language == "fr"
    assert ANSWER["fr"].summary in page.text
    for person in (creator, *signers):
        answered = person.mail("/fr/answers/")
        assert ANSWER["fr"].summary in answered
        assert person.browser.open(answered.link("/fr/answers/")).language == "fr"
        _reads_french(person, but=set(text.values()))
    link = signers[0].mail("/fr/answers/").link("/unsubscribe/")
    page = signers[0].browser.open(link)
    assert page.language == "fr"
    assert page.form("Arrêter les courriels").press("Arrêter les courriels").language == "fr"
    page = signers[0].browser.open(link)
    assert page.form("Retirer ma signature").press("Retirer ma signature").language == "fr"
    people.site.wait_for(
        lambda: steps.counts(people, petition_id)[0] == steps.THRESHOLD - 1, "the withdrawn signature to leave"
    )
    again = signers[0].browser.open(f"/fr/petitions/{petition_id}/")
    assert ANSWER["fr"].summary in again.text, "falling below a threshold takes no answer back"


def _reads_french(person: Citizen, *, but: set[str]) -> None:
    """Every mail to this person is in French, and so are the pages that its links lead to."""
    assert len(person.mails()) >= 2
    for mail in person.mails():
        words = f"{mail.subject}\n{mail.text}"
        for own in but:
            words = words.replace(own, "")
        english = ENGLISH.search(re.sub(r"https?://\S+", "", words))
        assert english is None, f"“{english.group()}” in the mail “{mail.subject}”"
        for link in re.findall(r"https?://\S+/\S+", mail.text):
            assert link.startswith(f"{person.site.url}/fr/"), link


def _case_of(people: People, petition_id: int) -> int:
    return int(people.site.value("SELECT case_id FROM responses_caselink WHERE petition_id = %s", petition_id) or 0)
