"""A reached threshold opens exactly one case, with department, owner and due date."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from accounts.models import Department, User
from audit.models import Entry
from mailing.models import Mail
from petitions.models import Crossing, Event, Petition, PublicCase
from petitions.services import NotAllowed, Refused
from petitions.signals import threshold_crossed
from responses import services
from responses.models import AnswerPage, Case, CaseTrigger

MakePetition = Callable[..., Petition]
Cross = Callable[..., Crossing]


def test_a_threshold_opens_a_case_with_department_owner_due_date_and_draft(
    make_petition: MakePetition, cross: Cross, department: Department, staff: dict[str, User], now: datetime
) -> None:
    petition = make_petition()
    case = services.open_case(crossing_id=cross(petition).pk, now=now)

    assert (case.department, case.owner, case.state) == (department, staff["drafter"], "assigned")
    assert case.due_on == date(2026, 3, 31)  # 21 working days after Monday 2 March; no holiday among them
    page = AnswerPage.objects.get(case=case)
    assert not page.live
    assert page.slug == f"{petition.pk}-mend-the-bridge"
    face = PublicCase.objects.get(petition=petition)
    assert (face.case_id, face.state, face.due_on, face.department) == (case.pk, "assigned", case.due_on, department)
    petition.refresh_from_db()
    assert petition.response_state == "awaiting"
    event = Event.objects.get(petition=petition, kind="case")
    assert event.tells_creator
    assert event.details["due_on"] == "2026-03-31"
    assert Entry.objects.filter(action="case.open", subject_id=case.pk).count() == 1
    assert Mail.objects.filter(kind="staff_task", row_id=staff["drafter"].pk).count() == 1


def test_without_department_the_case_lies_in_the_coordinators_queue(
    make_petition: MakePetition, cross: Cross, staff: dict[str, User], now: datetime
) -> None:
    case = services.open_case(crossing_id=cross(make_petition(departments=[])).pk, now=now)
    assert (case.department, case.owner, case.state) == (None, staff["coordinator"], "new")
    assert list(Case.objects.unassigned()) == [case]


def test_a_department_whose_named_person_left_keeps_the_case_with_the_coordinator_as_owner(
    make_petition: MakePetition, cross: Cross, department: Department, staff: dict[str, User], now: datetime
) -> None:
    User.objects.filter(username="drafter").update(is_active=False)
    case = services.open_case(crossing_id=cross(make_petition()).pk, now=now)
    assert (case.department, case.owner, case.state) == (department, staff["coordinator"], "new")


def test_asking_again_gives_the_same_case_and_writes_nothing(case: Case, now: datetime) -> None:
    crossing_id = case.triggers.get().crossing_id
    entries, mails = Entry.objects.count(), Mail.objects.count()
    assert services.open_case(crossing_id=crossing_id, now=now + timedelta(hours=1)) == case
    assert (Entry.objects.count(), Mail.objects.count(), Case.objects.count()) == (entries, mails, 1)


def test_a_second_threshold_joins_the_open_case(case: Case, cross: Cross, now: datetime) -> None:
    petition = case.links.get().petition
    again = services.open_case(crossing_id=cross(petition, kind="own").pk, now=now)
    assert again == case
    assert (case.links.count(), case.triggers.count(), AnswerPage.objects.count()) == (1, 2, 1)


def test_a_second_threshold_after_the_answer_opens_a_second_case(published: Case, cross: Cross, now: datetime) -> None:
    petition = published.links.get().petition
    again = services.open_case(crossing_id=cross(petition, kind="own").pk, now=now + timedelta(days=9))
    assert again != published
    assert AnswerPage.objects.get(case=again).slug == f"{petition.pk}-mend-the-bridge-{again.pk}"


@pytest.mark.parametrize("fields", [{"fires": False}])
def test_a_crossing_that_fires_nothing_is_refused_and_never_swept(
    make_petition: MakePetition, cross: Cross, now: datetime, fields: dict[str, bool]
) -> None:
    crossing = cross(make_petition(), **fields)
    with pytest.raises(Refused):
        services.open_case(crossing_id=crossing.pk, now=now)
    assert services.open_missing_cases(now) == 0
    assert not Case.objects.exists()


def test_an_imported_petition_opens_no_case(make_petition: MakePetition, cross: Cross, now: datetime) -> None:
    crossing = cross(make_petition(exempt=True))
    with pytest.raises(Refused):
        services.open_case(crossing_id=crossing.pk, now=now)
    assert services.open_missing_cases(now) == 0


def test_with_the_signal_dropped_the_sweep_opens_the_case_once(
    make_petition: MakePetition, cross: Cross, now: datetime
) -> None:
    crossing = cross(make_petition())
    assert not CaseTrigger.objects.exists()
    assert services.open_missing_cases(now) == 1
    assert services.open_missing_cases(now) == 0
    assert CaseTrigger.objects.get().crossing_id == crossing.pk


def test_the_signal_opens_the_case_at_once_and_a_failure_never_reaches_the_sender(
    make_petition: MakePetition, cross: Cross
) -> None:
    crossing = cross(make_petition())
    threshold_crossed.send_robust(sender=None, petition_id=crossing.petition_id, crossing_id=crossing.pk)
    assert CaseTrigger.objects.get().crossing_id == crossing.pk
    failures = threshold_crossed.send_robust(sender=None, petition_id=1, crossing_id=0)
    assert any(isinstance(result, Crossing.DoesNotExist) for _receiver, result in failures)


def test_a_coordinator_opens_a_case_by_hand_with_a_reason(
    make_petition: MakePetition, staff: dict[str, User], now: datetime
) -> None:
    petition = make_petition()
    case = services.open_by_hand(
        petition_id=petition.pk, actor=staff["coordinator"], reason="Promised by the mayor", now=now
    )
    assert (case.origin, case.links.get().petition) == ("manual", petition)
    with pytest.raises(Refused):
        services.open_by_hand(petition_id=petition.pk, actor=staff["coordinator"], reason="Again", now=now)
    with pytest.raises(NotAllowed):
        services.open_by_hand(petition_id=petition.pk, actor=staff["drafter"], reason="Me too", now=now)
