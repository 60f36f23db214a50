"""The creator's own page: where the petition stands, and what can be done about it."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from mailing.models import Mail
from petitions import limits, waiting
from petitions.lifecycle import State
from petitions.models import Draft, Petition, PublicCase, Rejection, Resubmission, ReviewRequest
from petitions.staff.petition import screen as petition_screen
from signatures import links
from signatures.models import Signature
from tests import factories
from tests.signatures.clock import let_pass
from tests.signatures.conftest import path_in, send_mails, sign_as, until_429

HOST = "https://petitions.example"


def page_of(petition: Petition, signature: Signature | None = None) -> str:
    """The address of the creator's page."""
    signature = signature or sign_as(petition, role="creator", email="mary@example.org")
    return links.creator(signature, petition, now=timezone.now()).removeprefix(HOST)


MAKE = {
    "Waiting for you": lambda: factories.make_petition(),
    "Gathering supporters": lambda: factories.make_petition(state=State.GATHERING_SUPPORT, supporter_count=2),
    "Being checked": lambda: factories.make_petition(
        state=State.IN_MODERATION, moderation_threshold_reached_at=timezone.now()
    ),
    "Open": lambda: factories.make_open_petition(signature_count=123),
    "Closed": lambda: factories.make_closed_petition(),
    "Withdrawn": lambda: factories.make_withdrawn_petition(opened=False),
    "Refused": lambda: factories.make_rejected_petition(details="Please name the street."),
}


@pytest.mark.parametrize("words", MAKE)
@pytest.mark.parametrize("language", ["", "/fr"])
def test_it_says_where_the_petition_stands(db: None, client: Client, words: str, language: str) -> None:
    petition = MAKE[words]()
    response = client.get(language + page_of(petition))
    page = response.content.decode()
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert petition.title in page
    if not language:
        assert words in page


def test_while_supporters_are_gathered_it_shows_their_number_and_link(db: None, client: Client) -> None:
    petition = factories.make_petition(state=State.GATHERING_SUPPORT, supporter_count=2)
    page = client.get(page_of(petition)).content.decode()
    assert "2 supporters of 5 have confirmed" in page
    assert "3 more are needed" in page
    assert f"/petitions/{petition.pk}/support/" in page


def waited(now: datetime, days: int, **decision: datetime) -> dict[str, datetime]:
    """Columns of a petition that was decided at ``now`` after so many days."""
    return {"moderation_threshold_reached_at": now - timedelta(days=days), **decision}


def test_while_it_is_checked_it_says_honestly_how_long_that_takes(db: None, client: Client) -> None:
    now = timezone.now()
    petition = factories.make_petition(state=State.IN_MODERATION, **waited(now, 1))
    link = page_of(petition)
    page = client.get(link).content.decode()
    assert "decided lately" not in page
    assert "No petition waits that was handed in before yours." in page
    factories.make_petition(state=State.IN_MODERATION, **waited(now, 12))
    for days in range(1, 10):
        factories.make_open_petition(opened_at=now, **waited(now, days))
    # One that was refused has waited as well; what was imported has not.
    factories.make_rejected_petition(rejected_at=now, **waited(now, 20))
    factories.make_open_petition(opened_at=now, source="uk", source_id="7", **waited(now, 90))
    waiting.forget()
    usual = waiting.usual()
    assert usual is not None
    assert (usual.half, usual.most, usual.waiting) == (5, 9, 2)
    page = client.get(link).content.decode()
    assert "1 petition was handed in before yours" in page
    assert "half waited 5 days at most" in page
    assert "Nine in ten waited 9 days at most" in page
    assert "waited longest has waited 13 days" in page
    assert "we are late" not in page
    Petition.objects.filter(pk=petition.pk).update(**waited(now, 40))
    assert "we are late" in client.get(link).content.decode()


def refused(**columns: object) -> tuple[Petition, str]:
    """A petition refused before it was open, and the address of its creator's page."""
    factories.make_reason(advice="Ask for something the council can do.")
    petition = factories.make_rejected_petition(ask="Do it.", details="Please name the street.", **columns)
    return petition, page_of(petition)


def test_a_refused_petition_is_corrected_and_handed_in_again_under_a_number_of_its_own(
    db: None, client: Client
) -> None:
    petition, link = refused(title="Plant more trees")
    assert f"{link}again/" in client.get(link).content.decode()
    response = client.post(f"{link}again/")
    step = response["Location"]
    page = client.get(step).content.decode()
    assert 'value="Plant more trees"' in page
    assert "Please name the street." in page
    assert "Ask for something the council can do." in page
    # Pressed again it is the same draft, with what was changed meanwhile.
    client.post(step, {"title": "Plant more trees in Mill Lane"})
    assert client.post(f"{link}again/")["Location"] == step
    check = step.replace("/title/", "/check/")
    page = client.get(check).content.decode()
    for kept in ("in Mill Lane", "Do it.", "Mary Poppins", "mary@example.org", "SW1A 1AA"):
        assert kept in page
    assert client.post(check).status_code == 303
    again = Petition.objects.latest("pk")
    assert again.pk != petition.pk
    assert again.resubmission.refused == petition
    # Until its creator has confirmed, it may be begun anew.
    assert "number of its own" in client.get(link).content.decode()
    client.post(path_in(send_mails()[0], "/confirm/"))
    page = client.get(link).content.decode()
    assert f"as petition {again.pk}" in page
    assert "/again/" not in page
    assert client.post(f"{link}again/")["Location"] == link
    petition.refresh_from_db()
    assert (petition.state, petition.title) == (State.REJECTED, "Plant more trees")


def test_a_second_correction_is_not_handed_in_beside_the_first(db: None, client: Client) -> None:
    petition, link = refused(title="Plant more trees")
    first = client.post(f"{link}again/")["Location"].replace("/title/", "/check/")
    assert client.post(first).status_code == 303
    second = client.post(f"{link}again/")["Location"].replace("/title/", "/check/")
    assert second != first
    client.post(path_in(send_mails()[0], "/confirm/"))
    page = client.post(second)
    assert page.status_code == 200
    assert "handed in again, once" in page.content.decode()
    assert petition.resubmissions.count() == 1


def test_moderators_see_what_a_petition_corrects(db: None, client: Client) -> None:
    petition, _link = refused(title="Plant more trees")
    again = factories.make_petition(state=State.IN_MODERATION, title="Plant trees in Mill Lane")
    Resubmission.objects.create(petition=again, refused=petition)
    seen = petition_screen(again, timezone.now(), everything=True)
    assert seen.corrects is not None
    assert (seen.corrects.petition, seen.corrects.details) == (petition, "Please name the street.")
    assert petition_screen(petition, timezone.now(), everything=True).corrected_by == again.pk


@pytest.mark.parametrize("words", ["Gathering supporters", "Being checked", "Open", "Closed", "Withdrawn"])
def test_what_was_not_refused_is_not_handed_in_again(db: None, client: Client, words: str) -> None:
    link = page_of(MAKE[words]())
    assert "/again/" not in client.get(link).content.decode()
    assert client.post(f"{link}again/")["Location"] == link
    assert not Draft.objects.exists()


def test_the_supporters_link_is_a_code_and_a_poster_as_well(db: None, client: Client) -> None:
    link = page_of(MAKE["Gathering supporters"]())
    assert 'class="app-qr"' in client.get(link).content.decode()
    response = client.get(f"{link}poster/")
    page = response.content.decode()
    assert 'class="app-qr"' in page
    assert "Not checked or published yet" in page
    assert response["X-Robots-Tag"] == "noindex"
    opened = page_of(MAKE["Open"]())
    assert client.get(f"{opened}poster/")["Location"] == opened


def test_a_refusal_comes_with_its_reason_and_how_to_try_again(db: None, client: Client) -> None:
    other = factories.make_open_petition(title="The same for all streets")
    factories.make_reason(advice="Ask for something the council can do.")
    petition = factories.make_rejected_petition(details="Please name the street.", duplicate_of=other)
    page = client.get(page_of(petition)).content.decode()
    for words in (
        "It asks for nothing that can be done",
        "Please name the street.",
        "Ask for something the council can do.",
        "The same for all streets",
    ):
        assert words in page


def test_a_refusal_as_duplicate_of_a_hidden_petition_does_not_show_it(db: None, client: Client) -> None:
    hidden = factories.make_hidden_petition(title="A hidden title")
    petition = factories.make_rejected_petition(duplicate_of=hidden)
    assert "A hidden title" not in client.get(page_of(petition)).content.decode()


def test_an_answer_that_is_due_and_one_that_is_given_are_shown(db: None, client: Client) -> None:
    owed = factories.make_owed_petition()
    assert "answer is due on" in client.get(page_of(owed)).content.decode()
    answered = factories.make_answered_petition()
    assert PublicCase.objects.get(petition=answered).answered_at
    assert "The official answer stands" in client.get(page_of(answered)).content.decode()


def test_only_its_link_opens_it(db: None, client: Client) -> None:
    petition, other = MAKE["Open"](), MAKE["Open"]()
    signer = sign_as(petition)
    link = page_of(petition)
    void = client.get(page_of(other)[:-5] + "xxxx/")
    assert void.status_code == 404
    not_creator = links.creator(signer, petition, now=timezone.now()).removeprefix(HOST)
    assert client.get(not_creator).content == void.content
    Petition.objects.filter(pk=petition.pk).update(link_generation=1)
    assert client.get(link).content == void.content
    for act in ("text", "withdraw", "review", "again", "poster"):
        assert client.post(f"{link}{act}/", {"title": "x"}).content == void.content


def test_the_link_of_last_month_works_no_more(db: None, client: Client) -> None:
    link = page_of(MAKE["Open"]())
    with time_machine.travel(timezone.now() + timedelta(days=30, minutes=1)):
        assert client.get(link).status_code == 404


TEXT = {"title": "Keep both libraries open", "ask": "The town should keep both.", "detail": ""}


def test_the_text_is_corrected_before_moderation(db: None, client: Client) -> None:
    petition = MAKE["Gathering supporters"]()
    link = page_of(petition)
    assert petition.ask in client.get(f"{link}text/").content.decode()
    response = client.post(f"{link}text/", TEXT)
    assert response.status_code == 303
    assert "Your changes are saved" in client.get(response["Location"]).content.decode()
    petition.refresh_from_db()
    assert (petition.title, petition.ask, petition.detail) == tuple(TEXT.values())


@pytest.mark.parametrize(("field", "value"), [("title", ""), ("title", "x" * 81), ("ask", ""), ("detail", "x " * 500)])
def test_a_bad_text_is_named_and_kept(db: None, client: Client, field: str, value: str) -> None:
    petition = MAKE["Gathering supporters"]()
    response = client.post(f"{page_of(petition)}text/", TEXT | {field: value})
    page = response.content.decode()
    assert response.status_code == 200
    assert f'href="#id_{field}"' in page
    assert all(kept in page for name, kept in TEXT.items() if name != field)
    before = petition.title
    petition.refresh_from_db()
    assert petition.title == before


def test_the_text_is_not_changed_any_more_once_it_is_checked(db: None, client: Client) -> None:
    petition = MAKE["Being checked"]()
    link = page_of(petition)
    assert "/text/" not in client.get(link).content.decode()
    page = client.post(f"{link}text/", TEXT).content.decode()
    assert "only while supporters are being gathered" in page
    petition.refresh_from_db()
    assert petition.title != TEXT["title"]


def test_withdrawing_asks_once_and_is_by_post(db: None, client: Client) -> None:
    petition = MAKE["Open"]()
    link = page_of(petition)
    assert "can't be undone" in client.get(f"{link}withdraw/").content.decode()
    petition.refresh_from_db()
    assert petition.state == State.OPEN
    response = client.post(f"{link}withdraw/")
    assert response.status_code == 303
    assert client.get(response["Location"]).status_code == 200
    petition.refresh_from_db()
    assert petition.state == State.WITHDRAWN


def test_what_is_closed_is_not_withdrawn(db: None, client: Client) -> None:
    petition = MAKE["Closed"]()
    link = page_of(petition)
    assert "/withdraw/" not in client.get(link).content.decode()
    response = client.post(f"{link}withdraw/")
    assert response.status_code == 200
    assert "not possible" in response.content.decode()


def test_a_review_is_asked_for_once(db: None, client: Client) -> None:
    petition = MAKE["Refused"]()
    moderator = User.objects.create(username="moderator")
    Rejection.objects.update(decided_by=moderator)
    link = page_of(petition)
    assert "/review/" in client.get(link).content.decode()
    empty = client.post(f"{link}review/", {"text": " "})
    assert empty.status_code == 200
    assert 'href="#id_text"' in empty.content.decode()
    assert client.post(f"{link}review/", {"text": "It names the street."}).status_code == 303
    assert "Another moderator is looking" in client.get(link).content.decode()
    again = client.post(f"{link}review/", {"text": "Once more."})
    assert "once" in again.content.decode()
    assert ReviewRequest.objects.get().text == "It names the street."
    ReviewRequest.objects.update(
        outcome="upheld", explanation="It names no street.", decided_by=moderator, decided_at=timezone.now()
    )
    assert "It names no street." in client.get(link).content.decode()


def ask_again(client: Client, petition_id: object, email: str):
    return client.post("/creator/", {"petition": petition_id, "email": email})


def test_a_lost_link_is_mailed_again_with_the_same_reply_for_every_address(db: None, client: Client) -> None:
    petition = MAKE["Open"]()
    sign_as(petition, role="creator", email="mary@example.org")
    sign_as(petition, email="signer@example.org")
    sign_as(petition, email="gone@example.org", state="invalidated")
    sign_as(petition, email="pending@example.org", state="pending", confirmed_at=None)
    assert client.get("/creator/").status_code == 200
    replies = [
        ask_again(client, petition.pk, "Mary@Example.org"),
        ask_again(client, petition.pk, "signer@example.org"),
        ask_again(client, petition.pk, "pending@example.org"),
        ask_again(client, petition.pk, "gone@example.org"),
        ask_again(client, petition.pk, "nobody@example.org"),
        ask_again(client, 1_999_999, "mary@example.org"),
    ]
    assert len({(reply.status_code, reply["Location"], reply.content) for reply in replies}) == 1
    assert client.get(replies[0]["Location"]).status_code == 200
    mails = {message.to[0]: message for message in send_mails()}
    assert set(mails) == {"mary@example.org", "signer@example.org", "pending@example.org"}
    assert client.get(path_in(mails["mary@example.org"], "/creator/")).status_code == 200
    assert "/creator/" not in mails["signer@example.org"].body
    assert "/confirm/" in mails["pending@example.org"].body


def writes(client: Client, petition: Petition, email: str) -> list[str]:
    """What asking again for a link does beyond reading, statement by statement."""
    with CaptureQueriesContext(connection) as asked:
        ask_again(client, petition.pk, email)
    statements = [query["sql"].split() for query in asked]
    return [" ".join(words[:3]) for words in statements if words[0] in ("WITH", "INSERT", "UPDATE")]


def test_asking_for_a_link_writes_as_much_for_an_address_that_never_signed(db: None, client: Client) -> None:
    petition = MAKE["Open"]()
    sign_as(petition, role="creator", email="mary@example.org")
    sign_as(petition, email="gone@example.org", state="invalidated")
    addresses = ("mary@example.org", "gone@example.org", "nobody@example.org")
    limits.current()  # read once in a while, whoever asks
    for time in range(2):  # the first time a mail is queued, the second time it is too soon
        known, gone, unknown = (writes(client, petition, email) for email in addresses)
        assert known == gone == unknown
        assert ("INSERT INTO mailing_mail" in known) == (time == 0)
    assert [message.to for message in send_mails()] == [["mary@example.org"]]


def test_asking_for_a_link_that_is_not_there_uses_up_nothing_of_a_mailbox(db: None, client: Client) -> None:
    for _time in range(10):
        ask_again(client, MAKE["Open"]().pk, "mary@example.org")
    petition = MAKE["Open"]()
    sign_as(petition, role="creator", email="mary@example.org")
    client = Client(REMOTE_ADDR="10.9.9.9")
    ask_again(client, petition.pk, "mary@example.org")
    assert [message.to for message in send_mails()] == [["mary@example.org"]]


def test_asking_again_sends_no_more_than_three_a_day(db: None, client: Client) -> None:
    petition = MAKE["Open"]()
    sign_as(petition, role="creator", email="mary@example.org")
    for _time in range(6):
        ask_again(client, petition.pk, "mary@example.org")
        let_pass(minutes=2)
    assert Mail.objects.count() == 3


@pytest.mark.parametrize(
    ("petition_id", "email", "field"),
    [
        ("", "mary@example.org", "petition"),
        ("abc", "mary@example.org", "petition"),
        ("-1", "mary@example.org", "petition"),
        ("9" * 30, "mary@example.org", "petition"),
        ("1000001", "", "email"),
        ("1000001", "nonsense", "email"),
    ],
)
def test_a_bad_request_for_a_link_is_named(db: None, client: Client, petition_id: str, email: str, field: str) -> None:
    response = ask_again(client, petition_id, email)
    assert response.status_code == 200
    assert f'href="#id_{field}"' in response.content.decode()


def test_asking_too_often_from_one_network_is_429_with_the_typed_data(db: None, client: Client) -> None:
    response = until_429(lambda: ask_again(client, 1_000_001, "mary@example.org"))
    page = response.content.decode()
    assert "mary@example.org" in page
    assert f"Try again in {response['Retry-After']} second" in page
