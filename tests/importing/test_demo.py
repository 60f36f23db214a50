"""The demo comes to life out of real petitions; and what came in comes out."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoDbBlocker

import petitions.services
import responses.services
from accounts.models import User
from audit.models import Entry
from config.management.commands.make_demo import REASON
from mailing.models import Mail
from petitions.lifecycle import ResponseState, State
from petitions.models import (
    Crossing,
    Event,
    Limits,
    Petition,
    PublicCase,
    Threshold,
)
from petitions.services.counting import CountChange
from responses.models import Case
from signatures.models import Signature
from tests.importing.records import run

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(loaded: None, django_db_blocker: DjangoDbBlocker) -> datetime:
    """The sample brought to life; when that was."""
    now = timezone.now()
    with django_db_blocker.unblock():
        run("make_demo")
    return now


def test_24_petitions_are_open_again_for_one_to_26_weeks(demo: datetime):
    opened = list(Petition.objects.filter(state=State.OPEN))

    assert len(opened) == 24
    assert sum(petition.imported_count >= 10_000 for petition in opened) == 16
    assert not any(petition.exempt for petition in opened)
    assert Entry.objects.filter(action="petition.reopen", reason=REASON).count() == 24
    closings = sorted(petition.closes_at for petition in opened)
    assert timedelta(weeks=1) <= closings[0] - demo
    assert closings[0] - demo < timedelta(weeks=2)
    assert timedelta(weeks=25) < closings[-1] - demo <= timedelta(weeks=26)
    assert all(timezone.localtime(closing).time() == datetime.min.time() for closing in closings)


def test_the_newest_eight_below_the_threshold_are_among_them(demo: datetime):
    newest = Petition.objects.filter(source_state="open", imported_count__lt=10_000).order_by("-opened_at")[:8]

    assert all(petition.state == State.OPEN for petition in newest)
    assert Petition.objects.filter(state=State.OPEN, imported_count__lt=10_000).count() == 8


def test_16_cases_are_owed_two_of_them_late_and_15_wait_for_the_coordinator(demo: datetime):
    today = timezone.localdate()
    cases = Case.objects.owed()

    assert cases.count() == 16
    assert cases.overdue(today).count() == 2
    assert cases.filter(department=None, state="new").count() == 15
    (assigned,) = cases.exclude(department=None)
    assert (assigned.department.acronym, assigned.state) == ("DEFRA", "assigned")
    assert assigned.links.get().petition_id == 618769
    assert all(case.owed_since >= demo - timedelta(days=60) for case in cases)
    assert Limits.objects.get().coordinator == User.objects.get(username="coordinator")
    assert Petition.objects.filter(state=State.OPEN, response_state=ResponseState.AWAITING).count() == 16


def test_three_clocks_show_a_pause_more_time_and_a_word_before_the_answer(demo: datetime):
    faces = PublicCase.objects.filter(answered_at=None, case_id__isnull=False)

    assert faces.filter(state="paused").exclude(pause_reason={}).count() == 1
    assert faces.filter(counting__extended=10).count() == 1
    assert faces.exclude(news={}).count() == 1


def test_thresholds_passed_before_are_reached_without_firing(demo: datetime):
    reached = Crossing.objects.filter(petition__state=State.OPEN)

    assert reached.filter(threshold__kind="response").count() == 16
    assert not reached.filter(fires=True).exists()
    assert responses.services.open_missing_cases(timezone.now()) == 0
    assert petitions.services.find_crossings(timezone.now()) == 0


def test_three_signatures_on_one_of_them_open_a_case(demo: datetime):
    own = Threshold.objects.get(kind="own")
    petition = own.petition
    assert own.count == petition.signature_count + 3
    assert own.opens_case
    now = timezone.now()

    def sign(amount: int) -> None:
        change = CountChange(petition.pk, "H", "GB", now.replace(minute=0, second=0, microsecond=0), amount)
        petitions.services.record_counts(changes=[change], now=now)

    sign(2)
    assert responses.services.open_missing_cases(now) == 0
    sign(1)
    assert responses.services.open_missing_cases(now) == 1
    case = Case.objects.get(links__petition=petition)
    assert (case.state, case.owner.username) == ("assigned", "drafter")
    assert case.owner == case.department.point_person


def test_two_petitions_that_call_themselves_demos_wait_for_a_moderator(demo: datetime):
    waiting = Petition.objects.filter(state=State.IN_MODERATION)

    assert {petition.language for petition in waiting} == {"en", "fr"}
    assert all(petition.title.startswith(("Demo: ", "Démonstration : ")) for petition in waiting)
    assert all(petition.supporter_count == 5 for petition in waiting)
    assert Signature.objects.filter(state="confirmed").count() == 12


def test_making_the_demo_again_changes_nothing(demo: datetime, sample: list[str]):
    def state() -> list[object]:
        return [
            list(Petition.objects.order_by("pk").values("pk", "state", "closes_at", "updated_at", "signature_count")),
            list(Case.objects.order_by("pk").values()),
            list(PublicCase.objects.order_by("pk").values()),
            [model.objects.count() for model in (Entry, Event, Crossing, Threshold, Signature, Mail)],
        ]

    before = state()

    run("make_demo")
    said = run("load_petitions", *sample)

    assert state() == before
    assert said.counts("UK petitions")[3] == 24
