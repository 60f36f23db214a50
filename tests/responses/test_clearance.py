"""Who may approve, what an approval is bound to, and what opens the gate."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from time_machine import TimeMachineFixture
from wagtail.documents.models import Document
from wagtail.models import Revision

from accounts.models import Department, User
from audit.models import Entry
from mailing.models import Mail
from petitions.services import NotAllowed, Refused
from responses import clearance, reviewers, services
from responses.clearance import NotCleared
from responses.differences import differences
from responses.models import AnswerPage, Approval, Case, Clearance
from responses.models.approval import ReviewState, Step
from responses.reviewers import Objection
from tests.responses.people import approve_all, waiting_step

Write = Callable[..., AnswerPage]
Staff = dict[str, User]


def objection(case: Case, user: User, step: Step = Step.DEPARTMENT) -> Objection | None:
    page = AnswerPage.objects.get(case=case)
    user = User.objects.get(pk=user.pk)
    return reviewers.objection(
        case=case, page=page, revision=page.latest_revision, review=reviewers.Review(step), user=user
    )


def test_each_step_is_open_to_its_holder_only(in_review: Case, staff: Staff) -> None:
    holders = {
        Step.DEPARTMENT: "department_reviewer",
        Step.LEGAL: "legal_reviewer",
        Step.SIGN_OFF: "approver",
    }
    for step, holder in holders.items():
        for name, user in staff.items():
            if name == "superuser":
                continue
            allowed = objection(in_review, user, step) is None
            assert allowed == (name == holder), (step, name)


def test_a_reviewer_of_another_department_may_not(in_review: Case, staff: Staff) -> None:
    other = Department.objects.create(acronym="OTHER", name="Another department")
    User.objects.filter(username="department_reviewer").update(department=other)
    assert objection(in_review, staff["department_reviewer"]) == Objection.OTHER_DEPARTMENT


def test_somebody_who_left_may_not(in_review: Case, staff: Staff) -> None:
    User.objects.filter(username="department_reviewer").update(is_active=False)
    assert objection(in_review, staff["department_reviewer"]) == Objection.NO_RIGHT


def test_a_superuser_may_unless_they_wrote(case: Case, write: Write, staff: Staff, now: datetime) -> None:
    write(case)
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    assert objection(case, staff["superuser"]) is None
    services.recall(case_id=case.pk, actor=staff["drafter"], now=now)
    write(case, by=staff["superuser"])
    write(case)
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    assert objection(case, staff["superuser"]) == Objection.WROTE


def test_whoever_handed_it_in_may_not(case: Case, write: Write, staff: Staff, now: datetime) -> None:
    write(case)
    services.submit(case_id=case.pk, actor=staff["superuser"], now=now)
    assert objection(case, staff["superuser"]) == Objection.WROTE
    assert objection(case, staff["drafter"]) == Objection.NO_RIGHT


def test_nobody_approves_two_steps(in_review: Case, staff: Staff, now: datetime) -> None:
    services.approve(task_state_id=waiting_step(in_review).pk, actor=staff["superuser"], now=now)
    assert objection(in_review, staff["superuser"], Step.LEGAL) == Objection.APPROVED_BEFORE
    with pytest.raises(NotAllowed):
        services.approve(task_state_id=waiting_step(in_review).pk, actor=staff["superuser"], now=now)


def test_the_database_itself_refuses_a_second_approval_of_a_person_or_step(
    in_review: Case, staff: Staff, now: datetime
) -> None:
    services.approve(task_state_id=waiting_step(in_review).pk, actor=staff["department_reviewer"], now=now)
    given = Approval.objects.get()
    for fields in ({"step": Step.LEGAL}, {"approver": staff["legal_reviewer"]}):
        copied = {"page": given.page, "revision": given.revision, "digest": given.digest, "at": now}
        with pytest.raises(IntegrityError), transaction.atomic():
            Approval.objects.create(**copied | {"step": given.step, "approver": given.approver} | fields)


def test_three_people_clear_an_answer_and_each_next_one_is_mailed_a_link(
    in_review: Case, staff: Staff, now: datetime
) -> None:
    assert Mail.objects.filter(kind="staff_task", row_id=staff["department_reviewer"].pk).count() == 1
    assert not Mail.objects.filter(kind="staff_task", row_id=staff["legal_reviewer"].pk).exists()
    case = approve_all(in_review, staff)

    assert case.state == "approved"
    cleared = Clearance.objects.get()
    assert cleared.revision == AnswerPage.objects.get(case=case).latest_revision
    assert not AnswerPage.objects.get(case=case).live
    assert Mail.objects.filter(kind="staff_task", row_id=staff["publisher"].pk).count() == 1
    assert Entry.objects.filter(action="case.approve").count() == 3
    assert clearance.require(cleared.revision) == cleared


def test_a_step_is_asked_for_by_a_working_day(
    case: Case, write: Write, staff: Staff, time_machine: TimeMachineFixture
) -> None:
    write(case)
    time_machine.move_to(datetime(2026, 4, 2, 12, tzinfo=UTC))  # the Thursday before Easter
    services.submit(case_id=case.pk, actor=staff["drafter"], now=timezone.now())
    assert waiting_step(case).due_on == date(2026, 4, 9)


def test_a_return_needs_a_reason_voids_approvals_and_starts_again_at_step_one(
    in_review: Case, write: Write, staff: Staff, now: datetime
) -> None:
    services.approve(task_state_id=waiting_step(in_review).pk, actor=staff["department_reviewer"], now=now)
    legal = waiting_step(in_review)
    with pytest.raises(Refused):
        services.send_back(task_state_id=legal.pk, actor=staff["legal_reviewer"], reason="  ", now=now)
    case = services.send_back(
        task_state_id=legal.pk, actor=staff["legal_reviewer"], reason="Name the law in question.", now=now
    )
    assert case.state == "drafting"
    assert not Approval.objects.filter(voided_at=None).exists()
    assert Mail.objects.filter(row_id=staff["drafter"].pk, details__what="returned").count() == 1
    write(case)
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    assert waiting_step(case).task.specific.step == Step.DEPARTMENT


def test_a_decision_comes_too_late_after_another(in_review: Case, staff: Staff, now: datetime) -> None:
    first = waiting_step(in_review)
    services.approve(task_state_id=first.pk, actor=staff["department_reviewer"], now=now)
    with pytest.raises(Refused):
        services.approve(task_state_id=first.pk, actor=staff["department_reviewer"], now=now)
    services.recall(case_id=in_review.pk, actor=staff["drafter"], now=now)
    with pytest.raises(Refused):
        services.send_back(
            task_state_id=ReviewState.objects.latest("pk").pk, actor=staff["legal_reviewer"], reason="Late", now=now
        )


def test_approving_something_else_than_was_shown_is_refused(in_review: Case, staff: Staff, now: datetime) -> None:
    step = waiting_step(in_review)
    with pytest.raises(Refused):
        services.approve(task_state_id=step.pk, actor=staff["department_reviewer"], now=now, seen="0" * 64)
    shown = clearance.digest(step.revision.as_object())
    services.approve(task_state_id=step.pk, actor=staff["department_reviewer"], now=now, seen=shown)


@pytest.mark.parametrize(
    ("field", "value"),
    [("slug", "another"), ("title", "Another"), ("search_description", "Another"), ("responded_on", "2026-01-01")],
)
def test_every_public_field_counts(cleared: Case, field: str, value: str) -> None:
    revision = AnswerPage.objects.get(case=cleared).latest_revision
    revision.content[field] = value
    revision.save()
    with pytest.raises(NotCleared):
        clearance.require(Revision.objects.get(pk=revision.pk))


@pytest.mark.parametrize("field", ["title", "summary", "body", "language"])
def test_every_word_of_every_language_counts(case: Case, write: Write, staff: Staff, now: datetime, field: str) -> None:
    write(case, french=True)
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    approve_all(case, staff)
    revision = AnswerPage.objects.get(case=case).latest_revision
    french = revision.content["texts"][1]
    french[field] = "de" if field == "language" else french[field].replace("pont", "bac")
    revision.save()
    with pytest.raises(NotCleared):
        clearance.require(Revision.objects.get(pk=revision.pk))


def test_a_replaced_or_removed_file_counts(case: Case, write: Write, staff: Staff, now: datetime) -> None:
    document = Document.objects.create(title="Plan", file=ContentFile(b"plan one", name="plan.txt"))
    page = write(case).get_latest_revision_as_object()
    page.texts.first().body.append(("documents", [document]))
    page.save_revision(user=staff["drafter"])
    before = clearance.digest(page.get_latest_revision_as_object())
    document.file.storage.delete(document.file.name)
    gone = clearance.digest(page.get_latest_revision_as_object())
    document.file.save("plan.txt", ContentFile(b"plan two"))
    replaced = clearance.digest(page.get_latest_revision_as_object())
    document.delete()
    assert len({before, gone, replaced, clearance.digest(page.get_latest_revision_as_object())}) == 4


def test_links_to_pages_of_the_site_are_words_and_no_files(case: Case, write: Write, staff: Staff) -> None:
    page = write(case).get_latest_revision_as_object()
    before = clearance.digest(page)
    page.texts.first().body.append(("paragraph", f'<p><a linktype="page" id="{page.get_parent().pk}">Answers</a></p>'))
    page.save_revision(user=staff["drafter"])
    assert clearance.digest(page.get_latest_revision_as_object()) != before


def test_an_approval_taken_back_closes_the_gate(cleared: Case, now: datetime) -> None:
    revision = AnswerPage.objects.get(case=cleared).latest_revision
    Approval.objects.filter(step=Step.LEGAL).update(voided_at=now)
    with pytest.raises(NotCleared):
        clearance.require(revision)


def test_issue_names_the_missing_steps(in_review: Case, staff: Staff, now: datetime) -> None:
    services.approve(task_state_id=waiting_step(in_review).pk, actor=staff["department_reviewer"], now=now)
    with pytest.raises(NotCleared, match="legal review, sign-off"):
        clearance.issue(case=in_review, revision=AnswerPage.objects.get(case=in_review).latest_revision, now=now)


def test_an_imported_answer_needs_source_and_licence(case: Case, write: Write, now: datetime) -> None:
    revision = write(case).latest_revision
    with pytest.raises(IntegrityError), transaction.atomic():
        clearance.issue_import(revision=revision, source="", licence="", now=now)
    clearance.issue_import(revision=revision, source="https://example.org/1", licence="OGL v3.0", now=now)
    revision.publish()
    page = AnswerPage.objects.get(case=case)
    assert page.live
    assert clearance.flaw(page) == ""


def test_the_watch_names_what_is_wrong_with_a_live_answer(published: Case) -> None:
    page = AnswerPage.objects.get(case=published)
    assert clearance.flaw(page) == ""
    page.texts.update(summary="Something else.")
    assert "differs" in clearance.flaw(AnswerPage.objects.get(pk=page.pk))
    Clearance.objects.all().delete()
    assert "no clearance" in clearance.flaw(AnswerPage.objects.get(pk=page.pk))
    AnswerPage.objects.filter(pk=page.pk).update(live_revision=None)
    assert "without a revision" in clearance.flaw(AnswerPage.objects.get(pk=page.pk))


def test_handing_in_needs_a_whole_text_a_department_and_the_reviews(
    case: Case, write: Write, staff: Staff, now: datetime
) -> None:
    def refusal() -> str:
        with pytest.raises(Refused) as refused:
            services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
        return str(refused.value)

    assert "Title, summary and text" in refusal()
    page = write(case)
    Case.objects.filter(pk=case.pk).update(department=None)
    assert "department" in refusal()
    Case.objects.filter(pk=case.pk).update(department=Department.objects.get(acronym="DEFRA"))
    task = page.get_workflow().tasks.last()
    task.active = False
    task.save()
    assert "not set up" in refusal()
    empty = page.get_latest_revision_as_object()
    empty.texts = []
    empty.save_revision(user=staff["drafter"])
    assert "no text" in refusal()


def test_a_second_round_shows_what_was_seen_last(in_review: Case, write: Write, staff: Staff, now: datetime) -> None:
    from responses.services.review import last_seen

    first = waiting_step(in_review)
    assert last_seen(first, staff["department_reviewer"]) is None
    case = services.send_back(
        task_state_id=first.pk, actor=staff["department_reviewer"], reason="Shorter, please.", now=now
    )
    write(case, summary="The bridge will be mended by May.")
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now + timedelta(days=1))
    second = waiting_step(case)
    assert last_seen(second, staff["department_reviewer"]) == first.revision
    (english,) = differences(first.revision.as_object(), second.revision.as_object())
    assert english.lines == [
        (" ", "Answer on the bridge"),
        ("-", "The bridge will be mended. Work begins in April."),
        ("+", "The bridge will be mended by May."),
        (" ", "We will mend the bridge by May."),
    ]
