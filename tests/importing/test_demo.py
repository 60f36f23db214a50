"""The demo comes to life out of real petitions; and what came in comes out."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone
from pytest_django import DjangoDbBlocker

import petitions.services
import responses.services
from accounts.models import User
from audit.models import Entry
from config.management.commands.make_demo import REASON
from config.management.demo_office import waiting
from config.management.demo_routing import TEAM
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
from responses.models import Case, SavedFilter, Stay
from responses.models.approval import Step
from responses.models.case import PAUSED, CaseState
from responses.services import check_clearances
from responses.services.following_up import ratings_of
from responses.staff.saved import query_of
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


def test_16_petitions_that_passed_the_threshold_are_owed_an_answer_two_of_them_late(demo: datetime):
    today = timezone.localdate()
    cases = Case.objects.owed().filter(links__petition__source="uk")

    assert cases.count() == 16
    assert Case.objects.overdue(today).count() == cases.overdue(today).count() == 2
    assert cases.filter(department=None, state="new", owner__username="coordinator").count() == 11
    assert all(case.owed_since >= demo - timedelta(days=60) for case in cases)
    assert Limits.objects.get().coordinator == User.objects.get(username="coordinator")
    assert Petition.objects.filter(state=State.OPEN, response_state=ResponseState.AWAITING).count() == 16
    assert Entry.objects.filter(action="case.open", actor__isnull=False).count() == 16


def test_cases_stand_in_every_state(demo: datetime):
    shown = Counter(case.shown_state for case in Case.objects.exclude(origin="import"))

    assert set(shown) == {*CaseState.values, PAUSED}
    review = Case.objects.get(state=CaseState.REVIEW)
    assert review.contributions.filter(answered_at__isnull=False).count() == 1
    assert review.comments.filter(settled_at=None).count() == 1
    assert waiting(review).task.specific.step == Step.LEGAL
    assert Case.objects.get(links__petition=104796).state == CaseState.DRAFTING
    assert Entry.objects.filter(action="case.return", details__step=Step.LEGAL).exists()
    assert {tag.name for tag in review.tags.all()} == {"demo", "food", "nature"}
    assert Case.objects.filter(team__name=TEAM).count() == 3
    scheduled = Case.objects.get(state=CaseState.SCHEDULED)
    assert scheduled.publish_at > demo
    assert check_clearances() == {}
    for kept in SavedFilter.objects.all():
        assert kept.query == query_of(QueryDict(kept.query))


def test_answers_that_only_the_demo_gives_were_rated_and_followed_up(demo: datetime):
    answered = Case.objects.exclude(origin="import").filter(published_at__isnull=False)
    petitions = Petition.objects.filter(case_links__case__in=answered)

    assert all(petition.source == "" and petition.title.startswith(("Demo: ", "Démonst")) for petition in petitions)
    assert all(petition.state == State.CLOSED for petition in petitions)
    together = answered.get(state=CaseState.PUBLISHED)
    low = answered.get(state=CaseState.FOLLOW_UP)
    assert together.links.count() == 2
    assert (ratings_of(together).total, ratings_of(together).is_low) == (24, False)
    assert (ratings_of(low).total, ratings_of(low).is_low) == (24, True)
    told = Event.objects.filter(petition__in=together.links.values("petition"), kind__in=("hearing", "outcome"))
    assert sorted(told.values_list("kind", flat=True)) == ["hearing", "hearing", "outcome", "outcome"]
    assert PublicCase.objects.get(petition=together.links.first().petition).answered_at == together.published_at
    assert all(stay.ended_at is None or stay.ended_at >= stay.began_at for stay in Stay.objects.all())


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
    own = Threshold.objects.get(kind="own", petition__source="uk")
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
    queue = Petition.objects.filter(state=State.IN_MODERATION)

    assert {petition.language for petition in queue} == {"en", "fr"}
    assert all(petition.title.startswith(("Demo: ", "Démonstration : ")) for petition in queue)
    assert all(petition.supporter_count == 5 for petition in queue)
    assert Signature.objects.filter(state="confirmed", petition_id__in=queue).count() == 12


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
