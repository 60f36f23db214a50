from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from accounts.models import Department, User
from audit.models import Entry
from petitions import services
from petitions.lifecycle import State
from petitions.models import Event, Limits, Note, Petition, RejectionReason, Threshold, Topic

pytestmark = pytest.mark.django_db
MakePetition = Callable[..., Petition]


def test_approving_opens_with_todays_terms_and_tells_the_creator(
    make_petition: MakePetition, moderator: User, now: datetime
) -> None:
    Limits.objects.update_or_create(pk=1, defaults={"response_threshold": 500, "debate_threshold": 900})
    petition = make_petition(State.IN_MODERATION)
    topic = Topic.objects.create(code="roads", name="Roads")
    department = Department.objects.create(acronym="DfT", name="Department for Transport")

    services.approve(
        petition_id=petition.pk,
        moderator=moderator,
        topics=[topic],
        departments=[department.pk],
        note="Fine.",
        now=now,
    )

    petition.refresh_from_db()
    assert (petition.state, petition.opened_at) == (State.OPEN, now)
    assert petition.closes_at == datetime(2026, 10, 1, tzinfo=UTC)  # 24:00 of 30 September: it has no 31st
    assert list(petition.topics.all()) == [topic]
    assert list(petition.departments.all()) == [department]
    assert list(Threshold.objects.values_list("kind", "count", "opens_case")) == [
        ("response", 500, True),
        ("debate", 900, False),
    ]
    assert Event.objects.get(petition=petition, kind="opened").tells_creator
    assert Entry.objects.filter(action="petition.approve", actor=moderator, subject_id=petition.pk).exists()
    assert Note.objects.get().text == "Fine."


def test_a_petition_keeps_the_threshold_it_opened_with(make_petition: MakePetition) -> None:
    petition = make_petition(State.OPEN)

    Limits.objects.update(response_threshold=7)

    assert petition.thresholds.get(kind="response").count == 10_000


@pytest.mark.parametrize(
    "act", ["approve", "reject", "hide", "claim", "second_opinion", "note", "take_down", "restore"]
)
def test_who_may_not_moderate_changes_nothing(
    make_petition: MakePetition, bystander: User, now: datetime, act: str
) -> None:
    petition = make_petition(State.IN_MODERATION)
    before = Petition.objects.filter(pk=petition.pk).values().get(), Entry.objects.count()
    who = {"petition_id": petition.pk, "moderator": bystander, "now": now}
    calls = {
        "approve": lambda: services.approve(**who),
        "reject": lambda: services.reject(**who, reason_code="no-action"),
        "hide": lambda: services.hide(**who, reason_code="libellous"),
        "claim": lambda: services.claim(**who),
        "second_opinion": lambda: services.ask_second_opinion(**who, note="?"),
        "note": lambda: services.add_note(**who, text="x"),
        "take_down": lambda: services.take_down(**who, reason_code="no-action"),
        "restore": lambda: services.restore(**who, reason="x"),
    }

    with pytest.raises(services.NotAllowed):
        calls[act]()

    assert (Petition.objects.filter(pk=petition.pk).values().get(), Entry.objects.count()) == before


def test_a_disabled_moderator_may_nothing(make_petition: MakePetition, second_moderator: User, now: datetime) -> None:
    petition = make_petition(State.IN_MODERATION)
    second_moderator.is_active = False

    with pytest.raises(services.NotAllowed):
        services.approve(petition_id=petition.pk, moderator=second_moderator, now=now)


def test_a_claim_keeps_colleagues_away_for_thirty_minutes(
    make_petition: MakePetition, moderator: User, second_moderator: User, now: datetime
) -> None:
    petition = make_petition(State.IN_MODERATION)
    services.claim(petition_id=petition.pk, moderator=moderator, now=now)

    just_before = now + timedelta(minutes=29, seconds=59)
    for refused in (services.claim, services.approve, services.release):
        with pytest.raises(services.Refused, match="moderator"):
            refused(petition_id=petition.pk, moderator=second_moderator, now=just_before)
    services.claim(petition_id=petition.pk, moderator=second_moderator, now=now + timedelta(minutes=30))

    petition.refresh_from_db()
    assert petition.claimed_by == second_moderator


def test_who_holds_the_claim_renews_releases_and_decides(
    make_petition: MakePetition, moderator: User, second_moderator: User, now: datetime
) -> None:
    petition = make_petition(State.IN_MODERATION)
    services.claim(petition_id=petition.pk, moderator=moderator, now=now)
    renewed = services.claim(petition_id=petition.pk, moderator=moderator, now=now + timedelta(minutes=20))
    assert renewed.claimed_until == now + timedelta(minutes=50)

    services.release(petition_id=petition.pk, moderator=moderator, now=now)
    services.release(petition_id=petition.pk, moderator=moderator, now=now)
    assert Entry.objects.filter(action="petition.release").count() == 1

    services.claim(petition_id=petition.pk, moderator=second_moderator, now=now)
    approved = services.approve(petition_id=petition.pk, moderator=second_moderator, now=now)
    assert (approved.claimed_by, approved.claimed_until) == (None, None)


def test_an_open_petition_is_not_claimed(make_petition: MakePetition, moderator: User, now: datetime) -> None:
    with pytest.raises(services.Refused):
        services.claim(petition_id=make_petition(State.OPEN).pk, moderator=moderator, now=now)


@pytest.mark.django_db(transaction=True)
def test_of_moderators_who_claim_at_once_one_succeeds(
    make_petition: MakePetition, make_user: Callable[..., User], now: datetime
) -> None:
    petition = make_petition(State.IN_MODERATION)
    colleagues = [make_user(f"colleague{number}", "petitions.moderate_petition") for number in range(8)]
    together, outcomes = Barrier(len(colleagues)), []

    def claim(colleague: User) -> None:
        try:
            together.wait()
            services.claim(petition_id=petition.pk, moderator=colleague, now=now)
            outcomes.append(colleague.pk)
        except services.Refused:
            outcomes.append(None)
        finally:
            connection.close()

    threads = [Thread(target=claim, args=[colleague]) for colleague in colleagues]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    winners = [outcome for outcome in outcomes if outcome]
    assert (len(outcomes), len(winners)) == (8, 1)
    assert Petition.objects.get(pk=petition.pk).claimed_by_id == winners[0]


def test_rejecting_names_the_reason_and_tells_the_creator(
    make_petition: MakePetition, moderator: User, now: datetime
) -> None:
    petition = make_petition(State.IN_MODERATION)

    services.reject(
        petition_id=petition.pk, moderator=moderator, reason_code="no-action", details="Who should act?", now=now
    )

    petition.refresh_from_db()
    assert (petition.state, petition.rejected_at) == (State.REJECTED, now)
    rejection = petition.rejection
    assert (rejection.reason.code, rejection.details, rejection.decided_by) == (
        "no-action",
        "Who should act?",
        moderator,
    )
    event = Event.objects.get(petition=petition, kind="refused")
    assert (event.public, event.tells_creator, event.tells_signers) == (True, True, False)
    assert Petition.objects.public().filter(pk=petition.pk).exists()


def test_a_reason_that_hides_hides(make_petition: MakePetition, moderator: User, now: datetime) -> None:
    petition = make_petition(State.IN_MODERATION)

    services.reject(petition_id=petition.pk, moderator=moderator, reason_code="libellous", now=now)

    petition.refresh_from_db()
    assert (petition.state, petition.hidden_at, petition.rejected_at) == (State.HIDDEN, now, None)
    assert not Event.objects.get(petition=petition, kind="refused").public
    assert not Petition.objects.public().filter(pk=petition.pk).exists()


def test_a_duplicate_names_another_public_petition(make_petition: MakePetition, moderator: User, now: datetime) -> None:
    original, secret, copy = make_petition(State.OPEN), make_petition(State.DRAFT), make_petition(State.IN_MODERATION)

    for wrong in (None, copy.pk, secret.pk, 1):
        with pytest.raises(services.Refused) as refusal:
            services.reject(
                petition_id=copy.pk, moderator=moderator, reason_code="duplicate", duplicate_of_id=wrong, now=now
            )
        assert refusal.value.field == "duplicate_of_id"
    services.reject(
        petition_id=copy.pk, moderator=moderator, reason_code="duplicate", duplicate_of_id=original.pk, now=now
    )

    copy.refresh_from_db()
    assert copy.rejection.duplicate_of == original


@pytest.mark.parametrize("code", ["unknown", "", "retired"])
def test_only_an_active_reason_of_the_list_refuses(
    make_petition: MakePetition, moderator: User, now: datetime, code: str
) -> None:
    petition = make_petition(State.IN_MODERATION)
    RejectionReason.objects.create(code="retired", title="Old", explanation="Old", active=False)

    with pytest.raises(services.Refused) as refusal:
        services.reject(petition_id=petition.pk, moderator=moderator, reason_code=code, now=now)

    assert refusal.value.field == "reason_code"


def test_hiding_needs_no_other_petition_even_for_a_duplicate(
    make_petition: MakePetition, moderator: User, now: datetime
) -> None:
    petition = make_petition(State.IN_MODERATION)

    services.hide(petition_id=petition.pk, moderator=moderator, reason_code="duplicate", now=now)

    assert Petition.objects.get(pk=petition.pk).state == State.HIDDEN


def test_a_second_opinion_is_marked_explained_and_gone_with_the_decision(
    make_petition: MakePetition, moderator: User, second_moderator: User, now: datetime
) -> None:
    petition = make_petition(State.IN_MODERATION)
    services.claim(petition_id=petition.pk, moderator=moderator, now=now)

    with pytest.raises(services.Refused):
        services.ask_second_opinion(petition_id=petition.pk, moderator=moderator, note=" ", now=now)
    asked = services.ask_second_opinion(petition_id=petition.pk, moderator=moderator, note="Is it ours?", now=now)
    assert (asked.second_opinion, asked.claimed_by) == (True, None)
    assert Note.objects.get().text == "Is it ours?"

    decided = services.approve(petition_id=petition.pk, moderator=second_moderator, now=now)
    assert decided.second_opinion is False
    with pytest.raises(services.Refused):
        services.ask_second_opinion(petition_id=petition.pk, moderator=moderator, note="Too late?", now=now)


def test_a_note_has_words(make_petition: MakePetition, moderator: User, now: datetime) -> None:
    petition = make_petition(State.CLOSED)

    note = services.add_note(petition_id=petition.pk, moderator=moderator, text="Seen.", now=now)
    with pytest.raises(services.Refused) as refusal:
        services.add_note(petition_id=petition.pk, moderator=moderator, text="\u200b", now=now)

    assert (note.author, refusal.value.field) == (moderator, "text")


def test_an_open_petition_is_taken_down_and_restored_with_its_dates(
    make_petition: MakePetition, moderator: User, now: datetime
) -> None:
    petition = make_petition(State.OPEN)
    with pytest.raises(services.WrongState):
        services.reject(petition_id=petition.pk, moderator=moderator, reason_code="no-action", now=now)

    services.take_down(petition_id=petition.pk, moderator=moderator, reason_code="no-action", now=now)
    taken = Petition.objects.get(pk=petition.pk)
    with pytest.raises(services.Refused):
        services.restore(petition_id=petition.pk, moderator=moderator, reason=" ", now=now)
    restored = services.restore(
        petition_id=petition.pk, moderator=moderator, reason="We were wrong.", now=now + timedelta(days=1)
    )

    assert (taken.state, taken.opened_at, taken.closes_at) == (State.REJECTED, petition.opened_at, petition.closes_at)
    assert (restored.state, restored.opened_at, restored.closes_at) == (State.OPEN, taken.opened_at, taken.closes_at)
    assert restored.rejected_at is None
    # Who heard that it was taken down hears that it is back.
    told = Event.objects.filter(petition=petition, tells_signers=True).values_list("kind", flat=True)
    assert set(told) == {"taken_down", "restored"}


@pytest.mark.parametrize("state", [State.IN_MODERATION, State.REJECTED, State.WITHDRAWN])
def test_only_an_open_or_closed_petition_is_taken_down(
    make_petition: MakePetition, moderator: User, now: datetime, state: State
) -> None:
    with pytest.raises(services.WrongState):
        services.take_down(petition_id=make_petition(state).pk, moderator=moderator, reason_code="no-action", now=now)


def test_restored_after_its_deadline_a_petition_is_closed_since_then(
    make_petition: MakePetition, moderator: User, now: datetime
) -> None:
    petition = make_petition(State.HIDDEN)

    restored = services.restore(
        petition_id=petition.pk, moderator=moderator, reason="Checked.", now=petition.closes_at + timedelta(days=3)
    )

    assert (restored.state, restored.closed_at, restored.hidden_at) == (State.CLOSED, petition.closes_at, None)


def test_a_closed_petition_comes_back_closed_and_a_withdrawn_one_withdrawn(
    make_petition: MakePetition, moderator: User, now: datetime
) -> None:
    closed, withdrawn = make_petition(State.CLOSED), make_petition(State.WITHDRAWN)

    for petition in (closed, withdrawn):
        services.hide(petition_id=petition.pk, moderator=moderator, reason_code="libellous", now=now)
        services.restore(petition_id=petition.pk, moderator=moderator, reason="Checked.", now=now)

    assert Petition.objects.get(pk=closed.pk).state == State.CLOSED
    assert Petition.objects.get(pk=withdrawn.pk).state == State.WITHDRAWN


def test_a_petition_withdrawn_before_opening_is_not_hidden(
    make_petition: MakePetition, moderator: User, now: datetime
) -> None:
    petition = make_petition(State.WITHDRAWN, opened=False)

    with pytest.raises(services.WrongState):
        services.hide(petition_id=petition.pk, moderator=moderator, reason_code="libellous", now=now)


def test_a_refusal_before_opening_taken_back_returns_to_the_queue(
    make_petition: MakePetition, moderator: User, now: datetime
) -> None:
    petition = make_petition(State.REJECTED, opened=False)

    restored = services.restore(petition_id=petition.pk, moderator=moderator, reason="Looked again.", now=now)

    assert (restored.state, restored.rejected_at) == (State.IN_MODERATION, None)
    event = Event.objects.get(petition=petition, kind="restored")
    assert (event.public, event.tells_creator, event.tells_signers) == (False, True, False)
    services.approve(petition_id=petition.pk, moderator=moderator, now=now)


def test_two_moderators_who_decide_at_once_decide_once(
    make_petition: MakePetition, moderator: User, second_moderator: User, now: datetime
) -> None:
    petition = make_petition(State.IN_MODERATION)
    services.approve(petition_id=petition.pk, moderator=moderator, now=now)

    with pytest.raises(services.WrongState):
        services.reject(petition_id=petition.pk, moderator=second_moderator, reason_code="no-action", now=now)

    assert Petition.objects.get(pk=petition.pk).state == State.OPEN
