from collections.abc import Callable
from datetime import datetime

import pytest

from accounts.models import User
from petitions import services
from petitions.lifecycle import State
from petitions.models import Event, Petition, ReviewRequest
from petitions.services.creator import may_request_review
from petitions.staff import queue

pytestmark = pytest.mark.django_db
MakePetition = Callable[..., Petition]


def asked(make_petition: MakePetition, now: datetime, **kwargs: object) -> Petition:
    petition = make_petition(State.REJECTED, **kwargs)
    services.request_review(petition_id=petition.pk, text="Please look again.", now=now)
    return petition


@pytest.mark.parametrize(("state", "opened"), [(State.REJECTED, False), (State.REJECTED, True), (State.HIDDEN, False)])
def test_a_creator_asks_once_after_a_refusal(
    make_petition: MakePetition, now: datetime, state: State, opened: bool
) -> None:
    petition = make_petition(state, opened=opened)
    assert may_request_review(petition)

    services.request_review(petition_id=petition.pk, text=" Please look again. ", now=now)

    assert ReviewRequest.objects.get().text == "Please look again."
    assert not may_request_review(petition)
    with pytest.raises(services.Refused):
        services.request_review(petition_id=petition.pk, text="And again.", now=now)


@pytest.mark.parametrize("state", [State.GATHERING_SUPPORT, State.IN_MODERATION, State.OPEN, State.WITHDRAWN])
def test_without_a_refusal_there_is_nothing_to_review(make_petition: MakePetition, now: datetime, state: State) -> None:
    petition = make_petition(state)

    assert not may_request_review(petition)
    with pytest.raises(services.Refused):
        services.request_review(petition_id=petition.pk, text="Please.", now=now)


@pytest.mark.parametrize("text", ["", "\u200b", "x" * 2001])
def test_a_review_says_why_in_not_too_many_words(make_petition: MakePetition, now: datetime, text: str) -> None:
    petition = make_petition(State.REJECTED, opened=False)

    with pytest.raises(services.Refused) as refusal:
        services.request_review(petition_id=petition.pk, text=text, now=now)

    assert refusal.value.field == "text"


def test_whoever_refused_does_not_review(
    make_petition: MakePetition, moderator: User, second_moderator: User, bystander: User, now: datetime
) -> None:
    petition = asked(make_petition, now, opened=False)
    decision = {"petition_id": petition.pk, "outcome": "upheld", "explanation": "It stands.", "now": now}

    with pytest.raises(services.Refused, match="other than"):
        services.decide_review(actor=moderator, **decision)
    with pytest.raises(services.NotAllowed):
        services.decide_review(actor=bystander, **decision)
    assert ReviewRequest.objects.get().outcome == ""

    services.decide_review(actor=second_moderator, **decision)
    assert ReviewRequest.objects.get().decided_by == second_moderator


def test_an_upheld_refusal_stands_and_the_creator_is_told_why(
    make_petition: MakePetition, second_moderator: User, now: datetime
) -> None:
    petition = asked(make_petition, now, opened=False, language="fr")

    services.decide_review(
        petition_id=petition.pk, actor=second_moderator, outcome="upheld", explanation="Rien de neuf.", now=now
    )

    petition.refresh_from_db()
    assert petition.state == State.REJECTED
    event = Event.objects.get(petition=petition, kind="review_decided")
    assert (event.text, event.details["outcome"]) == ({"fr": "Rien de neuf."}, "upheld")
    assert (event.public, event.tells_creator) == (False, True)


@pytest.mark.parametrize(("opened", "state"), [(False, State.IN_MODERATION), (True, State.OPEN)])
def test_an_overturned_refusal_returns_to_the_queue_or_is_restored(
    make_petition: MakePetition, second_moderator: User, now: datetime, opened: bool, state: State
) -> None:
    petition = asked(make_petition, now, opened=opened)

    services.decide_review(
        petition_id=petition.pk, actor=second_moderator, outcome="overturned", explanation="You were right.", now=now
    )

    petition.refresh_from_db()
    assert petition.state == state
    # One mail, not two: the review's own event tells the creator.
    assert not Event.objects.get(petition=petition, kind="restored").tells_creator
    assert not may_request_review(petition)


@pytest.mark.parametrize(
    ("outcome", "explanation", "field"), [("maybe", "Hm.", "outcome"), ("upheld", " ", "explanation")]
)
def test_a_review_needs_outcome_and_explanation(
    make_petition: MakePetition, second_moderator: User, now: datetime, outcome: str, explanation: str, field: str
) -> None:
    petition = asked(make_petition, now, opened=False)

    with pytest.raises(services.Refused) as refusal:
        services.decide_review(
            petition_id=petition.pk, actor=second_moderator, outcome=outcome, explanation=explanation, now=now
        )

    assert refusal.value.field == field


def test_a_review_is_decided_once(make_petition: MakePetition, second_moderator: User, now: datetime) -> None:
    petition = asked(make_petition, now, opened=False)
    decision = {"petition_id": petition.pk, "outcome": "upheld", "explanation": "It stands.", "now": now}

    services.decide_review(actor=second_moderator, **decision)
    with pytest.raises(services.Refused):
        services.decide_review(actor=second_moderator, **decision)


def test_an_imported_refusal_is_not_reviewed(make_petition: MakePetition, now: datetime) -> None:
    petition = make_petition(State.REJECTED, opened=False)
    Petition.objects.update(exempt=True)
    petition.refresh_from_db()

    assert not may_request_review(petition)


def test_a_review_of_a_refusal_that_was_taken_back_waits_no_more(
    make_petition: MakePetition, moderator: User, second_moderator: User, now: datetime
) -> None:
    petition = asked(make_petition, now, opened=False)
    assert queue.waiting_reviews().count() == 1

    services.restore(petition_id=petition.pk, moderator=second_moderator, reason="A mistake.", now=now)

    assert queue.waiting_reviews().count() == 0
    review = ReviewRequest.objects.get()
    assert (review.outcome, review.decided_by, review.explanation) == ("overturned", second_moderator, "")
    services.reject(petition_id=petition.pk, moderator=moderator, reason_code="no-action", now=now)
    with pytest.raises(services.Refused, match="No review"):
        services.decide_review(
            petition_id=petition.pk, actor=second_moderator, outcome="upheld", explanation="It stands.", now=now
        )
