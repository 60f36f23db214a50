from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Department
from petitions import services, signals
from petitions.lifecycle import ResponseState
from petitions.models import Event, Petition, PublicCase

pytestmark = pytest.mark.django_db
MakePetition = Callable[..., Petition]


def record_case(petitions: list[Petition], now: datetime, **changes: Any) -> None:
    face = {
        "case_id": 7,
        "state": "new",
        "department_id": None,
        "owed_since": now,
        "due_on": date(2026, 4, 30),
        "pause_reason": {},
        **changes,
    }
    services.record_case(petition_ids=[petition.pk for petition in petitions], now=now, **face)


def record_answer(petitions: list[Petition], now: datetime, **changes: Any) -> None:
    answer = {
        "case_id": 7,
        "answer_path": "/answers/bridge/",
        "summary": {"en": "We will."},
        "text": {"en": "We will mend it."},
        "responded_on": now.date(),
        "tell": True,
        **changes,
    }
    services.record_answer(petition_ids=[petition.pk for petition in petitions], now=now, **answer)


def test_a_case_shows_on_all_its_petitions_and_is_replaced_by_its_next_state(
    make_petition: MakePetition, now: datetime
) -> None:
    petitions = [make_petition(), make_petition()]
    department = Department.objects.create(acronym="DfT", name="Transport")

    record_case(petitions, now)
    record_case(petitions, now, state="paused", department_id=department.pk, pause_reason={"en": "Election."})

    assert PublicCase.objects.count() == 2
    for face in PublicCase.objects.all():
        assert (face.state, face.department, face.pause_reason) == ("paused", department, {"en": "Election."})
    assert set(Petition.objects.values_list("response_state", flat=True)) == {ResponseState.AWAITING}


def test_an_answer_shows_and_is_told_once_for_each_case(
    make_petition: MakePetition, now: datetime, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    petitions = [make_petition(), make_petition()]
    record_case(petitions, now)
    answered: list[int] = []

    def hear(sender: None, petition_id: int, **_: Any) -> None:
        answered.append(petition_id)

    signals.petition_answered.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            record_answer(petitions, now)
        record_answer(petitions, now + timedelta(days=1), summary={"en": "We shall."})
    finally:
        signals.petition_answered.disconnect(hear)

    assert answered == [petition.pk for petition in petitions]
    face = PublicCase.objects.get(petition=petitions[0])
    assert (face.answered_at, face.summary, face.due_on) == (now, {"en": "We shall."}, date(2026, 4, 30))
    events = Event.objects.filter(kind="answered")
    assert set(events.values_list("petition", "key", "tells_creator", "tells_signers")) == {
        (petition.pk, "7", True, True) for petition in petitions
    }
    assert set(Petition.objects.values_list("response_state", flat=True)) == {ResponseState.ANSWERED}


def test_an_answer_given_elsewhere_is_shown_and_told_to_nobody(make_petition: MakePetition, now: datetime) -> None:
    petition = make_petition()

    record_answer([petition], now, tell=False)

    assert PublicCase.objects.get().answered_at == now
    assert not Event.objects.filter(kind="answered").exists()


def test_a_change_of_the_case_does_not_rewind_an_answered_petition(make_petition: MakePetition, now: datetime) -> None:
    petition = make_petition()
    record_answer([petition], now)

    record_case([petition], now, state="follow_up")

    petition.refresh_from_db()
    assert petition.response_state == ResponseState.ANSWERED
    assert PublicCase.objects.get().answer_path == "/answers/bridge/"


@pytest.mark.parametrize("record", [record_case, record_answer])
def test_an_unknown_petition_is_refused_and_nothing_stored(
    make_petition: MakePetition, now: datetime, record: Callable[..., None]
) -> None:
    petition = make_petition()

    with pytest.raises(Petition.DoesNotExist):
        record([petition, Petition(pk=5)], now)

    assert not PublicCase.objects.exists()


def test_an_event_of_a_kind_and_key_happens_once(make_petition: MakePetition, now: datetime) -> None:
    petition = make_petition()
    event = {"petition_id": petition.pk, "kind": "note", "now": now}

    assert services.record_event(**event, key="a", text={"en": "One."}) is not None
    assert services.record_event(**event, key="a", text={"en": "Two."}) is None
    assert services.record_event(**event, key="b") is not None

    assert Event.objects.get(petition=petition, kind="note", key="a").text == {"en": "One."}
