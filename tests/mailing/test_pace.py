"""A receiving domain gets its mails one after the other; others don't wait for it, and bulk makes nobody wait."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mailing import pace, sender
from mailing.models import Mail, MailState, ReceiverPace
from tests.mailing.conftest import Queue, Server

RATE = 2
BURST = RATE * pace.BURST_SECONDS + 1


@pytest.fixture(autouse=True)
def _paced(smtp: Server, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two mails a second, and none of a second passes during a run: what would be due then waits for the next."""
    settings.MAIL_PER_DOMAIN = RATE
    monkeypatch.setattr(sender.Run, "seconds", 0.0)


def fill(queue: Queue, number: int, domain: str = "big.example", kind: str = "test_confirmation") -> None:
    for row_id in range(20, 20 + number):
        queue(row_id, kind, details={"to": f"p{row_id}@{domain}"})


def test_a_domain_gets_a_burst_and_then_its_rate(queue: Queue, smtp: Server) -> None:
    fill(queue, BURST + 6)
    now = timezone.now()
    assert sender.send_due(now) == BURST
    waiting = Mail.objects.filter(state=MailState.QUEUED).order_by("due_at")
    waits = [(mail.due_at - now).total_seconds() for mail in waiting]
    assert all(later - sooner == pytest.approx(1 / RATE) for sooner, later in zip(waits, waits[1:], strict=False))
    assert waits[-1] == pytest.approx(6 / RATE, abs=2)
    assert sum(sender.send_due(now + timedelta(seconds=step / 2)) for step in range(1, 12)) == 6
    assert [to for to, _content in smtp.taken] == [f"p{row_id}@big.example" for row_id in range(20, 26 + BURST)]


def test_other_domains_do_not_wait_for_a_busy_one(queue: Queue, smtp: Server) -> None:
    fill(queue, BURST + 5)
    queue(90, "test_confirmation", details={"to": "p@small.example"})
    assert sender.send_due(timezone.now()) == BURST + 1
    assert smtp.taken[-1][0] == "p@small.example"


def test_bulk_lets_no_confirmation_wait_and_comes_after_those_that_do(queue: Queue, smtp: Server) -> None:
    fill(queue, BURST + 20, kind="test_bulk")
    assert sender.send_due(timezone.now()) == BURST
    fill(queue, BURST + 4)
    queue(99, "test_bulk", details={"to": "bulk@big.example"})
    sender.send_due(timezone.now())
    confirmations = Mail.objects.filter(kind="test_confirmation")
    assert confirmations.filter(state=MailState.SENT).count() == BURST
    last = confirmations.latest("due_at")
    other = Mail.objects.get(row_id=99)
    assert (other.state, other.due_at > last.due_at) == (MailState.QUEUED, True)


def test_after_an_outage_nobody_gets_all_at_once(queue: Queue, smtp: Server, settings) -> None:
    fill(queue, 3 * BURST)
    now = timezone.now()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    for seconds in (0, 1, 2):
        assert sender.send_due(now + timedelta(seconds=seconds)) == 0
    assert not ReceiverPace.objects.exists()
    assert not Mail.objects.filter(due_at__gt=now).exists()
    settings.EMAIL_PORT = port
    assert sender.send_due(now + timedelta(minutes=10)) <= BURST


def test_who_puts_a_mail_off_gets_no_other_for_a_while(queue: Queue, smtp: Server) -> None:
    smtp.replies["p20@big.example"] = "450 slower"
    fill(queue, 1)
    now = timezone.now()
    sender.send_due(now)
    assert ReceiverPace.objects.get().free_at >= now + sender.REST
    fill(queue, 2)
    assert sender.send_due(now + timedelta(seconds=1)) == 0
    smtp.replies.clear()
    assert sender.send_due(now + timedelta(minutes=2)) == 3


def test_with_no_pace_all_leave_at_once_and_nothing_is_kept(queue: Queue, smtp: Server, settings) -> None:
    settings.MAIL_PER_DOMAIN = 0
    fill(queue, 3 * BURST)
    assert sender.send_due(timezone.now()) == 3 * BURST
    assert not ReceiverPace.objects.exists()


def test_no_domain_is_kept_in_clear_nor_for_long(queue: Queue, smtp: Server) -> None:
    fill(queue, 1)
    now = timezone.now()
    sender.send_due(now)
    assert b"big" not in bytes(ReceiverPace.objects.get().domain_key)
    assert pace.forget_old(now) == 0
    assert pace.forget_old(now + timedelta(hours=2)) == 1
