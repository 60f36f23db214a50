"""A signal is a wake-up, never the record: with it dropped, the clock finds the same work."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mailing.models import Mail
from petitions import signals
from petitions.models import Petition
from petitions.models.timeline import EventKind
from petitions.services import record_event
from signatures import receivers, retention, tasks
from signatures.models import Delta, LapsedCount, Signature
from tests.factories import make_open_petition
from tests.signatures.conftest import sign_as


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the receivers asked the worker to do."""
    asked: list[str] = []
    monkeypatch.setattr(receivers.tell_due, "delay", lambda: asked.append("tell_due"))
    return asked


@pytest.mark.parametrize(
    ("signal", "ids"),
    [(signals.petition_answered, {}), (signals.threshold_crossed, {"crossing_id": 1})],
)
def test_a_signal_wakes_the_teller(
    petition: Petition, woken: list[str], django_capture_on_commit_callbacks, signal, ids: dict[str, int]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        signals.announce(signal, petition_id=petition.pk, **ids)
    assert woken == ["tell_due"]


def test_with_the_signal_dropped_the_sweep_tells(petition: Petition, woken: list[str]) -> None:
    sign_as(petition, role="creator")
    record_event(petition_id=petition.pk, kind=EventKind.ANSWERED, tells_creator=True, now=timezone.now())
    assert woken == []
    tasks.tell_due()
    assert Mail.objects.count() == 1


def test_a_broker_that_is_away_does_not_fail_who_announces(
    petition: Petition, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    def refuse() -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(receivers.tell_due, "delay", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        signals.announce(signals.petition_answered, petition_id=petition.pk)


def test_the_jobs_of_the_clock_do_their_work(petition: Petition) -> None:
    row = sign_as(petition)
    Delta.objects.create(petition_id=petition.pk, amount=1)
    tasks.fold()
    petition.refresh_from_db()
    assert petition.signature_count == 1
    tasks.sweep_supporters()
    Signature.objects.filter(id=row.id).update(state="pending", created_at=timezone.now() - timedelta(days=31))
    tasks.expire_pending()
    assert not Signature.objects.exists()


def test_pending_signatures_go_after_thirty_days_and_only_their_number_stays(db: None) -> None:
    one, other = make_open_petition(), make_open_petition()
    now = timezone.now()
    for petition, days, state in (
        (one, 31, "pending"),
        (one, 40, "pending"),
        (one, 29, "pending"),
        (one, 31, "confirmed"),
        (one, 31, "withdrawn"),
        (other, 31, "pending"),
    ):
        confirmed_at = now if state == "confirmed" else None
        sign_as(petition, state=state, confirmed_at=confirmed_at, created_at=now - timedelta(days=days))
    assert retention.expire_pending(now) == 3
    assert Signature.objects.count() == 3
    assert dict(LapsedCount.objects.values_list("petition_id", "count")) == {one.pk: 2, other.pk: 1}
    assert retention.expire_pending(now + timedelta(days=2)) == 1
    assert LapsedCount.objects.get(pk=one.pk).count == 3


def test_many_expire_in_batches(petition: Petition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    now = timezone.now()
    for _number in range(5):
        sign_as(petition, state="pending", confirmed_at=None, created_at=now - timedelta(days=31))
    assert retention.expire_pending(now) == 5
