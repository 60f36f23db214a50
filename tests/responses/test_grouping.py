"""One case for several petitions: group, ungroup, and one answer that reaches everybody who signed any of them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from accounts.models import User
from audit.models import Entry
from petitions.models import Crossing, Event, Petition, PublicCase
from petitions.services import NotAllowed, Refused
from responses import lifecycle, services
from responses.models import AnswerPage, Case, CaseTrigger
from tests.responses.people import approve_all

MakePetition = Callable[..., Petition]
MakeCase = Callable[..., Case]
Staff = dict[str, User]
WHY = "They ask for the same."


def petition_of(case: Case) -> Petition:
    return Petition.objects.get(case_links__case=case)


def answered_by(case: Case) -> set[int]:
    return set(case.links.values_list("petition_id", flat=True))


@pytest.fixture
def group(staff: Staff, now: datetime) -> Callable[..., Case]:
    def group(case: Case, petition: Petition, who: str = "coordinator") -> Case:
        return services.group(case_id=case.pk, petition_id=petition.pk, actor=staff[who], reason=WHY, now=now)

    return group


@pytest.fixture
def ungroup(staff: Staff, now: datetime) -> Callable[..., Case]:
    def ungroup(case: Case, petition: Petition, who: str = "coordinator") -> Case:
        return services.ungroup(case_id=case.pk, petition_id=petition.pk, actor=staff[who], reason=WHY, now=now)

    return ungroup


def test_a_petition_below_its_threshold_joins_a_case_and_is_promised_its_answer(
    case: Case, make_petition: MakePetition, group: Callable[..., Case]
) -> None:
    first, small = petition_of(case), make_petition(title="The bridge is broken", signature_count=800)
    group(case, small)
    assert answered_by(case) == {first.pk, small.pk}
    faces = PublicCase.objects.filter(case_id=case.pk)
    assert {(face.petition_id, face.due_on) for face in faces} == {(first.pk, case.due_on), (small.pk, case.due_on)}
    small.refresh_from_db()
    assert (small.response_state, small.signature_count) == ("awaiting", 800)
    told = Event.objects.get(petition=small, kind="update")
    assert told.tells_creator
    assert "Mend the bridge" in told.text["en"]
    assert not Event.objects.get(petition=first, kind="update").tells_creator
    assert Entry.objects.get(action="case.group").reason == WHY


def test_a_case_put_into_another_ends_there_and_the_earlier_promise_counts(
    make_case: MakeCase, group: Callable[..., Case], staff: Staff, now: datetime
) -> None:
    older, case = make_case(now=now - timedelta(days=7)), make_case(title="The bridge again")
    services.pause(case_id=older.pk, actor=staff["coordinator"], reason={"en": "Elections."}, now=now)
    older_petition = petition_of(older)
    due_on = case.due_on
    case = group(case, older_petition)
    older.refresh_from_db()
    assert (older.state, older.merged_into, older.is_paused) == ("closed", case, False)
    assert case.owed_since == older.owed_since
    assert case.due_on < due_on
    assert case.due_on == date(2026, 3, 24)  # 21 working days after Monday 23 February
    assert set(CaseTrigger.objects.values_list("case", flat=True)) == {case.pk}
    assert list(Case.objects.owed()) == [case]
    for act in (services.close, services.start_drafting):
        with pytest.raises(lifecycle.WrongState):
            act(case_id=older.pk, actor=staff["coordinator"], now=now)
    with pytest.raises(lifecycle.WrongState):
        services.correct(case_id=older.pk, actor=staff["coordinator"], reason={"en": "No."}, now=now)


def test_a_further_threshold_of_a_grouped_petition_joins_the_common_case(
    case: Case, make_case: MakeCase, group: Callable[..., Case], cross: Callable[..., Crossing], now: datetime
) -> None:
    petition = petition_of(make_case(title="The bridge again"))
    group(case, petition)
    assert services.open_case(crossing_id=cross(petition, kind="own").pk, now=now) == case
    assert services.open_missing_cases(now) == 0


def test_an_ungrouped_petition_gets_its_own_case_back_with_draft_and_clock(
    case: Case, make_case: MakeCase, group: Callable[..., Case], ungroup: Callable[..., Case],
    write: Callable[..., AnswerPage],
) -> None:  # fmt: skip
    other = make_case(title="The bridge again")
    petition, due_on = petition_of(other), other.due_on
    write(other)
    group(case, petition)
    back = ungroup(case, petition)
    assert back == other
    assert (back.state, back.merged_into, back.closed_at, back.due_on) == ("assigned", None, None, due_on)
    assert answered_by(back) == {petition.pk}
    assert petition.pk not in answered_by(case)
    assert PublicCase.objects.get(petition=petition).case_id == other.pk
    assert CaseTrigger.objects.get(crossing__petition=petition).case == other
    assert Event.objects.filter(petition=petition, kind="update", tells_creator=True).count() == 2
    assert group(case, petition).links.count() == 2  # and once more


def test_a_petition_without_a_case_before_keeps_its_promise_when_ungrouped(
    case: Case, make_petition: MakePetition, group: Callable[..., Case], ungroup: Callable[..., Case]
) -> None:
    small = make_petition(title="The bridge is broken", signature_count=800)
    group(case, small)
    own = ungroup(case, small)
    assert (own.origin, answered_by(own)) == ("manual", {small.pk})
    assert PublicCase.objects.get(petition=small).case_id == own.pk
    with pytest.raises(Refused):
        ungroup(case, petition_of(case))  # its only one


def test_one_petition_of_a_larger_group_moves_alone(
    case: Case, make_case: MakeCase, make_petition: MakePetition, group: Callable[..., Case]
) -> None:
    other, small = make_case(title="The bridge again"), make_petition(signature_count=800)
    group(other, small)
    group(case, small)
    other.refresh_from_db()
    assert (other.state, answered_by(other)) == ("assigned", {petition_of(other).pk})
    assert small.pk in answered_by(case)


def test_one_answer_reaches_all_petitions_and_all_who_signed_them(
    case: Case, make_petition: MakePetition, group: Callable[..., Case], ungroup: Callable[..., Case],
    write: Callable[..., AnswerPage], staff: Staff, now: datetime,
) -> None:  # fmt: skip
    small = make_petition(title="The bridge is broken", signature_count=800)
    group(case, small)
    write(case)
    case = services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    for act in (group, ungroup):
        with pytest.raises(lifecycle.WrongState):
            act(case, make_petition() if act is group else small)
    services.publish(case_id=approve_all(case, staff).pk, actor=staff["publisher"], now=now)
    told = Event.objects.filter(kind="answered", tells_signers=True, tells_creator=True)
    assert set(told.values_list("petition_id", flat=True)) == answered_by(case)
    assert set(Petition.objects.filter(response_state="answered")) == set(
        Petition.objects.filter(case_links__case=case)
    )
    for act in (group, ungroup):
        with pytest.raises(Refused):
            act(case, make_petition() if act is group else small)


def test_what_cannot_be_grouped_is_refused_and_changes_nothing(
    case: Case, published: Case, make_petition: MakePetition, group: Callable[..., Case], staff: Staff, now: datetime
) -> None:
    case = services.open_by_hand(petition_id=make_petition().pk, actor=staff["coordinator"], reason="Why.", now=now)
    entries = Entry.objects.count()
    for petition in (
        petition_of(case),
        petition_of(published),
        make_petition(exempt=True),
        make_petition(state="hidden"),
    ):
        with pytest.raises(Refused):
            group(case, petition)
    with pytest.raises(Refused):
        services.group(case_id=case.pk, petition_id=0, actor=staff["coordinator"], reason=WHY, now=now)
    with pytest.raises(Refused):
        services.group(case_id=case.pk, petition_id=make_petition().pk, actor=staff["coordinator"], reason=" ", now=now)
    with pytest.raises(NotAllowed):
        group(case, make_petition(), "drafter")
    assert Entry.objects.count() == entries
