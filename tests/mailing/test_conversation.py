"""Each mail's fate is its own, although the next one's envelope is under way before the word on it is there."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.core.mail import get_connection
from django.utils import timezone

from mailing import sender
from mailing.compose import Written
from mailing.models import Mail, MailState
from tests.mailing.conftest import Queue
from tests.mailing.scripted import Script, serving

PEOPLE = [f"person{number}@example.org" for number in range(21, 26)]


@pytest.fixture(params=[True, False], ids=["pipelining", "plain"])
def script(request: pytest.FixtureRequest, settings, queue: Queue) -> Iterator[Script]:
    """A server for five mails that are due."""
    script = Script(pipelining=request.param)
    with ExitStack() as running:
        settings.EMAIL_BACKEND = "mailing.backends.ServerBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = (
            "127.0.0.1",
            running.enter_context(serving(script)),
            30,
        )
        settings.MAIL_PER_DOMAIN = 0
        for number in range(21, 26):
            queue(number, "test_bulk", details={"form": 1})
        yield script


def run(later: timedelta = timedelta()) -> int:
    return sender.send_due(timezone.now() + later)


def states() -> list[tuple[str, int]]:
    return list(Mail.objects.order_by("row_id").values_list("state", "attempts"))


def recipients(script: Script) -> list[str]:
    for recipient, text in script.taken:
        assert f"To: {recipient}\r\n".encode() in text
        assert f"/x/{recipient[6:8]}/".encode() in text
    return [recipient for recipient, _text in script.taken]


def test_a_server_that_allows_it_knows_the_next_recipient_before_its_word_on_a_text(script: Script) -> None:
    script.waits, script.last = script.pipelining, PEOPLE[-1]
    assert run() == 5
    assert recipients(script) == PEOPLE
    assert states() == [(MailState.SENT, 1)] * 5


@pytest.mark.parametrize("late", [False, True], ids=["recipient", "text"])
@pytest.mark.parametrize("lax", [False, True], ids=["strict", "lax"])
def test_a_refusal_is_of_one_mail_and_the_next_goes_to_its_own_recipient(late: bool, lax: bool, script: Script) -> None:
    script.refused, script.put_off = {PEOPLE[1]}, {PEOPLE[3]}
    script.late, script.lax = late, lax
    assert run() == 3
    assert recipients(script) == [PEOPLE[0], PEOPLE[2], PEOPLE[4]]
    sent = (MailState.SENT, 1)
    assert states() == [sent, (MailState.FAILED, 1), sent, (MailState.QUEUED, 1), sent]
    script.put_off = set()
    assert run(timedelta(minutes=2)) == 1
    assert recipients(script)[3:] == [PEOPLE[3]]


def test_a_connection_that_is_lost_with_no_word_on_a_text_leaves_that_one_mail_in_doubt(script: Script) -> None:
    script.hangs_up_in = PEOPLE[2]
    assert run() == 2
    queued = MailState.QUEUED
    assert states() == [(MailState.SENT, 1)] * 2 + [(queued, 1), (queued, 0), (queued, 0)]
    script.hangs_up_in = ""
    assert run(timedelta(minutes=2)) == 3
    assert sorted(recipients(script)) == sorted([*PEOPLE, PEOPLE[2]])


def test_what_was_taken_before_a_connection_is_lost_does_not_leave_again(script: Script) -> None:
    script.hangs_up_after = PEOPLE[1]
    assert run() == 2
    queued = MailState.QUEUED
    assert states() == [(MailState.SENT, 1)] * 2 + [(queued, 1), (queued, 0), (queued, 0)]
    script.hangs_up_after = ""
    assert run(timedelta(minutes=2)) == 3
    assert sorted(recipients(script)) == PEOPLE


def test_a_mail_that_has_begun_is_broken_off_and_not_ended_with_other_words(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "PUT_OFF_IN_A_ROW", 2)
    script.late, script.put_off = True, set(PEOPLE)
    assert run() == 0
    assert [attempts for _state, attempts in states()] == [1, 1, 0, 0, 0]
    script.put_off = set()
    assert run(timedelta(minutes=2)) == 5
    assert sorted(recipients(script)) == PEOPLE
    assert script.unfinished in ([], [b""])


def test_a_line_that_is_one_dot_ends_no_text(script: Script) -> None:
    text = b"To: a@example.org\r\n\r\n.\r\n..\r\n.net\r\na.\r\n"
    with get_connection() as server:
        assert list(server.hand_over([Written("us@example.org", "a@example.org", text)] * 2)) == [None, None]
    assert script.taken == [("a@example.org", text.replace(b"\r\n.", b"\r\n.."))] * 2
