from collections.abc import Callable
from datetime import datetime

import pytest

from accounts.models import User
from audit.models import Entry
from petitions import services
from petitions.lifecycle import State
from petitions.models import Petition, Report
from petitions.staff import queue
from petitions.staff.forms import DecideReportsForm

pytestmark = pytest.mark.django_db
MakePetition = Callable[..., Petition]


@pytest.mark.parametrize("state", [State.OPEN, State.CLOSED, State.REJECTED, State.GATHERING_SUPPORT])
def test_anybody_reports_what_they_can_see(make_petition: MakePetition, now: datetime, state: State) -> None:
    petition = make_petition(state)

    services.report(petition_id=petition.pk, reason="spam", text="", now=now)

    assert Report.objects.get().state == "open"


@pytest.mark.parametrize(("state", "opened"), [(State.HIDDEN, True), (State.DRAFT, False), (State.WITHDRAWN, False)])
def test_what_nobody_sees_cannot_be_reported(
    make_petition: MakePetition, now: datetime, state: State, opened: bool
) -> None:
    petition = make_petition(state, opened=opened)

    with pytest.raises(Petition.DoesNotExist):
        services.report(petition_id=petition.pk, reason="spam", text="", now=now)


@pytest.mark.parametrize(
    ("reason", "text", "field"), [("dull", "", "reason"), ("other", " ", "text"), ("spam", "x" * 1001, "text")]
)
def test_a_report_says_what_is_wrong(
    make_petition: MakePetition, now: datetime, reason: str, text: str, field: str
) -> None:
    petition = make_petition()

    with pytest.raises(services.Refused) as refusal:
        services.report(petition_id=petition.pk, reason=reason, text=text, now=now)

    assert refusal.value.field == field
    assert not Report.objects.exists()


def test_reports_stand_together_by_petition_the_most_reported_first(make_petition: MakePetition, now: datetime) -> None:
    once, often = make_petition(), make_petition()
    services.report(petition_id=once.pk, reason="spam", text="", now=now)
    for text in ("First.", "", "Third."):
        services.report(petition_id=often.pk, reason="offensive", text=text, now=now)

    listed = queue.with_reports(list(queue.reported_petitions()))

    assert [(item.petition, item.number) for item in listed] == [(often, 3), (once, 1)]
    assert [report.text for report in listed[0].reports] == ["Third.", "First."]


@pytest.mark.parametrize("outcome", ["dismissed", "acted_on"])
def test_all_reports_of_a_petition_are_decided_with_a_reason(
    make_petition: MakePetition, moderator: User, now: datetime, outcome: str
) -> None:
    petition, other = make_petition(), make_petition()
    for reported in (petition, petition, other):
        services.report(petition_id=reported.pk, reason="spam", text="", now=now)

    decided = services.decide_reports(
        petition_id=petition.pk, actor=moderator, outcome=outcome, decision="It is no advertisement.", now=now
    )

    assert decided == 2
    assert set(Report.objects.filter(petition=petition).values_list("state", "decided_by")) == {(outcome, moderator.pk)}
    assert Report.objects.get(petition=other).state == "open"
    assert Entry.objects.get(action="petition.decide_reports").details == {"outcome": outcome, "reports": 2}
    with pytest.raises(services.Refused):
        services.decide_reports(petition_id=petition.pk, actor=moderator, outcome=outcome, decision="Again.", now=now)


@pytest.mark.parametrize(("outcome", "decision", "field"), [("open", "Why.", "outcome"), ("dismissed", "", "decision")])
def test_a_decision_on_reports_needs_outcome_and_reason(
    make_petition: MakePetition, moderator: User, now: datetime, outcome: str, decision: str, field: str
) -> None:
    petition = make_petition()
    services.report(petition_id=petition.pk, reason="spam", text="", now=now)

    with pytest.raises(services.Refused) as refusal:
        services.decide_reports(petition_id=petition.pk, actor=moderator, outcome=outcome, decision=decision, now=now)

    assert refusal.value.field == field


def test_who_may_not_moderate_decides_no_report(make_petition: MakePetition, bystander: User, now: datetime) -> None:
    petition = make_petition()
    services.report(petition_id=petition.pk, reason="spam", text="", now=now)

    with pytest.raises(services.NotAllowed):
        services.decide_reports(petition_id=petition.pk, actor=bystander, outcome="dismissed", decision="No.", now=now)

    assert Report.objects.get().state == "open"


def test_what_came_while_somebody_was_reading_waits_on(
    make_petition: MakePetition, moderator: User, now: datetime
) -> None:
    petition = make_petition()
    read = services.report(petition_id=petition.pk, reason="spam", text="", now=now)
    form = DecideReportsForm(petition=petition)
    assert form["newest_id"].value() == read.pk
    later = services.report(petition_id=petition.pk, reason="personal", text="It shows where I live.", now=now)
    decision = {"petition_id": petition.pk, "actor": moderator, "outcome": "dismissed", "decision": "It is none."}

    assert services.decide_reports(newest_id=read.pk, now=now, **decision) == 1

    assert Report.objects.get(state="open") == later
    with pytest.raises(services.Refused):
        services.decide_reports(newest_id=read.pk, now=now, **decision)
    assert services.decide_reports(newest_id=later.pk, now=now, **decision) == 1
