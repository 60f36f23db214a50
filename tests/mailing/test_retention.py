"""The outbox keeps what is done with for 90 days."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mailing import retention
from mailing.models import Mail, MailState, Priority

pytestmark = pytest.mark.django_db


def make_mail(state: str, days: int) -> Mail:
    queued_at = timezone.now() - timedelta(days=days)
    return Mail.objects.create(kind="confirm", priority=Priority.BULK, row_id=1, state=state, created_at=queued_at)


def test_what_is_done_with_goes_after_ninety_days_and_what_is_due_never() -> None:
    for state in (MailState.SENT, MailState.DROPPED, MailState.FAILED):
        make_mail(state, 91)
    kept = {make_mail(MailState.QUEUED, 200), make_mail(MailState.SENT, 89), make_mail(MailState.FAILED, 89)}
    assert retention.forget_old(timezone.now()) == 3
    assert set(Mail.objects.all()) == kept
    assert retention.forget_old(timezone.now()) == 0


def test_many_go_in_batches_and_a_run_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "BATCHES", 3)
    make_mail(MailState.QUEUED, 200)
    for _number in range(8):
        make_mail(MailState.SENT, 100)
    assert retention.forget_old(timezone.now()) == 5
    assert retention.forget_old(timezone.now()) == 3
