"""What else becomes of petitions: refused and reviewed, withdrawn, reported, found again, closed."""

import pytest

from tests.journeys import steps
from tests.journeys.people import People

pytestmark = [pytest.mark.slow, pytest.mark.processes]


def test_a_refusal_is_explained_and_reviewed_by_somebody_else(people: People, walk: int) -> None:
    creator = people.citizen()
    text = steps.wish()
    petition_id = steps.hand_in(people, creator, text)
    steps.moderate(
        people,
        petition_id,
        "Reject",
        reason_code="It does not say what should be done",
        details="Which of the spots do you mean?",
    )
    refusal = creator.mail("It does not say what should be done")
    assert "Which of the spots do you mean?" in refusal
    public = steps.reader(people).open(f"/petitions/{petition_id}/")
    assert public.status == 200
    assert "It does not say what should be done" in public.text

    page = creator.browser.open(refusal.link("/creator/")).follow("Ask for a second look at the decision")
    page = page.form(field="text").fill(text="Every free spot is meant, as it says.").press()
    assert page.status == 200
    assert not page.has_link("Ask for a second look at the decision"), "a review may be asked for once"

    page = steps.moderate(
        people,
        petition_id,
        "Decide the review",
        outcome="the refusal is taken back",
        explanation="I am of one mind with myself.",
    )
    assert "Somebody other than the moderator who refused" in page.text
    steps.moderate(
        people,
        petition_id,
        "Decide the review",
        by="second_moderator",
        outcome="the refusal is taken back",
        explanation="You are right, it says so.",
    )
    assert creator.mail("You are right, it says so.")
    steps.approve(people, petition_id)
    assert creator.mail("is published")
    public = steps.reader(people).open(f"/petitions/{petition_id}/")
    assert public.has_link(f"/petitions/{petition_id}/sign/")


def test_a_creator_withdraws_and_the_page_stays(people: People, walk: int) -> None:
    creator, signer = people.citizen(), people.citizen()
    text = steps.wish()
    petition_id = steps.hand_in(people, creator, text)
    steps.approve(people, petition_id)
    signer.sign(petition_id)
    signer.confirm(petition_id)
    page = creator.browser.open(creator.mail("is published").link("/creator/"))
    page = page.follow("Withdraw the petition")
    assert text["title"] in page.text
    page.form().press()
    assert creator.mail("withdrawn")
    public = steps.reader(people).open(f"/petitions/{petition_id}/")
    assert public.status == 200
    assert text["title"] in public.text
    assert not public.has_link(f"/petitions/{petition_id}/sign/")
    late = people.citizen().open(f"/petitions/{petition_id}/sign/")
    assert late.path == f"/petitions/{petition_id}/"
    petition = steps.reader(people).open(f"/petitions/{petition_id}.json").response.json()["data"]["attributes"]
    assert petition["state"] == "closed"


def test_a_petition_withdrawn_before_it_opened_was_never_there(people: People, walk: int) -> None:
    creator = people.citizen()
    petition_id = steps.hand_in(people, creator, steps.wish())
    page = creator.browser.open(creator.mail("/support/").link("/creator/")).follow("Withdraw the petition")
    page.form().press()
    assert steps.reader(people).open(f"/petitions/{petition_id}/").status == 404
    assert steps.reader(people).open(f"/petitions/{petition_id}.json").status == 404


def test_a_report_leads_to_a_taking_down_that_can_be_undone(people: People, walk: int) -> None:
    creator, neighbour = people.citizen(), people.citizen()
    text = steps.wish()
    petition_id = steps.hand_in(people, creator, text)
    steps.approve(people, petition_id)
    page = neighbour.open(f"/petitions/{petition_id}/").follow("Report this petition")
    page = (
        page.form(field="reason").fill(reason="It shows somebody's private information", text="A house number.").press()
    )
    assert page.path == f"/petitions/{petition_id}/report/thanks/"

    queue = people.staff("moderator").open("/staff/moderation/reports/")
    assert str(petition_id) in queue.text
    steps.moderate(people, petition_id, "Take down", reason_code="It shows somebody’s private life (hidden)")
    assert steps.reader(people).open(f"/petitions/{petition_id}/").status == 410
    assert creator.mail("private life")
    steps.moderate(
        people,
        petition_id,
        "Decide the reports",
        outcome="acted on: the petition was hidden, taken down or corrected",
        decision="It named a house.",
    )
    assert str(petition_id) not in people.staff("moderator").open("/staff/moderation/reports/").text

    steps.moderate(people, petition_id, "Take the refusal back", by="second_moderator", reason="It is a public house.")
    public = steps.reader(people).open(f"/petitions/{petition_id}/")
    assert public.status == 200
    assert public.has_link(f"/petitions/{petition_id}/sign/")


def test_a_correction_is_public_and_dated_and_the_earlier_text_stays(people: People, walk: int) -> None:
    creator = people.citizen()
    text = steps.wish()
    petition_id = steps.hand_in(people, creator, text)
    steps.approve(people, petition_id)
    steps.moderate(
        people,
        petition_id,
        "Correct the text",
        ask="Plant a tree on every free spot, and water it.",
        note_en="A misleading word about dry summers was taken out.",
    )
    public = steps.reader(people).open(f"/petitions/{petition_id}/")
    assert "Plant a tree on every free spot, and water it." in public.text
    assert "A misleading word about dry summers was taken out." in public.text
    assert text["ask"] in public.text


def test_a_lost_creators_link_comes_again_to_that_mailbox_only(people: People, walk: int) -> None:
    creator, stranger = people.citizen(), people.citizen()
    text = steps.wish()
    petition_id = steps.hand_in(people, creator, text)
    people.site.execute(
        "UPDATE mailing_mail SET created_at = created_at - interval '5 minutes' WHERE petition_id = %s", petition_id
    )
    before = len(creator.mails())
    answers = []
    for person in (stranger, creator):
        page = person.open("/creator/")
        answers.append(page.form(field="petition").fill(petition=petition_id, email=person.email).press())
    assert answers[0].text == answers[1].text, "the answer tells who started the petition"
    letter = people.site.mails.wait(creator.email, "/creator/", after=before)
    page = creator.browser.open(letter.link("/creator/"))
    assert text["title"] in page.text
    assert stranger.mails() == []


def test_a_petition_closes_at_its_deadline(people: People, walk: int) -> None:
    creator, latecomer, in_time = people.citizen(), people.citizen(), people.citizen()
    petition_id = steps.hand_in(people, creator, steps.wish())
    steps.approve(people, petition_id)
    in_time.sign(petition_id)
    in_time.mail("/confirm/")
    # The last months pass.
    people.site.execute("UPDATE petitions_petition SET closes_at = now() WHERE id = %s", petition_id)
    people.site.wait_for(
        lambda: people.site.value("SELECT state FROM petitions_petition WHERE id = %s", petition_id) == "closed",
        "the sweep to close the petition",
        seconds=45,
    )
    assert creator.mail("closed")
    assert latecomer.open(f"/petitions/{petition_id}/sign/").path == f"/petitions/{petition_id}/"
    # Who signed in time has a day to confirm.
    in_time.confirm(petition_id)
    people.site.wait_for(lambda: steps.counts(people, petition_id)[0] == 7, "the last signature to count")
