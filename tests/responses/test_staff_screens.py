"""The screens of those who answer: who reaches which, and that each act of the screen is done."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Department, User
from audit.models import Entry
from mailing import kinds
from mailing.compose import compose
from mailing.models import Mail
from petitions.models import Crossing, Petition
from responses import clearance, services
from responses.models import AnswerPage, Case
from responses.services import notices
from responses.staff.acts import ACTS
from tests.responses.people import waiting_step

Staff = dict[str, User]
LogIn = Callable[[User], Client]

CASE_WORKERS = {
    "coordinator",
    "drafter",
    "department_reviewer",
    "legal_reviewer",
    "approver",
    "publisher",
    "superuser",
}
# Who is let in; everybody else of the staff gets 403, 404 or Wagtail's own way back to the start page.
MATRIX = {
    "index": CASE_WORKERS | {"auditor"},
    "detail": CASE_WORKERS | {"auditor"},
    "preview": CASE_WORKERS | {"auditor"},
    "review": {"department_reviewer", "superuser"},
    "desk": {"publisher", "superuser"},
}


def addresses(case: Case) -> dict[str, str]:
    return {
        "index": reverse("staff_cases:index"),
        "detail": reverse("cases:detail", args=[case.pk]),
        "preview": reverse("cases:preview", args=[case.pk, "en"]),
        "review": reverse("cases:review", args=[waiting_step(case).pk]),
        "desk": reverse("cases:desk"),
    }


@pytest.mark.parametrize("screen", MATRIX)
def test_each_screen_lets_in_whom_it_is_for(in_review: Case, staff: Staff, log_in: LogIn, screen: str) -> None:
    address = addresses(in_review)[screen]
    for name, user in staff.items():
        response = log_in(user).get(address)
        lets_in = name in MATRIX[screen] or (screen == "index" and name.startswith("second_d"))
        assert (response.status_code == 200) == lets_in, name
        assert response.status_code in (200, 302, 403, 404), name
        if name not in MATRIX[screen]:
            assert "Mend the bridge" not in response.content.decode()
    anonymous = Client().get(address)
    assert anonymous.status_code == 302
    assert "/staff/login/" in anonymous["Location"]


@pytest.mark.slow
@pytest.mark.parametrize("act", ACTS)
def test_each_act_is_done_by_its_holders_only(in_review: Case, staff: Staff, log_in: LogIn, act: str) -> None:
    rights = {
        "start": {"drafter", "coordinator"},
        "submit": {"drafter", "coordinator"},
        "ask": {"drafter", "coordinator"},
        "recall": {"drafter", "coordinator"},
        "note": CASE_WORKERS,
        "tag": CASE_WORKERS,
        **dict.fromkeys(("assign", "pause", "resume", "correct", "close", "withdraw", "leave"), {"coordinator"}),
        **dict.fromkeys(("comment", "settle"), CASE_WORKERS),
        **dict.fromkeys(("publish", "schedule", "unschedule", "take_off"), {"publisher"}),
        **dict.fromkeys(("group", "ungroup"), {"coordinator"}),
        "announce": {"drafter", "coordinator"},
        **dict.fromkeys(("announcement_sign_off", "announcement_return"), {"approver"}),
        **dict.fromkeys(("more_time", "update"), {"drafter", "coordinator"}),
        "grant_time": {"approver"},
        **dict.fromkeys(("refuse_time", "withdraw_time"), {"approver", "drafter", "coordinator"}),
        "approve_update": {"approver", "department_reviewer"},
        **dict.fromkeys(
            ("return_update", "withdraw_update"), {"approver", "department_reviewer", "drafter", "coordinator"}
        ),
    }[act]
    data = {"reason_en": "Because.", "text": "A note.", "at": "2030-01-01 10:00", "priority": "2"}
    data |= {"text_en": "News.", "working_days": "5", "comment": "Because."}
    data["department_id"] = str(in_review.department_id)
    data |= {"question": "When?", "due_on": "2030-01-01", "outside": "Agency <desk@agency.example>", "language": "en"}
    address = reverse("cases:act", args=[in_review.pk, act])
    for name, user in staff.items():
        if name == "superuser" or name in rights:
            continue
        # 200: the form wants more than this first; with all it wants, the matrix of roles asks each act.
        assert log_in(user).post(address, data).status_code in (200, 302, 403, 404), name
    assert Case.objects.get(pk=in_review.pk).state == "review"
    assert not Entry.objects.filter(subject_kind="case", action=f"case.{act}").exclude(action="case.submit").exists()


def test_cases_of_other_departments_are_unknown_to_drafters_and_their_reviewers(
    in_review: Case, staff: Staff, log_in: LogIn
) -> None:
    other = Department.objects.create(acronym="OTHER", name="Another department")
    User.objects.filter(username__in=["drafter", "department_reviewer"]).update(department=other)
    Case.objects.update(owner=None)
    page = AnswerPage.objects.get(case=in_review)
    for name in ("drafter", "department_reviewer"):
        client = log_in(staff[name])
        for screen in ("detail", "preview", "review"):
            assert client.get(addresses(in_review)[screen]).status_code == 404
        for act in ACTS:
            assert client.post(reverse("cases:act", args=[in_review.pk, act])).status_code == 404
        assert "Mend the bridge" not in client.get(addresses(in_review)["index"]).content.decode()
        Case.objects.update(state="drafting")
        assert client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 302
        Case.objects.update(state="review")


@pytest.mark.parametrize(
    "address", ["/staff/cases/999999/", "/staff/cases/reviews/999999/", "/staff/cases/999999/assign/"]
)
def test_what_is_not_there_is_404(staff: Staff, log_in: LogIn, address: str) -> None:
    client = log_in(staff["coordinator"])
    assert client.get(address).status_code in (404, 405)
    assert client.post(address).status_code in (404, 405)


def test_an_unknown_act_is_404(case: Case, staff: Staff, log_in: LogIn) -> None:
    assert log_in(staff["coordinator"]).post(f"/staff/cases/{case.pk}/explode/").status_code == 404


def test_filters_and_search_find_cases(case: Case, make_case: Callable[..., Case], staff: Staff, log_in: LogIn) -> None:
    make_case(title="Plant a hedge", departments=[])
    client = log_in(staff["coordinator"])
    index = reverse("staff_cases:index")
    for query, found in {
        "?queue=coordinator": ("Plant a hedge",),
        "?state=assigned": ("Mend the bridge",),
        "?q=hedge": ("Plant a hedge",),
        f"?q={case.links.get().petition_id}": ("Mend the bridge",),
        f"?owner={staff['drafter'].pk}": ("Mend the bridge",),
        f"?department={case.department_id}": ("Mend the bridge",),
        "?due=overdue": ("Plant a hedge", "Mend the bridge"),
        "?due=paused": (),
        "?state=nonsense&due=nonsense&p=nonsense": None,
    }.items():
        response = client.get(index + query)
        assert response.status_code == 200
        page = response.content.decode()
        for title in ("Plant a hedge", "Mend the bridge"):
            if found is not None:
                assert (title in page) == (title in found), query


def test_the_whole_way_from_case_to_publication_on_screen(
    case: Case, write: Callable[..., AnswerPage], staff: Staff, log_in: LogIn
) -> None:
    page = AnswerPage.objects.get(case=case)

    def act(who: str, name: str, **data: str) -> str:
        response = log_in(staff[who]).post(reverse("cases:act", args=[case.pk, name]), data)
        assert response.status_code == 302, response.content.decode()[:2000]
        return response["Location"]

    act("coordinator", "note", text="Ask the county first.")
    assert act("drafter", "start") == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert log_in(staff["drafter"]).get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200
    write(case)
    act("drafter", "submit")
    for name in ("department_reviewer", "legal_reviewer", "approver"):
        client = log_in(staff[name])
        address = reverse("cases:review", args=[waiting_step(case).pk])
        assert address in client.get("/staff/").content.decode()
        shown = client.get(address)
        seen = shown.context["approve_form"]["seen"].value()
        assert seen == clearance.digest(waiting_step(case).revision.as_object())
        assert client.post(address, {"decision": "approve", "seen": seen, "comment": "Good."}).status_code == 302
    publisher = log_in(staff["publisher"])
    assert "Mend the bridge" in publisher.get(reverse("cases:desk")).content.decode()
    act("publisher", "publish")
    assert Case.objects.get(pk=case.pk).state == "published"
    assert Petition.objects.get().response_state == "answered"
    screen = log_in(staff["auditor"]).get(reverse("cases:detail", args=[case.pk])).content.decode()
    for words in ("Ask the county first.", "Handed in for review", "Approved: sign-off", "Published"):
        assert words in screen


def test_a_count_that_fell_below_the_threshold_is_shown_and_keeps_the_promise(
    case: Case, staff: Staff, log_in: LogIn, now: datetime
) -> None:
    client, address = log_in(staff["coordinator"]), reverse("cases:detail", args=[case.pk])
    assert "fell below" not in client.get(address).content.decode()
    Crossing.objects.update(undercut_at=now)
    assert "The count fell below the threshold again on 2 March 2026." in client.get(address).content.decode()
    assert Case.objects.get(pk=case.pk).is_owed


def test_a_refused_act_says_why_and_keeps_what_was_typed(case: Case, staff: Staff, log_in: LogIn) -> None:
    client = log_in(staff["coordinator"])
    response = client.post(
        reverse("cases:act", args=[case.pk, "pause"]), {"reason_en": "", "reason_fr": "Le Parlement est dissous."}
    )
    page = response.content.decode()
    assert response.status_code == 200
    assert "Le Parlement est dissous." in page
    assert "This field is required." in page
    refused = client.post(reverse("cases:act", args=[case.pk, "submit"]))
    assert "Title, summary and text are needed" in refused.content.decode()
    late = client.post(reverse("cases:act", args=[case.pk, "resume"]))
    assert "The clock is running." in late.content.decode()
    moved = client.post(reverse("cases:act", args=[case.pk, "close"]))
    assert "moved on meanwhile" in moved.content.decode()
    assert Case.objects.get(pk=case.pk).state == "assigned"


def test_returning_on_screen_needs_a_reason(in_review: Case, staff: Staff, log_in: LogIn) -> None:
    client = log_in(staff["department_reviewer"])
    address = reverse("cases:review", args=[waiting_step(in_review).pk])
    for data in ({"decision": "return", "comment": "  "}, {"decision": "nonsense"}, {}):
        assert client.post(address, data).status_code == 200
        assert Case.objects.get(pk=in_review.pk).state == "review"
    assert client.post(address, {"decision": "return", "comment": "Shorter, please."}).status_code == 302
    assert Case.objects.get(pk=in_review.pk).state == "drafting"
    page = log_in(staff["drafter"]).get(reverse("cases:detail", args=[in_review.pk])).content.decode()
    assert "Shorter, please." in page


def test_mail_about_a_return_leads_who_may_write_to_the_draft_with_the_reason_and_others_to_the_case(
    in_review: Case, staff: Staff, log_in: LogIn, now: datetime
) -> None:
    write, detail = (reverse(f"cases:{name}", args=[in_review.pk]) for name in ("write", "detail"))
    assert log_in(staff["drafter"]).get(write)["Location"] == detail, "in review the text stands still"
    services.send_back(
        task_state_id=waiting_step(in_review).pk, actor=staff["department_reviewer"], reason="Say when.", now=now
    )
    services.comment(
        case_id=in_review.pk, actor=staff["legal_reviewer"], text="Which bridge?", language="", passage="", now=now
    )
    mail = Mail.objects.get(kind=notices.KIND, row_id=staff["drafter"].pk, details__what="returned")
    assert f"https://petitions.example{write}" in compose(mail, kinds.message_of(mail)).body
    editor = log_in(staff["drafter"]).get(write, follow=True)
    assert editor.redirect_chain[-1][0].endswith("/edit/")
    for words in ("Say when.", "Which bridge?"):
        assert words in editor.content.decode()
    assert log_in(staff["auditor"]).get(write)["Location"] == detail


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        {"department_id": "99999", "priority": "2"},
        {"department_id": "x", "priority": "9", "owner_id": "y"},
        {"department_id": "", "priority": ""},
        {"at": "not a day"},
        {"text": "x" * 5000},
        {"reason_en": "x" * 5000},
    ],
)
def test_bad_input_is_never_a_server_error(case: Case, staff: Staff, log_in: LogIn, data: dict[str, str]) -> None:
    for act in ACTS:
        for who in ("coordinator", "publisher", "superuser"):
            response = log_in(staff[who]).post(reverse("cases:act", args=[case.pk, act]), data)
            assert response.status_code < 500, act


# --- Mail


def test_mail_to_staff_links_to_the_task_and_holds_no_unpublished_word(
    in_review: Case, staff: Staff, now: datetime
) -> None:
    mail = Mail.objects.get(kind=notices.KIND, row_id=staff["department_reviewer"].pk)
    email = compose(mail, kinds.message_of(mail))
    assert email.to == ["department_reviewer@staff.example"]
    assert f"https://petitions.example/staff/cases/reviews/{waiting_step(in_review).pk}/" in email.body
    assert "waits for your review" in email.subject
    assert "Mend the bridge" in email.body
    for message in (email.subject, email.body, email.alternatives[0].content):
        assert "Answer on the bridge" not in message
        assert "mended" not in message


def test_a_task_that_is_done_is_mailed_to_nobody(in_review: Case, staff: Staff, now: datetime) -> None:
    mail = Mail.objects.get(kind=notices.KIND, row_id=staff["department_reviewer"].pk)
    services.approve(task_state_id=waiting_step(in_review).pk, actor=staff["department_reviewer"], now=now)
    assert notices.build(mail) is None
    left = Mail.objects.get(kind=notices.KIND, row_id=staff["legal_reviewer"].pk)
    User.objects.filter(username="legal_reviewer").update(is_active=False)
    assert notices.build(left) is None


def test_wagtail_itself_mails_nothing_about_answers(
    in_review: Case, staff: Staff, log_in: LogIn, mailoutbox: list[object]
) -> None:
    log_in(staff["drafter"]).get("/staff/")  # collects the hooks
    for name in ("department_reviewer", "legal_reviewer", "approver"):
        address = reverse("cases:review", args=[waiting_step(in_review).pk])
        seen = clearance.digest(waiting_step(in_review).revision.as_object())
        log_in(staff[name]).post(address, {"decision": "approve", "seen": seen})
    assert Case.objects.get(pk=in_review.pk).state == "approved"
    assert mailoutbox == []
