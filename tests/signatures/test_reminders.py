"""Who has not confirmed is reminded after 2, 7 and 21 days, and nobody else."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mailing import sender
from mailing.models import Mail, MailState
from petitions.models import Petition
from signatures import reminders
from signatures.models import Signature
from tests.factories import make_open_petition
from tests.signatures.clock import let_pass
from tests.signatures.conftest import Sign, path_in, send_mails, sign_as


def reminded() -> list[str]:
    reminders.remind_due(timezone.now())
    return [message.subject for message in send_mails()]


def wait(**time: float) -> None:
    let_pass(**time)
    for row in Signature.objects.all():
        Signature.objects.filter(id=row.id).update(created_at=row.created_at - timedelta(**time))


@pytest.fixture
def pending(petition: Petition, sign: Sign) -> Petition:
    sign(petition, email="mary@example.org")
    send_mails()
    return petition


def test_three_reminders_at_their_times_each_once_with_the_same_link(pending: Petition, client: Client) -> None:
    days = []
    for day in range(1, 30):
        wait(days=1)
        for subject in reminded():
            assert subject == "Your signature still needs your confirmation: Plant more trees"
            days.append(day)
        assert reminded() == []
    assert days == [2, 7, 21]
    assert Mail.objects.filter(kind="reminder").count() == 3


def test_a_reminder_s_link_confirms_and_says_until_when(pending: Petition, client: Client) -> None:
    wait(days=2)
    reminders.remind_due(timezone.now())
    (message,) = send_mails()
    assert "After that we delete this address." in message.body
    assert "List-Unsubscribe" not in message.message()
    assert client.post(path_in(message, "/confirm/")).status_code == 200
    wait(days=5)
    assert reminded() == []


def test_nobody_is_reminded_who_said_not_me_or_never_or_got_no_first_mail(
    petition: Petition, sign: Sign, client: Client
) -> None:
    for name in ("not-me", "never"):
        sign(petition, email=f"{name}@example.org")
        (message,) = send_mails()
        client.post(path_in(message, f"/{name}/"), {"never": "1"})
    sign_as(petition, email="capped@example.org", state="pending", confirmed_at=None)
    unreachable = sign_as(petition, email="gone@example.org", state="pending", confirmed_at=None)
    Mail.objects.create(kind="confirm", priority=0, petition_id=petition.pk, row_id=unreachable.id, state="failed")
    wait(days=2)
    assert reminded() == []


def test_nobody_is_reminded_of_what_takes_no_signatures(pending: Petition) -> None:
    Petition.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    wait(days=2)
    assert reminded() == []


def test_reminders_keep_the_limits_of_a_mailbox(db: None, sign: Sign) -> None:
    for _number in range(12):
        petition = make_open_petition()
        sign(petition, email="mary@example.org")
        send_mails()
    assert Mail.objects.filter(state=MailState.SENT).count() == 10
    wait(days=2)
    assert len(reminded()) == 10
    assert reminded() == []


def test_a_reminder_that_is_too_late_to_be_needed_is_dropped(pending: Petition) -> None:
    wait(days=2)
    reminders.remind_due(timezone.now())
    Signature.objects.update(state="confirmed", confirmed_at=timezone.now())
    sender.send_due(timezone.now())
    assert Mail.objects.get(kind="reminder").state == MailState.DROPPED


def test_a_clock_that_stood_still_for_long_leaves_reminders_out(pending: Petition) -> None:
    wait(days=4)
    assert reminded() == []
