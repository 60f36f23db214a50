"""The table of states, and the services held against it by a machine that tries acts in any order."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.models import User
from petitions import lifecycle, limits, services
from petitions.lifecycle import ONLY_OPENED, ONLY_UNOPENED, TRANSITIONS, Act, State, WrongState
from petitions.models import Petition, RejectionReason, ReviewRequest

NOW = datetime(2026, 3, 31, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(("state", "act"), [(state, act) for state in State for act in Act])
@pytest.mark.parametrize("opened", [True, False])
def test_every_pair_of_state_and_act_is_either_in_the_table_or_refused(state: State, act: Act, opened: bool) -> None:
    if lifecycle.allows(state, act, opened=opened):
        assert lifecycle.after(state, act, opened=opened) == TRANSITIONS[state, act]
    else:
        with pytest.raises(WrongState) as refusal:
            lifecycle.after(state, act, opened=opened)
        assert (refusal.value.act, refusal.value.state) == (act, state)
        assert str(State(state).label) in str(refusal.value)


def test_exceptions_for_opened_and_unopened_petitions_are_in_the_table() -> None:
    assert set(TRANSITIONS) >= ONLY_OPENED | ONLY_UNOPENED
    assert not ONLY_OPENED & ONLY_UNOPENED


def test_every_state_but_draft_can_be_reached_and_draft_cannot() -> None:
    assert set(TRANSITIONS.values()) == set(State) - {State.DRAFT}


@pytest.mark.parametrize(
    ("withdrawn", "deadline_passed", "state"),
    [
        (False, False, State.OPEN),
        (False, True, State.CLOSED),
        (True, False, State.WITHDRAWN),
        (True, True, State.WITHDRAWN),
    ],
)
def test_a_petition_comes_back_in_the_state_it_would_be_in(
    withdrawn: bool, deadline_passed: bool, state: State
) -> None:
    assert lifecycle.restored(withdrawn=withdrawn, deadline_passed=deadline_passed) == state


class Moderation(RuleBasedStateMachine):
    """Acts on one petition in any order; a second book is kept by the table alone."""

    @initialize()
    def submit(self) -> None:
        limits.forget()
        self.moderator, _ = User.objects.get_or_create(username="moderator", is_superuser=True)
        self.other, _ = User.objects.get_or_create(username="second_moderator", is_superuser=True)
        RejectionReason.objects.get_or_create(code="no-action", defaults={"title": "No", "explanation": "No"})
        RejectionReason.objects.get_or_create(code="libel", defaults={"title": "L", "explanation": "L", "hides": True})
        self.now = NOW
        self.petition = services.submit(
            title="Mend it", ask="Please.", detail="", language="en", creator_name="Ada", now=self.now
        )
        self.state, self.opened, self.dates, self.asked = State.DRAFT, False, None, False

    def _expect(self, act: Act, call, after: State | None = None) -> None:
        self.now += timedelta(hours=1)
        allowed = lifecycle.allows(self.state, act, opened=self.opened)
        if allowed:
            call()
            self.state = after or lifecycle.after(self.state, act, opened=self.opened)
        else:
            with pytest.raises(services.Refused):
                call()

    @rule()
    def confirm_creator(self) -> None:
        services.confirm_creator(petition_id=self.petition.pk, now=self.now)
        if self.state == State.DRAFT:
            self.state = State.GATHERING_SUPPORT
            self._take_up_supporters()

    @rule(count=st.integers(0, 9))
    def count_supporters(self, count: int) -> None:
        services.record_supporters(petition_id=self.petition.pk, count=count, now=self.now)
        self._take_up_supporters()

    def _take_up_supporters(self) -> None:
        count = Petition.objects.get(pk=self.petition.pk).supporter_count
        if self.state == State.GATHERING_SUPPORT and count >= 5:
            self.state = State.IN_MODERATION

    @rule()
    def approve(self) -> None:
        def call() -> None:
            services.approve(petition_id=self.petition.pk, moderator=self.moderator, now=self.now)

        was = self.state
        self._expect(Act.APPROVE, call)
        if was == State.IN_MODERATION:
            self.opened = True
            petition = Petition.objects.get(pk=self.petition.pk)
            self.dates = (petition.opened_at, petition.closes_at)

    @rule(code=st.sampled_from(["no-action", "libel"]))
    def refuse(self, code: str) -> None:
        act = Act.HIDE if code == "libel" else Act.REJECT
        service = services.take_down if self.opened else services.reject
        self.now += timedelta(hours=1)

        def call() -> None:
            service(petition_id=self.petition.pk, moderator=self.moderator, reason_code=code, now=self.now)

        refusable = (State.OPEN, State.CLOSED) if self.opened else (State.GATHERING_SUPPORT, State.IN_MODERATION)
        if self.state in refusable:
            call()
            self.state = lifecycle.after(self.state, act, opened=self.opened)
        elif self.state != State.REJECTED or act != Act.HIDE:
            with pytest.raises(services.Refused):
                call()

    @rule()
    def hide(self) -> None:
        self._expect(
            Act.HIDE,
            lambda: services.hide(
                petition_id=self.petition.pk, moderator=self.moderator, reason_code="libel", now=self.now
            ),
        )

    @rule()
    def restore(self) -> None:
        act = Act.RESTORE if self.opened else Act.RECONSIDER
        self._expect(
            act,
            lambda: services.restore(
                petition_id=self.petition.pk, moderator=self.moderator, reason="Looked again.", now=self.now
            ),
            self._state_by_now() if self.opened else None,
        )

    def _state_by_now(self) -> State:
        petition = Petition.objects.get(pk=self.petition.pk)
        return lifecycle.restored(
            withdrawn=petition.withdrawn_at is not None,
            deadline_passed=petition.closed_at is not None or petition.closes_at <= self.now + timedelta(hours=1),
        )

    @rule()
    def withdraw(self) -> None:
        self._expect(Act.WITHDRAW, lambda: services.withdraw(petition_id=self.petition.pk, now=self.now))

    @rule()
    def let_the_deadline_pass(self) -> None:
        if self.dates:
            self.now = max(self.now, self.dates[1])
        services.close_due(self.now)
        if self.state == State.OPEN:
            self.state = State.CLOSED

    @rule()
    def ask_for_review(self) -> None:
        self.now += timedelta(hours=1)
        if self.state in (State.REJECTED, State.HIDDEN) and not self.asked:
            services.request_review(petition_id=self.petition.pk, text="Look again.", now=self.now)
            self.asked = True
        else:
            with pytest.raises(services.Refused):
                services.request_review(petition_id=self.petition.pk, text="Look again.", now=self.now)

    @rule(outcome=st.sampled_from(["upheld", "overturned"]))
    def decide_review(self, outcome: str) -> None:
        self.now += timedelta(hours=1)
        waiting = ReviewRequest.objects.filter(petition=self.petition, outcome="").exists()

        def call() -> None:
            services.decide_review(
                petition_id=self.petition.pk, actor=self.other, outcome=outcome, explanation="So it is.", now=self.now
            )

        if waiting and self.state in (State.REJECTED, State.HIDDEN):
            back = self._state_after_overturning() if outcome == "overturned" else self.state
            call()
            self.state = back
        else:
            with pytest.raises(services.Refused):
                call()

    def _state_after_overturning(self) -> State:
        if not self.opened:
            return State.IN_MODERATION
        petition = Petition.objects.get(pk=self.petition.pk)
        return lifecycle.restored(
            withdrawn=petition.withdrawn_at is not None,
            deadline_passed=petition.closed_at is not None or petition.closes_at <= self.now,
        )

    @invariant()
    def stored_state_is_the_tables(self) -> None:
        petition = Petition.objects.get(pk=self.petition.pk)
        assert petition.state == self.state
        assert petition.was_opened == self.opened
        if self.dates:
            assert (petition.opened_at, petition.closes_at) == self.dates
        refused = self.state in (State.REJECTED, State.HIDDEN)
        assert hasattr(petition, "rejection") == refused
        assert (petition.rejected_at is not None) >= (self.state == State.REJECTED)
        assert (petition.hidden_at is not None) == (self.state == State.HIDDEN)


@pytest.mark.django_db
def test_acts_in_any_order_keep_to_the_table() -> None:
    run_state_machine_as_test(
        Moderation,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
