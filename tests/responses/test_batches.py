"""One act on many cases: tried out, done, undone; nothing of a colleague's later work is lost."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from wagtail.admin.models import EditingSession
from wagtail.models import get_default_page_content_type

from accounts.models import Department, User
from audit.models import Entry
from mailing.models import Mail
from petitions.models import Event
from petitions.services import Refused
from responses import services
from responses.models import AnswerPage, Batch, Case, Presence
from responses.services import batches, notices, tagging
from responses.services.presence import forget
from responses.staff import presence
from tests.responses.people import NOW

Staff = dict[str, User]
LogIn = Callable[[User], Client]

NEW, INDEX = "/staff/cases/batches/new/", "/staff/cases/"


@pytest.fixture
def three(make_case: Callable[..., Case]) -> list[Case]:
    """Two of one department, one that nobody took."""
    cases = [make_case(title=f"Petition {number}") for number in range(2)]
    return [*cases, make_case(title="Petition nobody took", departments=[])]


def outcomes(batch: Batch) -> list[str]:
    return list(batch.items.order_by("case_id").values_list("outcome", flat=True))


def facts() -> list[Any]:
    return [
        list(Case.objects.order_by("pk").values()),
        Entry.objects.count(),
        Mail.objects.count(),
        Event.objects.count(),
    ]


def made(act: str, cases: list[Case], actor: User, **details: Any) -> Batch:
    batch = batches.make(act=act, details=details, case_ids=[case.pk for case in cases], actor=actor)
    batches.work_on_batches(NOW)
    batch.refresh_from_db()
    return batch


def done(batch: Batch, actor: User, *, undo: bool = False) -> Batch:
    (batches.undo if undo else batches.start)(batch_id=batch.pk, actor=actor)
    batches.work_on_batches(NOW + timedelta(hours=1))
    batch.refresh_from_db()
    return batch


def test_an_assignment_is_tried_out_done_and_undone(three: list[Case], staff: Staff) -> None:
    coordinator = staff["coordinator"]
    other = Department.objects.get(acronym="HMT")
    before = facts()
    batch = made("assign", three, coordinator, department_id=other.pk, owner_id=None, priority=1)
    assert batch.state == "tried"
    assert outcomes(batch) == ["possible"] * 3
    assert facts() == before
    Mail.objects.all().delete()
    done(batch, coordinator)
    assert batch.state == "done"
    assert set(Case.objects.values_list("department", "owner__username", "priority", "state")) == {
        (other.pk, "second_drafter", 1, "assigned")
    }
    assert Entry.objects.filter(action="case.assign", actor=coordinator).count() == 3
    assert Entry.objects.filter(action="batch.start", actor=coordinator).count() == 1
    assert Mail.objects.filter(kind=notices.KIND, row_id=staff["second_drafter"].pk).count() == 3
    # One was begun meanwhile: that work is left alone.
    services.start_drafting(case_id=three[0].pk, actor=staff["second_drafter"], now=NOW)
    done(batch, coordinator, undo=True)
    assert batch.state == "undone"
    assert outcomes(batch) == ["kept", "undone", "undone"]
    found = dict(Case.objects.values_list("pk", "state"))
    assert [found[case.pk] for case in three] == ["drafting", "assigned", "new"]
    second, third = Case.objects.get(pk=three[1].pk), Case.objects.get(pk=three[2].pk)
    assert (second.department, second.owner, second.priority) == (three[1].department, three[1].owner, 2)
    assert (third.department, third.owner, third.due_on) == (None, coordinator, three[2].due_on)
    with pytest.raises(Refused, match="moved on"):
        batches.undo(batch_id=batch.pk, actor=coordinator)


def test_tags_are_added_and_taken_away_and_put_back(three: list[Case], staff: Staff) -> None:
    coordinator = staff["coordinator"]
    tagging.tag(case_id=three[0].pk, actor=coordinator, now=NOW, add=["roads"])
    added = made("tag", three, coordinator, tags=["roads", "election"])
    taken = made("untag", three, coordinator, tags=["roads"])
    assert outcomes(added) == ["possible"] * 3
    assert outcomes(taken) == ["possible", "refused", "refused"]
    done(added, coordinator)
    done(taken, coordinator)
    assert [tagging.tags_of(case) for case in three] == [["election"], ["election", "roads"], ["election", "roads"]]
    done(taken, coordinator, undo=True)
    done(added, coordinator, undo=True)
    assert [tagging.tags_of(case) for case in three] == [["roads"], [], []]


def test_a_pause_is_public_only_when_it_is_done_and_ends_with_its_undo(
    three: list[Case], published: Case, staff: Staff
) -> None:
    coordinator, reason = staff["coordinator"], {"en": "Parliament is dissolved."}
    events = Event.objects.count()
    batch = made("pause", [*three, published], coordinator, reason=reason)
    assert outcomes(batch) == ["possible"] * 3 + ["refused"]
    assert "no answer" in batch.items.last().words
    assert Event.objects.count() == events
    done(batch, coordinator)
    assert Event.objects.count() == events + 3
    assert Case.objects.filter(paused_at__isnull=False, pause_reason=reason).count() == 3
    # Resumed and paused anew by somebody: that pause is theirs.
    services.resume(case_id=three[0].pk, actor=coordinator, now=NOW + timedelta(hours=2))
    services.pause(case_id=three[0].pk, actor=coordinator, reason={"en": "Other."}, now=NOW + timedelta(hours=3))
    done(batch, coordinator, undo=True)
    assert outcomes(batch) == ["kept", "undone", "undone", "refused"]
    assert Case.objects.filter(paused_at__isnull=False).get() == three[0]


def test_work_goes_on_where_it_stopped_and_nothing_is_done_twice(
    make_case: Callable[..., Case], staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator = staff["coordinator"]
    cases = [make_case(title=f"Petition {number}") for number in range(4)]
    monkeypatch.setattr(batches, "AT_ONCE", 2)
    batch = made("tag", cases, coordinator, tags=["roads"])
    batches.start(batch_id=batch.pk, actor=coordinator)
    assert batches.work(batch_id=batch.pk, now=NOW, at_most=2) == 2
    assert outcomes(batch) == ["done", "done", "possible", "possible"]
    assert batches.work_on_batches(NOW) == 2
    assert batches.work_on_batches(NOW) == 0
    assert Entry.objects.filter(action="case.tag").count() == 4
    assert Batch.objects.get().state == "done"


def test_the_right_is_asked_again_when_it_is_done(three: list[Case], staff: Staff) -> None:
    coordinator = staff["coordinator"]
    batch = made("tag", three, coordinator, tags=["roads"])
    with pytest.raises(services.NotAllowed):
        batches.start(batch_id=batch.pk, actor=staff["drafter"])
    with pytest.raises(Refused, match="tried it out"):
        batches.start(batch_id=batch.pk, actor=staff["superuser"])
    batches.start(batch_id=batch.pk, actor=coordinator)
    User.objects.filter(pk=coordinator.pk).update(is_active=False)
    batches.work_on_batches(NOW)
    assert outcomes(batch) == ["refused"] * 3
    assert not Entry.objects.filter(action="case.tag").exists()


def test_the_way_of_a_batch_on_screen(three: list[Case], staff: Staff, log_in: LogIn) -> None:
    client = log_in(staff["coordinator"])
    page = client.get(INDEX + "?q=Petition").content.decode()
    assert page.count('name="case"') == 3
    assert 'name="case"' not in log_in(staff["drafter"]).get(INDEX).content.decode()
    shown = client.get(f"{NEW}?which=all&filter=owner%3D{staff['drafter'].pk}%26q%3DPetition")
    assert "2 cases are chosen" in shown.content.decode()
    data = {
        "which": "chosen",
        "case": [str(three[0].pk), str(three[1].pk)],
        "filter": "",
        "act": "tag",
        "tags": "Roads",
    }
    tried = client.post(NEW, data)
    assert "2 cases" in re.sub(r"\s+", " ", client.get(tried["Location"]).content.decode())
    assert tagging.tags_of(three[0]) == []
    assert client.post(tried["Location"], {"start": "1"}).status_code == 302
    assert tagging.tags_of(three[0]) == tagging.tags_of(three[1]) == ["roads"]
    assert client.post(tried["Location"], {"undo": "1"}).status_code == 302
    assert tagging.tags_of(three[0]) == []
    assert "moved on meanwhile" in client.post(tried["Location"], {"undo": "1"}, follow=True).content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"act": "explode"},
        {"act": "assign"},
        {"act": "assign", "department": "999999"},
        {"act": "tag", "tags": " , "},
        {"act": "tag", "tags": "x" * 41},
        {"act": "pause", "reason_fr": "Sans raison."},
        {"act": "tag", "tags": "roads", "case": ["nonsense", "9" * 30]},
    ],
)
def test_a_batch_that_lacks_something_says_so_and_is_not_made(
    case: Case, staff: Staff, log_in: LogIn, data: dict[str, Any]
) -> None:
    response = log_in(staff["coordinator"]).post(NEW, {"which": "chosen", "case": [str(case.pk)], **data})
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Batch.objects.exists()


def test_a_filter_with_a_byte_that_no_text_holds_finds_what_it_finds_without(
    three: list[Case], staff: Staff, log_in: LogIn
) -> None:
    chosen = {"which": "all", "filter": "q=%00"}
    shown = log_in(staff["coordinator"]).get("/staff/cases/batches/new/", chosen)
    assert (shown.status_code, shown.context["number"]) == (200, 3)


def test_more_cases_than_a_batch_holds_are_refused(
    three: list[Case], staff: Staff, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "CASES_AT_MOST", 2)
    client = log_in(staff["coordinator"])
    assert "narrow the filter" in client.get(f"{NEW}?which=all").content.decode()
    refused = client.post(NEW, {"which": "all", "filter": "", "act": "tag", "tags": "roads"})
    assert "At most 2 cases" in refused.content.decode()
    assert not Batch.objects.exists()


# --- Two at one case


def test_two_people_at_one_case_are_told_of_each_other(case: Case, staff: Staff, log_in: LogIn) -> None:
    address = f"/staff/cases/{case.pk}/"
    coordinator, drafter = log_in(staff["coordinator"]), log_in(staff["drafter"])
    assert 'role="status"' in coordinator.get(address).content.decode()
    assert "Drafter (demo) has" not in coordinator.get(address).content.decode()
    assert "Coordinator (demo) has this case open now." in drafter.get(address).content.decode()
    told = coordinator.post(f"{address}presence/").json()
    assert told == {"others": ["Drafter (demo) has this case open now."]}
    assert Presence.objects.count() == 2
    outsider = log_in(staff["second_drafter"])
    assert outsider.post(f"{address}presence/").status_code == 404
    assert coordinator.get(f"{address}presence/").status_code == 405


def test_presence_fades_and_tells_who_is_writing(case: Case, staff: Staff) -> None:
    drafter, coordinator = staff["drafter"], staff["coordinator"]
    presence.arrive(case, drafter, NOW)
    later = NOW + timedelta(minutes=2)
    assert presence.arrive(case, coordinator, later) == ["Drafter (demo) opened this case 2 minutes ago."]
    assert presence.arrive(case, coordinator, NOW + presence.THERE) == []
    EditingSession.objects.create(
        user=drafter,
        content_type=get_default_page_content_type(),
        object_id=str(AnswerPage.objects.get(case=case).pk),
        last_seen_at=later,
        is_editing=True,
    )
    assert presence.arrive(case, coordinator, NOW + presence.THERE) == ["Drafter (demo) is changing the answer."]
    assert presence.arrive(case, drafter, NOW + timedelta(hours=1)) == []
    assert forget(NOW + timedelta(hours=1, minutes=10)) == 1
