"""Extensions and interim updates: one person proposes, another lets pass, the public reads it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Department, User
from audit.models import Entry
from mailing.models import Mail
from petitions.models import Event, PublicCase
from petitions.services import NotAllowed, Refused
from responses import services
from responses.models import Case, CaseLink, ClockMark, Delegation, Extension, InterimUpdate
from responses.staff import clock_reading

Staff = dict[str, User]
REASON = {"en": "We wait for the engineers.", "fr": "Nous attendons les ingénieurs."}


@pytest.fixture
def asked(case: Case, staff: Staff, now: datetime) -> Extension:
    return services.ask_extension(case_id=case.pk, actor=staff["drafter"], working_days=10, reason=REASON, now=now)


@pytest.fixture
def proposed(case: Case, staff: Staff, now: datetime) -> InterimUpdate:
    return services.propose_update(case_id=case.pk, actor=staff["drafter"], text=REASON, now=now)


def the(proposal: Extension | InterimUpdate) -> dict[str, int]:
    name = "extension_id" if isinstance(proposal, Extension) else "update_id"
    return {"case_id": proposal.case_id, name: proposal.pk}


def told(what: str) -> set[str]:
    ids = Mail.objects.filter(kind="staff_task", details__what=what).values_list("row_id", flat=True)
    return set(User.objects.filter(pk__in=ids).values_list("username", flat=True))


# --- Extensions


def test_a_request_moves_nothing_and_a_second_persons_sign_off_moves_the_due_date(
    asked: Extension, case: Case, staff: Staff, now: datetime
) -> None:
    assert PublicCase.objects.get(case_id=case.pk).due_on == date(2026, 3, 31)
    assert not Event.objects.filter(kind="update").exists()
    assert told("extension") == {"approver"}

    granted = services.grant_extension(**the(asked), actor=staff["approver"], now=now + timedelta(days=1))
    assert (granted.due_on, granted.extended_days) == (date(2026, 4, 16), 10)  # over Easter
    face = PublicCase.objects.get(case_id=case.pk)
    assert face.due_on == date(2026, 4, 16)
    assert face.counting == {
        "start": "2026-03-02",
        "allowed": 21,
        "extended": 10,
        "paused": 0,
        "holidays": ["2026-04-03", "2026-04-06"],
    }
    event = Event.objects.get(kind="update")
    assert (event.public, event.tells_creator, event.text) == (True, True, REASON)
    assert (event.details["what"], event.details["due_on"]) == ("extended", "2026-04-16")
    assert told("extended") == {"drafter"}
    entry = Entry.objects.get(action="case.extend")
    assert (entry.details["before"], entry.details["due_on"]) == ("2026-03-31", "2026-04-16")
    with pytest.raises(Refused):
        services.grant_extension(**the(asked), actor=staff["approver"], now=now)
    assert Case.objects.get(pk=case.pk).extended_days == 10


@pytest.mark.parametrize("who", ["drafter", "coordinator", "department_reviewer", "legal_reviewer", "publisher"])
def test_only_those_who_sign_off_grant_or_refuse_it(asked: Extension, staff: Staff, now: datetime, who: str) -> None:
    with pytest.raises(NotAllowed):
        services.grant_extension(**the(asked), actor=staff[who], now=now)
    if who != "drafter":
        with pytest.raises(NotAllowed):
            services.refuse_extension(**the(asked), actor=staff[who], comment="No.", now=now)
    assert Case.objects.get(pk=asked.case_id).due_on == date(2026, 3, 31)


def test_nobody_grants_what_they_asked_for_superusers_included(case: Case, staff: Staff, now: datetime) -> None:
    own = services.ask_extension(case_id=case.pk, actor=staff["superuser"], working_days=5, reason=REASON, now=now)
    with pytest.raises(NotAllowed, match="Somebody else"):
        services.grant_extension(**the(own), actor=staff["superuser"], now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.filter(pk=own.pk).update(passed=True, decided_by=staff["superuser"], decided_at=now)


def test_who_stands_in_for_an_approver_grants_for_them_but_nothing_that_they_asked_for(
    asked: Extension, make_case: Callable[..., Case], staff: Staff, now: datetime
) -> None:
    today = now.date()
    Delegation.objects.create(
        principal=staff["approver"],
        delegate=staff["publisher"],
        starts_on=today,
        ends_on=today,
        set_by=staff["approver"],
        set_at=now,
    )
    own = make_case(title="Plant a hedge")
    theirs = Extension.objects.create(
        case=own, proposed_by=staff["approver"], proposed_at=now, text=REASON, working_days=5
    )
    with time_machine.travel(now, tick=False):
        with pytest.raises(NotAllowed, match="Somebody else"):
            services.grant_extension(**the(theirs), actor=staff["publisher"], now=now)
        assert [row["case"].pk for row in clock_reading.waiting_for(staff["publisher"], 8)] == [asked.case_id]
        services.grant_extension(**the(asked), actor=staff["publisher"], now=now)
    with pytest.raises(NotAllowed):
        services.refuse_extension(**the(theirs), actor=staff["publisher"], comment="No.", now=now)


def test_a_refused_request_leaves_the_date_and_the_asker_reads_why(
    asked: Extension, case: Case, staff: Staff, now: datetime
) -> None:
    with pytest.raises(Refused):
        services.refuse_extension(**the(asked), actor=staff["approver"], comment=" ", now=now)
    services.refuse_extension(**the(asked), actor=staff["approver"], comment="Too long.", now=now)
    case.refresh_from_db()
    assert (case.due_on, case.extended_days) == (date(2026, 3, 31), 0)
    assert told("not_extended") == {"drafter"}
    assert not Event.objects.filter(kind="update").exists()
    services.ask_extension(case_id=case.pk, actor=staff["drafter"], working_days=1, reason=REASON, now=now)


def test_whoever_asked_takes_it_back_without_a_reason(asked: Extension, staff: Staff, now: datetime) -> None:
    services.refuse_extension(**the(asked), actor=staff["drafter"], comment="", now=now)
    asked.refresh_from_db()
    assert asked.passed is False


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"working_days": 0}, "working_days"),
        ({"working_days": 61}, "working_days"),
        ({"reason": {"en": " ", "fr": "Parce que."}}, "reason_en"),
        ({"reason": {"en": "x" * 1001}}, "reason_en"),
    ],
)
def test_a_request_needs_days_and_a_public_reason(
    case: Case, staff: Staff, now: datetime, changes: dict[str, Any], field: str
) -> None:
    ask = {"case_id": case.pk, "actor": staff["coordinator"], "working_days": 5, "reason": REASON, "now": now}
    with pytest.raises(Refused) as refused:
        services.ask_extension(**ask | changes)
    assert refused.value.field == field
    assert not Extension.objects.exists()


def test_one_request_waits_at_a_time_and_only_while_an_answer_is_owed(
    asked: Extension, published: Case, staff: Staff, now: datetime
) -> None:
    ask = {"working_days": 5, "reason": REASON, "now": now, "actor": staff["coordinator"]}
    with pytest.raises(Refused):
        services.ask_extension(case_id=asked.case_id, **ask)
    assert published.pk == asked.case_id  # the answer went out while the request waited
    with pytest.raises(Refused):
        services.grant_extension(**the(asked), actor=staff["approver"], now=now)
    with pytest.raises(NotAllowed):
        services.ask_extension(case_id=published.pk, **ask | {"actor": staff["auditor"]})


def test_more_time_makes_a_late_case_be_on_time_again_and_its_marks_count_anew(
    asked: Extension, case: Case, staff: Staff
) -> None:
    late = datetime(2026, 4, 1, 12, tzinfo=UTC)
    services.watch_due_dates(late)
    assert Case.objects.get(pk=case.pk).overdue_noted_at == late
    services.grant_extension(**the(asked), actor=staff["approver"], now=late)
    case.refresh_from_db()
    assert case.overdue_noted_at is None
    services.watch_due_dates(late)
    assert set(ClockMark.objects.filter(term=31).values_list("percent", flat=True)) == {50}
    assert (told("half_used"), told("most_used")) == ({"drafter"}, set())
    services.watch_due_dates(datetime(2026, 4, 16, 12, tzinfo=UTC))
    assert told("due_today") == {"drafter", "coordinator", "approver"}


# --- Updates


def test_an_update_is_public_once_another_person_approved_it_and_stops_no_clock(
    proposed: InterimUpdate, case: Case, staff: Staff, now: datetime
) -> None:
    assert told("update") == {"department_reviewer"}
    assert PublicCase.objects.get(case_id=case.pk).news == {}
    services.approve_update(**the(proposed), actor=staff["department_reviewer"], now=now)
    face = PublicCase.objects.get(case_id=case.pk)
    assert (face.news, face.news_at, face.due_on) == (REASON, now, date(2026, 3, 31))
    event = Event.objects.get(kind="update")
    assert (event.public, event.tells_creator, event.text) == (True, True, REASON)
    assert told("update_published") == {"drafter"}
    with pytest.raises(Refused):
        services.approve_update(**the(proposed), actor=staff["department_reviewer"], now=now)
    assert Event.objects.filter(kind="update").count() == 1


def test_nobody_approves_their_own_update_nor_without_the_right(
    proposed: InterimUpdate, case: Case, staff: Staff, now: datetime
) -> None:
    for who in ("drafter", "coordinator", "legal_reviewer", "publisher", "auditor", "second_department_reviewer"):
        with pytest.raises(NotAllowed):
            services.approve_update(**the(proposed), actor=staff[who], now=now)
    InterimUpdate.objects.update(proposed_by=staff["superuser"])
    with pytest.raises(NotAllowed, match="Somebody else"):
        services.approve_update(**the(proposed), actor=staff["superuser"], now=now)
    assert PublicCase.objects.get(case_id=case.pk).news == {}


def test_a_returned_update_stays_unread_and_a_new_one_may_be_proposed(
    proposed: InterimUpdate, case: Case, staff: Staff, now: datetime
) -> None:
    with pytest.raises(Refused):
        services.propose_update(case_id=case.pk, actor=staff["coordinator"], text=REASON, now=now)
    with pytest.raises(Refused):
        services.return_update(**the(proposed), actor=staff["approver"], comment="", now=now)
    services.return_update(**the(proposed), actor=staff["approver"], comment="Say when.", now=now)
    assert told("update_returned") == {"drafter"}
    assert not Event.objects.filter(kind="update").exists()
    with pytest.raises(Refused) as refused:
        services.propose_update(case_id=case.pk, actor=staff["drafter"], text={"fr": "Seulement."}, now=now)
    assert refused.value.field == "text_en"
    again = services.propose_update(case_id=case.pk, actor=staff["drafter"], text={"en": "In May."}, now=now)
    services.return_update(**the(again), actor=staff["drafter"], comment="", now=now)


def test_the_latest_update_shows_on_every_petition_of_the_case(
    proposed: InterimUpdate, case: Case, make_petition: Callable[..., Any], staff: Staff, now: datetime
) -> None:
    other = make_petition(title="Mend our bridge")
    CaseLink.objects.create(case=case, petition=other)
    services.approve_update(**the(proposed), actor=staff["approver"], now=now)
    assert PublicCase.objects.get(petition=other).news == REASON
    assert set(Event.objects.filter(kind="update").values_list("petition_id", flat=True)) == {
        other.pk,
        case.links.order_by("pk").first().petition_id,
    }


def test_a_department_without_reviewers_of_its_own_asks_those_who_sign_off(
    case: Case, staff: Staff, now: datetime, make_department: Callable[..., Department]
) -> None:
    Case.objects.filter(pk=case.pk).update(department=make_department("NEW"))
    services.propose_update(case_id=case.pk, actor=staff["coordinator"], text=REASON, now=now)
    assert told("update") == {"approver"}


# --- On the screens


def test_asking_and_granting_are_done_on_the_cases_page_by_two_people(
    case: Case, staff: Staff, log_in: Callable[[User], Client]
) -> None:
    page = reverse("cases:detail", args=[case.pk])
    drafter, approver = log_in(staff["drafter"]), log_in(staff["approver"])
    wrong = drafter.post(f"{page}more_time/", {"working_days": "61", "reason_en": "Engineers."})
    assert wrong.status_code == 200
    assert not Extension.objects.exists()
    data = {"working_days": "10", "reason_en": "Engineers."}
    assert drafter.post(f"{page}more_time/", data).status_code == 302
    extension = Extension.objects.get()
    assert "grant_time" not in {act.name for act, _form in drafter.get(page).context["acts"]}
    assert "Mend the bridge" in approver.get(reverse("wagtailadmin_home")).content.decode()
    shown = approver.get(page)
    assert {"grant_time", "refuse_time"} <= {act.name for act, _form in shown.context["acts"]}
    assert "Engineers." in shown.content.decode()
    stale = approver.post(f"{page}grant_time/", {"seen": extension.pk + 1})
    assert "no longer waiting" in stale.content.decode()
    assert approver.post(f"{page}grant_time/", {"seen": extension.pk}).status_code == 302
    case.refresh_from_db()
    assert (case.extended_days, case.due_on) != (0, date(2026, 3, 31))


def test_what_waits_for_a_decision_is_on_the_start_page_of_those_who_may_take_it(
    asked: Extension, case: Case, staff: Staff, now: datetime
) -> None:
    services.propose_update(case_id=case.pk, actor=staff["coordinator"], text=REASON, now=now + timedelta(hours=1))

    def waits_for(name: str) -> list[str]:
        return [str(row["label"]) for row in clock_reading.waiting_for(staff[name], 8)]

    assert waits_for("approver") == ["More time asked for", "Update to be approved"]
    assert waits_for("department_reviewer") == ["Update to be approved"]
    for name in ("drafter", "coordinator", "publisher", "second_department_reviewer"):
        assert waits_for(name) == []


def test_the_public_reads_how_the_day_is_counted_and_the_latest_word(
    asked: Extension, proposed: InterimUpdate, case: Case, staff: Staff, client: Client, now: datetime
) -> None:
    petition = case.links.get().petition
    before = client.get(f"/petitions/{petition.pk}/").content.decode()
    assert "21 working days after 2 March 2026" in before
    assert REASON["en"] not in before
    services.approve_update(**the(proposed), actor=staff["approver"], now=now)
    services.grant_extension(**the(asked), actor=staff["approver"], now=now)
    page = client.get(f"/petitions/{petition.pk}/").content.decode()
    for words in (
        "10 working days more were granted.",
        "Weekends and public holidays do not count: 3 April 2026, 6 April 2026.",
        "Latest on the answer, 2 March 2026",
        "More time for the answer: until 16 April 2026",
        REASON["en"],
    ):
        assert words in page
    french = client.get(f"/fr/petitions/{petition.pk}/").content.decode()
    assert "10 jours ouvrés de plus ont été accordés." in french
    assert REASON["fr"] in french
    assert REASON["en"] in client.get("/tracker/").content.decode()
