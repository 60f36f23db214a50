"""Events become mails: to the creator always, to signers who wished it, resumably and once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

import petitions.services
from mailing.models import Mail, MailState
from petitions.lifecycle import State
from petitions.models import Event, Petition
from petitions.models.timeline import EventKind
from petitions.services import record_event
from signatures import letters, telling
from signatures.models import Signature
from tests import factories
from tests.signatures.conftest import path_in, send_mails, sign_as, without_tokens


def tell(petition: Petition, kind: str = EventKind.ANSWERED, **more: Any) -> Event:
    event = record_event(petition_id=petition.pk, kind=kind, now=timezone.now(), **more)
    assert event is not None
    return event


def test_the_creator_is_told_whatever_was_ticked_and_signers_only_if_they_wish(petition: Petition) -> None:
    sign_as(petition, role="creator", email="creator@example.org", notify=False)
    sign_as(petition, email="wishes@example.org", notify=True)
    sign_as(petition, email="does.not@example.org")
    sign_as(petition, email="pending@example.org", notify=True, state="pending", confirmed_at=None)
    sign_as(petition, email="withdrawn@example.org", notify=True, state="withdrawn", confirmed_at=None)
    tell(
        petition,
        text={"en": "They will plant a hundred.", "fr": "On en plantera cent."},
        link="/answers/trees/",
        tells_creator=True,
        tells_signers=True,
    )
    assert telling.tell_due(timezone.now()) == 2
    mails = {message.to[0]: message for message in send_mails()}
    assert set(mails) == {"creator@example.org", "wishes@example.org"}
    for message in mails.values():
        assert "They will plant a hundred." in message.body
        assert "https://petitions.example/answers/trees/" in message.body
    assert "/creator/" in mails["creator@example.org"].body
    assert "List-Unsubscribe" not in mails["creator@example.org"].extra_headers
    assert "/unsubscribe/" in mails["wishes@example.org"].body


def test_bulk_mail_has_both_one_click_headers(petition: Petition, client) -> None:
    sign_as(petition, notify=True)
    tell(petition, tells_signers=True)
    telling.tell_due(timezone.now())
    (message,) = send_mails()
    sent = message.message()
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent["List-Unsubscribe"] == f"<https://petitions.example{path_in(message, '/unsubscribe/')}>"
    assert client.post(path_in(message, "/unsubscribe/"), {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Signature.objects.get().notify


def test_each_is_told_in_their_language(petition: Petition) -> None:
    sign_as(petition, notify=True, language="fr", email="fr@example.org")
    tell(petition, text={"en": "Good news.", "fr": "Bonne nouvelle."}, link="/answers/trees/", tells_signers=True)
    telling.tell_due(timezone.now())
    (message,) = send_mails()
    assert "Bonne nouvelle." in message.body
    assert "https://petitions.example/fr/answers/trees/" in message.body


def test_a_region_s_own_words_go_to_its_signers(petition: Petition) -> None:
    sign_as(petition, notify=True, email="here@example.org", region_code="H")
    sign_as(petition, notify=True, email="there@example.org", region_code="A")
    tell(petition, text={"en": "Everywhere."}, region_text={"H": {"en": "Only here."}}, tells_signers=True)
    telling.tell_due(timezone.now())
    mails = {message.to[0]: message.body for message in send_mails()}
    assert "Only here." in mails["here@example.org"]
    assert "Everywhere." in mails["there@example.org"]


def test_nobody_is_told_twice_and_who_is_told_nothing_is_left_alone(petition: Petition) -> None:
    sign_as(petition, role="creator", notify=True)
    sign_as(petition, notify=True)
    tell(petition, tells_creator=True, tells_signers=True)
    tell(petition, EventKind.NOTE)
    assert [telling.tell_due(timezone.now()) for _time in range(3)] == [2, 0, 0]
    event = Event.objects.get(kind=EventKind.ANSWERED)
    Event.objects.filter(pk=event.pk).update(creator_told_at=None, signers_told_at=None, signers_told_through=None)
    telling.tell_due(timezone.now())
    assert Mail.objects.count() == 2


def test_batches_go_on_where_they_stopped(petition: Petition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "BATCH", 3)
    monkeypatch.setattr(telling, "BATCHES_A_RUN", 2)
    rows = [sign_as(petition, notify=True).id for _number in range(8)]
    event = tell(petition, tells_signers=True)
    assert telling.tell_due(timezone.now()) == 6
    event.refresh_from_db()
    assert (event.signers_told_through, event.signers_told, event.signers_told_at) == (rows[5], 6, None)
    assert telling.tell_due(timezone.now()) == 2
    event.refresh_from_db()
    assert event.signers_told_at is not None
    assert sorted(Mail.objects.values_list("row_id", flat=True)) == rows


def test_a_last_batch_that_is_full_is_followed_by_an_empty_one(
    petition: Petition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "BATCH", 2)
    for _number in range(4):
        sign_as(petition, notify=True)
    event = tell(petition, tells_creator=True, tells_signers=True)
    assert telling.tell_due(timezone.now()) == 4
    event.refresh_from_db()
    assert event.signers_told_at is not None
    for again in (telling._tell_creator, telling._tell_signers):
        assert telling._step(event.pk, again, timezone.now()) == 0
    assert telling._step(0, telling._tell_creator, timezone.now()) == 0


def test_a_run_that_dies_between_batches_leaves_none_out_and_doubles_none(
    petition: Petition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "BATCH", 3)
    for _number in range(7):
        sign_as(petition, notify=True)
    tell(petition, tells_signers=True)
    queue_many = telling.mailing.services.queue_many
    calls = []

    def dies_the_second_time(*args: Any, **kwargs: Any) -> None:
        calls.append(args)
        queue_many(*args, **kwargs)
        if len(calls) == 2:
            raise RuntimeError("killed")

    monkeypatch.setattr(telling.mailing.services, "queue_many", dies_the_second_time)
    with pytest.raises(RuntimeError):
        telling.tell_due(timezone.now())
    assert Mail.objects.count() == 3
    telling.tell_due(timezone.now())
    assert Mail.objects.count() == 7


def test_who_unsubscribes_or_withdraws_before_the_mail_leaves_gets_none(petition: Petition) -> None:
    one, other = sign_as(petition, notify=True), sign_as(petition, notify=True)
    tell(petition, tells_signers=True)
    telling.tell_due(timezone.now())
    Signature.objects.filter(id=one.id).update(notify=False)
    Signature.objects.filter(id=other.id).update(state="withdrawn", confirmed_at=None)
    assert send_mails() == []
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.DROPPED}


def test_an_imported_petition_without_a_creator_holds_nothing_up(petition: Petition) -> None:
    event = tell(petition, tells_creator=True)
    assert telling.tell_due(timezone.now()) == 0
    event.refresh_from_db()
    assert event.creator_told_at is not None


@pytest.mark.parametrize("kind", EventKind)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_kind_of_event_has_words_for_creator_and_signers(db: None, kind: str, language: str) -> None:
    petition = factories.make_owed_petition(title="Plant more trees")
    sign_as(petition, role="creator", language=language, email="creator@example.org")
    sign_as(petition, notify=True, language=language, email="signer@example.org")
    details = {"threshold": "response", "count": 10_000, "opens_case": True, "due_on": "2026-06-01", "signatures": 12}
    tell(petition, kind, details=details, tells_creator=True, tells_signers=True)
    telling.tell_due(timezone.now())
    mails = send_mails()
    assert len(mails) == 2
    for message in mails:
        assert message.subject.strip()
        assert "Mary Poppins" in message.body
        assert "None" not in without_tokens(message.body)
        assert "\n\n\n" not in message.body
        html = message.alternatives[0][0]
        assert f'lang="{language}"' in html


def test_the_creator_hears_of_every_turn(db: None, django_capture_on_commit_callbacks) -> None:
    from accounts.models import User

    petition = factories.make_petition(state=State.GATHERING_SUPPORT)
    creator = sign_as(petition, role="creator", email="creator@example.org")
    now = timezone.now()
    petitions.services.record_supporters(petition_id=petition.pk, count=5, now=now)
    moderator = User.objects.create_superuser("moderator")
    petitions.services.approve(petition_id=petition.pk, moderator=moderator, topics=[], departments=[], now=now)
    Petition.objects.update(closes_at=now)
    petitions.services.close_due(now)
    telling.tell_due(now)
    subjects = [message.subject for message in send_mails() if message.to == ["creator@example.org"]]
    assert len(subjects) == 3
    assert "enough supporters" in subjects[0]
    assert "published" in subjects[1]
    assert "closed" in subjects[2]
    assert creator.notify is False


def close(petition: Petition) -> None:
    Petition.objects.update(closes_at=timezone.now())
    petitions.services.close_due(timezone.now())


def withdraw(petition: Petition) -> None:
    petitions.services.withdraw(petition_id=petition.pk, now=timezone.now())


def take_down(petition: Petition) -> None:
    from accounts.models import User

    reason = factories.make_reason()
    petitions.services.take_down(
        petition_id=petition.pk,
        moderator=User.objects.create_superuser("moderator"),
        reason_code=reason.code,
        details="Only its creator reads this.",
        now=timezone.now(),
    )


@pytest.mark.parametrize(
    ("end", "words"), [(close, "Closed"), (withdraw, "is withdrawn"), (take_down, "was taken down")]
)
def test_signers_who_wished_hear_how_a_petition_ended(petition: Petition, end: Any, words: str) -> None:
    sign_as(petition, notify=True, email="reader@example.org")
    sign_as(petition, notify=False, email="other@example.org")
    end(petition)
    telling.tell_due(timezone.now())
    (message,) = send_mails()
    assert message.to == ["reader@example.org"]
    assert words in message.subject
    assert "Only its creator" not in message.body
    assert message.extra_headers["List-Unsubscribe"]


def test_a_refusal_is_mailed_with_its_reason_and_how_to_try_again(db: None) -> None:
    factories.make_reason(advice="Ask for something the council can do.")
    petition = factories.make_rejected_petition(details="Please name the street.", title="An unchecked title")
    sign_as(petition, role="creator")
    tell(petition, EventKind.REFUSED, tells_creator=True)
    telling.tell_due(timezone.now())
    (message,) = send_mails()
    for words in ("It asks for nothing that can be done", "Please name the street.", "something the council can do"):
        assert words in message.body


def test_the_mail_about_an_unchecked_petition_quotes_nothing_of_it(db: None) -> None:
    petition = factories.make_hidden_petition(title="Buy pills at www.spam.example")
    sign_as(petition, role="creator")
    tell(petition, EventKind.REFUSED, tells_creator=True, public=False)
    telling.tell_due(timezone.now())
    (message,) = send_mails()
    assert "pills" not in message.subject + message.body


def test_a_mail_whose_event_or_row_is_gone_is_dropped(petition: Petition) -> None:
    row = sign_as(petition, role="creator", notify=True)
    for kind in (letters.TO_CREATOR, letters.TO_SIGNER):
        Mail.objects.create(kind=kind, priority=1, petition_id=petition.pk, row_id=row.id, details={"event": 0})
        Mail.objects.create(kind=kind, priority=1, petition_id=petition.pk, row_id=0, details={"event": 0})
    assert send_mails() == []
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.DROPPED}


def test_an_erased_person_is_mailed_nothing(petition: Petition) -> None:
    sign_as(petition, notify=True, sealed=None)
    tell(petition, tells_signers=True)
    telling.tell_due(timezone.now())
    assert send_mails() == []


def test_old_times_of_a_mailbox_are_forgotten(db: None) -> None:
    from signatures import pacing
    from signatures.models import MailedAddress

    now = timezone.now()
    MailedAddress.objects.create(address_key=b"a" * 16, sent=[now - timedelta(hours=30)])
    MailedAddress.objects.create(address_key=b"b" * 16, sent=[now - timedelta(hours=30), now])
    assert pacing.forget_old(now) == 1
    assert bytes(MailedAddress.objects.get().address_key) == b"b" * 16
