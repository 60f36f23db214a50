"""A signal is a wake-up, never the record: with each of them lost, the clock finds the same work in the tables."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.dispatch import Signal
from django.utils import timezone

from audit.models import Entry
from config.schedule import JOBS
from mailing.models import Mail
from petitions import signals
from petitions.models import Crossing, Petition, PublicCase, Rating, Threshold
from petitions.models.petition import ThresholdKind
from petitions.services import record_answer
from responses.models import Case
from responses.models.case import CaseState
from search.models import Document, Unsent
from signatures import intake, leaving
from signatures.letters import TO_CREATOR, TO_SIGNER
from signatures.models import Role, Signature
from signatures.persons import Signer
from tests.factories import make_open_petition

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SIGNALS: dict[str, Signal] = {name: value for name, value in vars(signals).items() if isinstance(value, Signal)}
SOONEST_SECONDS = 60


@contextmanager
def dropped(*names: str) -> Iterator[None]:
    """Nobody hears these signals, as when a process dies between its commit and the announcement."""
    kept = {name: SIGNALS[name].receivers for name in names}
    for name in names:
        SIGNALS[name].receivers = []
        SIGNALS[name].sender_receivers_cache.clear()
    try:
        yield
    finally:
        for name, receivers in kept.items():
            SIGNALS[name].receivers = receivers
            SIGNALS[name].sender_receivers_cache.clear()


def sweep(job: str) -> None:
    """Let the clock do this job once, as the worker would: the task of the schedule, called by its name."""
    path, seconds, _queue = JOBS[job]
    assert seconds <= SOONEST_SECONDS, f"{job} comes only every {seconds} s"
    module, _dot, name = path.rpartition(".")
    getattr(importlib.import_module(module), name)()


@pytest.fixture
def petition(site_pages: None) -> Petition:
    """Open, with its creator's signature and a threshold of two that opens a case."""
    petition = make_open_petition(title="Mend the bridge")
    Threshold.objects.filter(petition=petition).delete()
    Threshold.objects.create(petition=petition, kind=ThresholdKind.RESPONSE, count=2, opens_case=True)
    row_id = sign(petition, "creator")
    Signature.objects.filter(petition_id=petition.pk, id=row_id).update(role=Role.CREATOR)
    sweep("tally")
    return petition


@pytest.fixture
def site_pages(db: None) -> None:
    from django.core.management import call_command

    call_command("create_site", verbosity=0)
    call_command("create_workflow", verbosity=0)


def sign(petition: Petition, name: str, *, notify: bool = False) -> int:
    """One confirmed signature; its number."""
    signer = Signer(
        name="Quillon Thornbeck",
        email=f"{name}@mailbox.example",
        postcode="N1 9GU",
        country="GB",
        notify=notify,
        language="en",
        network="192.0.2.1",
    )
    now = timezone.now()
    row_id = intake.accept(petition_id=petition.pk, signer=signer, now=now)
    assert intake.confirm(petition_id=petition.pk, row_id=row_id, generation=0, now=now).is_signed
    return row_id


def threshold_crossed(petition: Petition) -> None:
    """The case is opened by the sweep, and its creator told."""
    with dropped("threshold_crossed"):
        sign(petition, "second")
        sweep("tally")
    assert Crossing.objects.filter(petition=petition).count() == 1
    assert not Case.objects.exists()
    sweep("cases")
    assert Case.objects.get().links.get().petition == petition
    assert not Mail.objects.filter(kind=TO_CREATOR).exists()
    sweep("tell")
    assert Mail.objects.filter(petition_id=petition.pk, kind=TO_CREATOR).count() == 1
    sweep("cases")
    sweep("tell")
    assert Case.objects.count() == 1
    assert Mail.objects.filter(petition_id=petition.pk, kind=TO_CREATOR).count() == 1


def threshold_undercut(petition: Petition) -> None:
    """It stands in the tables at which staff look; the case and the promise stay."""
    second = sign(petition, "second")
    sweep("tally")
    sweep("cases")
    with dropped("threshold_undercut"):
        leaving.withdraw(petition_id=petition.pk, row_id=second, generation=0)
        sweep("tally")
    crossing = Crossing.objects.get(petition=petition)
    assert crossing.undercut_at is not None
    assert Case.objects.owed().count() == 1


def petition_answered(petition: Petition) -> None:
    """Creator and subscribed signers are mailed by the sweep, once."""
    sign(petition, "subscribed", notify=True)
    sign(petition, "silent")
    sweep("tally")
    sweep("cases")
    sweep("tell")
    Mail.objects.all().delete()
    now = timezone.now()
    with dropped("petition_answered", "petition_changed"):
        record_answer(
            petition_ids=[petition.pk],
            case_id=Case.objects.get().pk,
            answer_path="/answers/bridge/",
            summary={"en": "It will be mended."},
            text={"en": "By May."},
            responded_on=now.date(),
            now=now,
            tell=True,
        )
    assert not Mail.objects.exists()
    for _ in range(2):
        sweep("tell")
        assert sorted(Mail.objects.values_list("kind", flat=True)) == sorted([TO_CREATOR, TO_SIGNER])


def petition_changed(petition: Petition) -> None:
    """Counts, pages and lists are read from the tables, and what a search server lacks stands in one, until the sweep
    has sent it there: nobody has to be woken.
    """
    with dropped("petition_changed"):
        sign(petition, "third")
        sweep("tally")
    petition.refresh_from_db()
    assert petition.signature_count == 2
    assert Unsent.objects.filter(document_id__in=Document.objects.filter(object_id=petition.pk).values("pk")).exists()
    sweep("search")
    assert not Unsent.objects.exists()


def answer_rated(petition: Petition) -> None:
    """The case whose signers say that they were not answered is taken up again by the sweep, once."""
    sign(petition, "second")
    sweep("tally")
    sweep("cases")
    case, now = Case.objects.get(), timezone.now()
    Case.objects.update(state=CaseState.PUBLISHED, published_at=now)
    PublicCase.objects.update(state=CaseState.PUBLISHED, answered_at=now, answer_path="/answers/bridge/")
    Rating.objects.bulk_create(
        Rating(petition=petition, case_id=case.pk, row_id=number, choice="no", at=now) for number in range(1, 21)
    )
    with dropped("answer_rated", "petition_changed"):
        sweep("ratings")
    case.refresh_from_db()
    assert case.state == CaseState.PUBLISHED
    for _ in range(2):
        sweep("follow-up")
    case.refresh_from_db()
    assert case.state == CaseState.FOLLOW_UP
    assert Entry.objects.filter(action="case.follow_up").count() == 1


DROPPED: dict[str, Callable[[Petition], None]] = {
    "answer_rated": answer_rated,
    "petition_answered": petition_answered,
    "petition_changed": petition_changed,
    "threshold_crossed": threshold_crossed,
    "threshold_undercut": threshold_undercut,
}


@pytest.mark.parametrize("name", sorted(SIGNALS))
def test_the_work_of_a_lost_signal_is_found_by_a_sweep(petition: Petition, name: str) -> None:
    DROPPED[name](petition)


def test_a_receiver_that_fails_fails_nobody_else(petition: Petition) -> None:
    def fails(**_ids: Any) -> None:
        raise RuntimeError("not today")

    signals.threshold_crossed.connect(fails)
    try:
        sign(petition, "second")
        sweep("tally")
    finally:
        signals.threshold_crossed.disconnect(fails)
    assert Case.objects.count() == 1


def test_deadlines_need_no_signal_at_all(petition: Petition) -> None:
    Petition.objects.filter(pk=petition.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    sweep("close")
    petition.refresh_from_db()
    assert petition.state == "closed"
