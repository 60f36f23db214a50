"""Cases walked at random: whatever people try in whatever order, nothing uncleared is ever live."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import Department, User
from audit import sealing, verification
from audit.models import Entry
from petitions.models import Crossing, Event, Petition, PublicCase, Threshold
from petitions.services import NotAllowed, Refused
from responses import clearance, lifecycle, reviewers, services
from responses.models import AnswerPage, Approval, Case, Clearance, Delegation, ExtraReviewTask
from responses.models.approval import ReviewState
from responses.models.case import CaseState
from tests.responses.people import NOW

PEOPLE = [
    "coordinator",
    "drafter",
    "department_reviewer",
    "legal_reviewer",
    "approver",
    "publisher",
    "superuser",
    "auditor",
]
SAYS_NO = (Refused, NotAllowed, lifecycle.WrongState)
ACTS = ["start_drafting", "submit", "recall", "publish", "unschedule", "resume", "close", "take_off", "leave"]
somebody = st.sampled_from(PEOPLE)


class CaseWalk(RuleBasedStateMachine):
    """Each rule is an act of somebody who may or may not do it."""

    people: dict[str, User]

    @initialize()
    def open(self) -> None:
        self.outer = transaction.atomic()
        self.outer._from_testcase = True
        self.outer.__enter__()
        self.now = NOW
        petition = Petition.objects.create(
            title="Mend the bridge", ask="Please.", state="open", opened_at=NOW, signature_count=10_000
        )
        petition.departments.set([Department.objects.get(acronym="DEFRA")])
        threshold = Threshold.objects.create(petition=petition, kind="response", count=10_000, opens_case=True)
        crossing = Crossing.objects.create(threshold=threshold, petition=petition, crossed_at=NOW, count=10_000)
        self.case_id = services.open_case(crossing_id=crossing.pk, now=NOW).pk
        self.texts = 0
        self.entries = Entry.objects.count()

    def teardown(self) -> None:
        if hasattr(self, "outer"):
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    def attempt(self, service: Any, who: str | None = None, **arguments: Any) -> bool:
        """Whether the act was done; a refused one has changed nothing and is not logged as done."""
        self.now += timedelta(hours=1)
        if who:
            arguments["actor"] = User.objects.get(pk=self.people[who].pk)
        before = Entry.objects.count()
        try:
            with transaction.atomic():
                service(now=self.now, **arguments)
        except SAYS_NO:
            return False
        assert Entry.objects.count() > before or service in (services.watch_due_dates, services.publish_due)
        return True

    @property
    def case(self) -> Case:
        return Case.objects.get(pk=self.case_id)

    @property
    def page(self) -> AnswerPage:
        return AnswerPage.objects.get(case_id=self.case_id)

    @rule(who=somebody)
    def write(self, who: str) -> None:
        self.texts += 1
        page = self.page.get_latest_revision_as_object()
        text = page.texts.first()
        text.summary, text.body = f"Answer number {self.texts}.", [("paragraph", f"<p>Text {self.texts}.</p>")]
        page.texts = [text]
        writable = self.case.state in lifecycle.WRITABLE
        saved = False
        with suppress(PermissionDenied), transaction.atomic():
            page.save_revision(user=self.people[who])
            saved = True
        assert saved == writable

    @rule(who=somebody, act=st.sampled_from(ACTS))
    def act(self, who: str, act: str) -> None:
        done = self.attempt(getattr(services, act), who, case_id=self.case_id)
        if done and act == "publish":
            assert who in ("publisher", "superuser")

    @precondition(lambda self: ReviewState.objects.filter(status="in_progress").exists())
    @rule(who=somebody, approves=st.booleans())
    def decide(self, who: str, approves: bool) -> None:
        state = ReviewState.objects.get(status="in_progress")
        if approves:
            self.attempt(services.approve, who, task_state_id=state.pk)
        else:
            self.attempt(services.send_back, who, task_state_id=state.pk, reason="No.")

    @rule(who=somebody, stands_in=somebody)
    def go_away(self, who: str, stands_in: str) -> None:
        """In force whatever day it is: the walk's days are not today's."""
        if who != stands_in and not Delegation.objects.filter(principal=self.people[who]).exists():
            Delegation.objects.create(
                principal=self.people[who],
                delegate=self.people[stands_in],
                set_by=self.people[who],
                set_at=self.now,
                starts_on=date(2000, 1, 1),
                ends_on=date(2100, 1, 1),
            )

    @precondition(lambda self: ReviewState.objects.filter(status="in_progress").exists())
    @rule(who=somebody, colleague=somebody)
    def hand_over(self, who: str, colleague: str) -> None:
        state = ReviewState.objects.get(status="in_progress")
        self.attempt(services.hand_over, who, task_state_id=state.pk, colleague_id=self.people[colleague].pk)

    @rule(switched_on=st.booleans())
    def ask_for_more(self, switched_on: bool) -> None:
        """The department wants one more review, or no longer."""
        department = Department.objects.get(acronym="DEFRA")
        task, made = ExtraReviewTask.objects.get_or_create(name="Press office", department=department)
        if made:
            task.reviewers.add(self.people["publisher"])
        if task.active and not switched_on:
            task.deactivate(user=self.people["superuser"])
        elif switched_on:
            ExtraReviewTask.objects.filter(pk=task.pk).update(active=True)

    @rule(who=somebody)
    def withdraw(self, who: str) -> None:
        self.attempt(services.withdraw, who, case_id=self.case_id, reason={"en": "It named somebody."})

    @rule()
    def clear_properly(self) -> None:
        """The regular way, so that the walk gets far."""
        if self.case.state in lifecycle.WRITABLE:
            self.write("drafter")
            self.attempt(services.submit, "drafter", case_id=self.case_id)
        for who in ("department_reviewer", "legal_reviewer", "publisher", "approver"):
            for state in ReviewState.objects.filter(status="in_progress"):
                self.attempt(services.approve, who, task_state_id=state.pk)

    @rule(who=somebody)
    def pause(self, who: str) -> None:
        self.attempt(services.pause, who, case_id=self.case_id, reason={"en": "Elections."})

    @rule(who=somebody)
    def correct(self, who: str) -> None:
        self.attempt(services.correct, who, case_id=self.case_id, reason={"en": "A slip."})

    @rule(who=somebody, hours=st.integers(-2, 48))
    def schedule(self, who: str, hours: int) -> None:
        self.attempt(services.schedule, who, case_id=self.case_id, at=self.now + timedelta(hours=hours))

    @rule(days=st.integers(0, 40))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.attempt(services.watch_due_dates)
        self.attempt(services.publish_due)

    @rule()
    def seal_the_log(self) -> None:
        """As the clock does every few seconds: whatever was done so far hangs together."""
        while sealing.seal(self.now):
            pass
        assert verification.first_break() is None

    @rule()
    def change_behind_the_back(self) -> None:
        """As autosave does: the newest version overwritten in place."""
        revision = self.page.latest_revision
        revision.content["texts"][0]["summary"] += " More."
        revision.save()

    @invariant()
    def nothing_live_differs_from_what_was_cleared(self) -> None:
        if not hasattr(self, "case_id"):
            return
        page = self.page
        if page.live:
            assert Clearance.objects.filter(revision=page.live_revision).exists()
            assert clearance.digest(page) == Clearance.objects.get(revision=page.live_revision).digest
            approvals = Approval.objects.filter(revision=page.live_revision, digest=clearance.digest(page))
            assert set(clearance.REQUIRED_STEPS) <= set(approvals.values_list("step", flat=True))
            people = reviewers.approvers(approvals.filter(voided_at=None))
            assert len(people) == len(set(people)) >= len(clearance.REQUIRED_STEPS)
            assert not set(people) & clearance_authors(page)
            assert clearance.flaw(page) == ""

    @invariant()
    def the_public_face_follows_the_case(self) -> None:
        if not hasattr(self, "case_id"):
            return
        case, face = self.case, PublicCase.objects.get(case_id=self.case_id)
        assert (face.state, face.due_on, face.pause_reason) == (case.shown_state, case.due_on, case.pause_reason)
        assert (face.answered_at is not None) == (case.published_at is not None)
        taken_off = case.withdrawals.filter(done_at__isnull=False).count()
        assert Event.objects.filter(kind="answered").count() == taken_off + (1 if case.published_at else 0)
        assert AnswerPage.objects.get(case=case).live == (case.published_at is not None)
        assert (case.state == CaseState.REVIEW) == ReviewState.objects.filter(status="in_progress").exists()

    @invariant()
    def no_lateness_is_told_twice(self) -> None:
        late = Entry.objects.filter(action="case.overdue").values_list("details__due_on", flat=True)
        assert len(late) == len(set(late))

    @invariant()
    def the_log_only_grows(self) -> None:
        if hasattr(self, "entries"):
            assert Entry.objects.count() >= self.entries
            self.entries = Entry.objects.count()


def clearance_authors(page: AnswerPage) -> set[int]:
    """Those who had written or handed in up to the live version."""
    revisions = page.revisions.filter(created_at__lte=page.live_revision.created_at).exclude(user=None)
    return set(revisions.values_list("user_id", flat=True))


@pytest.mark.slow
def test_no_walk_ends_with_an_uncleared_publication(staff: dict[str, User], now: datetime) -> None:
    CaseWalk.people = staff
    run_state_machine_as_test(
        CaseWalk,
        settings=settings(
            max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
