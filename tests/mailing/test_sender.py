"""What is due leaves in its order, once; what can't leave waits, steps back, or is given up."""

import email
from datetime import timedelta
from email import policy

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from mailing import sender
from mailing.compose import Written
from mailing.conversation import Conversation
from mailing.models import Mail, MailState, Suppression
from tests.mailing.conftest import Queue, Server


def run(later: timedelta = timedelta()) -> int:
    return sender.send_due(timezone.now() + later)


def test_what_is_due_leaves_once_over_one_connection(queue: Queue, smtp: Server) -> None:
    for row_id in range(20, 45):
        queue(row_id)
    assert run() == 25
    assert [to for to, _content in smtp.taken] == [f"person{row_id}@example.org" for row_id in range(20, 45)]
    assert len(smtp.sessions) == 1
    assert run() == 0
    assert len(smtp.taken) == 25
    sent = Mail.objects.first()
    assert (sent.state, sent.attempts, sent.error) == (MailState.SENT, 1, "")
    assert sent.sent_at is not None


def test_confirmations_leave_before_personal_and_bulk_mail(queue: Queue) -> None:
    for row_id, kind in ((1, "test_bulk"), (2, "test_personal"), (3, "test_confirmation")):
        queue(row_id, kind)
    run()
    assert [message.to[0] for message in mail.outbox] == [
        "person3@example.org",
        "person2@example.org",
        "person1@example.org",
    ]


def test_a_mail_leaves_when_it_is_due_and_not_before(queue: Queue) -> None:
    queue(due_at=timezone.now() + timedelta(hours=1))
    assert run() == 0
    assert run(timedelta(hours=2)) == 1


def test_more_than_a_batch_leaves_in_one_run(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "BATCH", 4)
    for row_id in range(20, 30):
        queue(row_id)
    assert run() == 10


def test_a_mail_that_nobody_needs_or_that_can_not_be_made_does_not_hold_up_others(queue: Queue) -> None:
    nobody, broken, good = queue(7), queue(13), queue(20)
    assert run() == 1
    for each in (nobody, broken, good):
        each.refresh_from_db()
    assert nobody.state == MailState.DROPPED
    assert good.state == MailState.SENT
    assert (broken.state, broken.error) == (MailState.QUEUED, "LookupError")
    assert broken.due_at > timezone.now()
    for hours in (25, 26):
        assert broken.state == MailState.QUEUED
        run(timedelta(hours=hours))
        broken.refresh_from_db()
    assert broken.state == MailState.FAILED


def test_an_unknown_kind_does_not_hold_up_others(queue: Queue) -> None:
    stray = queue(1)
    Mail.objects.filter(pk=stray.pk).update(kind="from another version")
    queue(2)
    assert run() == 1


def test_a_recipient_refused_for_good_is_marked_failed(queue: Queue, smtp: Server) -> None:
    smtp.replies["person1@example.org"] = "550 no such mailbox"
    refused, good = queue(1), queue(2)
    assert run() == 1
    refused.refresh_from_db()
    good.refresh_from_db()
    assert (refused.state, refused.error) == (MailState.FAILED, "refused with 550")
    assert good.state == MailState.SENT


def test_a_recipient_put_off_is_tried_again_with_growing_patience(queue: Queue, smtp: Server) -> None:
    smtp.replies["person1@example.org"] = "451 try later"
    put_off = queue(1)
    waits, now = [], timezone.now()
    for _time in range(4):
        sender.send_due(now)
        put_off.refresh_from_db()
        assert put_off.state == MailState.QUEUED
        waits.append(put_off.due_at - now)
        now = put_off.due_at
    assert waits == sorted(waits)
    assert waits[-1] > waits[0]
    del smtp.replies["person1@example.org"]
    assert sender.send_due(now) == 1


def test_who_is_put_off_for_a_day_is_given_up(queue: Queue, smtp: Server) -> None:
    smtp.replies["person1@example.org"] = "451 try later"
    put_off = queue(1)
    for hours in (0, 25, 26):
        run(timedelta(hours=hours))
    put_off.refresh_from_db()
    assert (put_off.state, put_off.error, put_off.attempts) == (MailState.FAILED, "put off with 451", 3)


def test_nobody_is_given_up_for_a_server_that_was_away_for_a_day(queue: Queue, smtp: Server) -> None:
    old = queue(1)
    Mail.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=2))
    smtp.replies["person1@example.org"] = "451 try later"
    run()
    del smtp.replies["person1@example.org"]
    assert run(timedelta(hours=1)) == 1


def test_content_refused_is_that_mail_s_own_failure(queue: Queue, smtp: Server) -> None:
    smtp.replies["DATA"] = "554 we do not want this"
    refused = queue(1)
    run()
    refused.refresh_from_db()
    assert (refused.state, refused.error) == (MailState.FAILED, "refused with 554")


def test_a_server_that_refuses_connections_costs_no_mail_a_try(queue: Queue, smtp: Server, settings) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    for row_id in (1, 2, 3):
        queue(row_id)
    due = set(Mail.objects.values_list("due_at", flat=True))
    assert run() == 0
    assert set(Mail.objects.values_list("state", "attempts")) == {(MailState.QUEUED, 0)}
    assert set(Mail.objects.values_list("due_at", flat=True)) == due
    settings.EMAIL_PORT = port
    assert run() == 3


def test_a_server_that_stalls_is_left_in_time_and_nothing_is_lost_or_doubled(
    queue: Queue, smtp: Server, settings
) -> None:
    for row_id in (1, 2, 3):
        queue(row_id)
    smtp.stalls = True
    patience, settings.EMAIL_TIMEOUT = settings.EMAIL_TIMEOUT, 1
    began = timezone.now()
    assert run() == 0
    assert timezone.now() - began < timedelta(seconds=smtp.stall_seconds / 2)
    assert sorted(Mail.objects.values_list("state", "attempts")) == [(MailState.QUEUED, n) for n in (0, 0, 1)]
    smtp.stalls, settings.EMAIL_TIMEOUT = False, patience
    assert run(timedelta(minutes=2)) == 3
    assert len(smtp.taken) == 3


def test_a_server_that_puts_everybody_off_is_left_alone_after_a_few(queue: Queue, smtp: Server) -> None:
    smtp.replies["RCPT"] = "450 too busy"
    for row_id in range(20, 50):
        queue(row_id)
    assert run() == 0
    assert Mail.objects.filter(attempts=1).count() == sender.PUT_OFF_IN_A_ROW
    smtp.replies.clear()
    assert run() == 30 - sender.PUT_OFF_IN_A_ROW
    assert run(timedelta(minutes=1)) == sender.PUT_OFF_IN_A_ROW


@pytest.mark.parametrize("reply", ["554 we want nothing of yours", "451 not now", "421 closing"])
def test_a_server_that_refuses_us_as_sender_fails_no_mail(queue: Queue, smtp: Server, reply: str) -> None:
    smtp.replies["MAIL"] = reply
    for row_id in (1, 2):
        queue(row_id)
    assert run() == 0
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.QUEUED}
    smtp.replies.clear()
    assert run(timedelta(minutes=1)) == 2


def test_what_leaves_after_a_refusal_goes_to_its_own_recipient_only(queue: Queue, smtp: Server) -> None:
    smtp.replies["person1@example.org"] = "550 no such mailbox"
    smtp.replies["person3@example.org"] = "451 later"
    for row_id in range(1, 5):
        queue(row_id)
    assert run() == 2
    assert [to for to, _content in smtp.taken] == ["person2@example.org", "person4@example.org"]


def test_a_mailbox_that_wants_no_mail_gets_none_even_of_what_was_queued_before(queue: Queue) -> None:
    unwanted, other = queue(1, details={"key": "aa" * 16}), queue(2, details={"key": "bb" * 16})
    Suppression.objects.create(pk=b"\xaa" * 16, reason="asked")
    assert run() == 1
    unwanted.refresh_from_db()
    other.refresh_from_db()
    assert (unwanted.state, other.state) == (MailState.DROPPED, MailState.SENT)


def test_what_is_rendered_once_says_to_each_their_own(queue: Queue, smtp: Server) -> None:
    for row_id, name in ((21, "Ærøskøbing <b>"), (22, "李小龙")):
        queue(row_id, details={"name": name, "form": 1})
    queue(23, details={"name": "x" * 400, "form": 1})
    assert run() == 3
    for (_to, content), name, number in zip(
        smtp.taken, ("Ærøskøbing <b>", "李小龙", "x" * 400), (21, 22, 23), strict=True
    ):
        message = email.message_from_bytes(content, policy=policy.default)
        text = message.get_body(("plain",)).get_content()
        html = message.get_body(("html",)).get_content()
        assert name in text
        assert name.replace("<", "&lt;").replace(">", "&gt;") in html
        assert f"/x/{number}/" in text
        assert f'/x/{number}/">' in html
        assert "\ue000" not in text + html + message["Subject"]


@pytest.mark.django_db(transaction=True)
def test_a_second_run_leaves_at_once(queue: Queue) -> None:
    from django.db import connections

    queue(1)
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [sender._SENDER_LOCK])
            assert run() == 0
            cursor.execute("SELECT pg_advisory_unlock(%s)", [sender._SENDER_LOCK])
        assert run() == 1
    finally:
        other.close()


def test_the_once_key_queues_once_for_ever(queue: Queue) -> None:
    queue(1, once_key="event:1:1")
    queue(1, once_key="event:1:1")
    assert Mail.objects.count() == 1
    run()
    queue(1, once_key="event:1:1")
    assert Mail.objects.count() == 1


def test_an_unregistered_kind_can_not_be_queued(queue: Queue) -> None:
    with pytest.raises(KeyError):
        queue(1, "nothing of the kind")


def test_what_the_server_takes_is_a_whole_mail(queue: Queue, smtp: Server) -> None:
    queue(5)
    run()
    message = email.message_from_bytes(smtp.taken[0][1])
    assert message["To"] == "person5@example.org"
    assert message["From"] == "petitions@petitions.example" or "@" in message["From"]
    assert message["Date"]
    assert message["Auto-Submitted"] == "auto-generated"


def test_an_address_with_other_letters_is_reached(queue: Queue, smtp: Server) -> None:
    queue(5, details={"to": "józef@bücher.example"})
    assert run() == 1
    to, content = smtp.taken[0]
    assert to == "józef@bücher.example"
    assert "To: józef@bücher.example" in content.decode()


def test_an_address_that_our_server_can_not_write_to_fails_alone(queue: Queue, old_smtp: Server) -> None:
    strange, plain = queue(5, details={"to": "józef@example.org"}), queue(6)
    assert run() == 1
    strange.refresh_from_db()
    plain.refresh_from_db()
    assert (strange.state, plain.state) == (MailState.FAILED, MailState.SENT)


@pytest.mark.slow
def test_a_server_that_has_the_mail_and_answers_late_does_not_get_it_twice(
    queue: Queue, smtp: Server, settings
) -> None:
    settings.EMAIL_TIMEOUT = 1
    smtp.data_seconds = 3.0  # longer than the second that other answers may take
    queue(1)
    assert run() == 1
    assert run(timedelta(hours=1)) == 0
    assert len(smtp.taken) == 1


@pytest.mark.django_db(transaction=True)
def test_a_killed_database_forgets_the_marks_of_fifty_mails_at_most(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sender.SURE_AFTER <= 50
    monkeypatch.setattr(sender, "SURE_AFTER", 4)
    make_sure, on_disk = sender._make_sure, []

    def made_sure(run: sender.Run) -> None:
        make_sure(run)
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)
        on_disk.append(Mail.objects.filter(state=MailState.SENT).count())

    monkeypatch.setattr(sender, "_make_sure", made_sure)
    for row_id in range(20, 30):
        queue(row_id)
    assert run() == 10
    assert on_disk == [4, 8, 10]


@pytest.mark.parametrize(
    ("kind", "marked"), [("test_bulk", [0, 0, 0, 3, 3, 3, 6]), ("test_personal", [0, 1, 2, 3, 4, 5, 6])]
)
def test_bulk_mails_are_marked_together_others_one_by_one(
    kind: str, marked: list[int], queue: Queue, smtp: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "SURE_AFTER", 3)
    write, before = Conversation.write, []

    def written(conversation: Conversation, letter: Written, following: Written | None) -> None:
        before.append(Mail.objects.filter(state=MailState.SENT).count())
        write(conversation, letter, following)

    monkeypatch.setattr(Conversation, "write", written)
    for row_id in range(20, 27):
        queue(row_id, kind)
    assert run() == 7
    assert before == marked
    assert not Mail.objects.exclude(state=MailState.SENT, attempts=1).exists()
