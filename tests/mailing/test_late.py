"""Whether mail is late is a fact of the queue."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from mailing import selectors, sender
from mailing.models import Mail
from tests.mailing.conftest import Queue, Server

MINUTES = timedelta(minutes=2)


def is_late(later: timedelta = timedelta()) -> bool:
    selectors.forget()
    return selectors.is_late(timezone.now() + later)


def test_an_empty_queue_and_one_that_moves_are_not_late(queue: Queue) -> None:
    assert not is_late()
    queue(1, "test_confirmation")
    assert not is_late()
    sender.send_due(timezone.now())
    assert not is_late(MINUTES)


def test_a_confirmation_that_is_due_for_a_minute_is_late_and_bulk_is_not(queue: Queue) -> None:
    queue(1, "test_bulk")
    assert not is_late(MINUTES)
    queue(2, "test_confirmation")
    assert is_late(MINUTES)


def test_put_off_is_late_until_another_mail_leaves(queue: Queue, smtp: Server) -> None:
    smtp.replies["person1@example.org"] = "451 later"
    queue(1, "test_confirmation")
    sender.send_due(timezone.now())
    assert is_late()
    queue(2, "test_confirmation")
    sender.send_due(timezone.now())
    assert not is_late()


def test_a_turn_in_more_than_a_minute_is_late(queue: Queue) -> None:
    mail = queue(1, "test_confirmation")
    Mail.objects.filter(pk=mail.pk).update(has_slot=True, due_at=timezone.now() + timedelta(seconds=30))
    assert not is_late()
    Mail.objects.filter(pk=mail.pk).update(due_at=timezone.now() + MINUTES)
    assert is_late()


def test_without_the_database_nothing_leaves(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("away")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", away)
        assert is_late()


def test_it_is_asked_once_in_a_few_seconds(queue: Queue, django_assert_num_queries) -> None:
    selectors.forget()
    with django_assert_num_queries(1):
        for _time in range(5):
            assert not selectors.is_late(timezone.now())
