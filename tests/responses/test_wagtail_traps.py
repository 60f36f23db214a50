"""Each way in which Wagtail alone would let an answer, or those who work on it, down: shown to be closed.

Those that ``test_gate.py`` tries already stand there: authors who approve, steps switched off, autosave, a run that is
gone, the locked page.
"""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connections
from django.test import Client
from django.urls import reverse
from wagtail.documents.models import Document
from wagtail.models import Locale, ReferenceIndex

from accounts.models import User
from responses import clearance, services, tasks
from responses.clearance import NotCleared
from responses.models import AnswerPage, AnswerText, Approval, Case, Clearance
from tests.responses.people import approve_all, waiting_step
from tests.responses.test_gate import edit_data, standing

Staff = dict[str, User]
Write = Callable[..., AnswerPage]
LogIn = Callable[[User], Client]


def test_the_last_approver_needs_no_right_to_publish(in_review: Case, staff: Staff, log_in: LogIn) -> None:
    page = AnswerPage.objects.get(case=in_review)
    for name in ("department_reviewer", "legal_reviewer", "approver"):
        state = waiting_step(in_review)
        address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
        assert log_in(staff[name]).post(address, {"comment": ""}).status_code == 302
    assert Case.objects.get(pk=in_review.pk).state == "approved"
    assert Clearance.objects.get().revision == page.latest_revision
    assert not AnswerPage.objects.get(case=in_review).live


def test_a_return_on_wagtails_own_screen_starts_again_at_step_one(
    in_review: Case, write: Write, staff: Staff, log_in: LogIn, now: datetime
) -> None:
    services.approve(task_state_id=waiting_step(in_review).pk, actor=staff["department_reviewer"], now=now)
    page = AnswerPage.objects.get(case=in_review)
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "reject", waiting_step(in_review).pk])
    log_in(staff["legal_reviewer"]).post(address, {"comment": "Name the law."})
    assert Case.objects.get(pk=in_review.pk).state == "drafting"
    assert not Approval.objects.filter(voided_at=None).exists()
    write(in_review, summary="By the Bridges Act.")
    services.submit(case_id=in_review.pk, actor=staff["drafter"], now=now)
    assert waiting_step(in_review).task.specific.step == "department"


def test_no_approval_outlives_an_edit(in_review: Case, write: Write, staff: Staff, now: datetime) -> None:
    assert settings.WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT
    services.approve(task_state_id=waiting_step(in_review).pk, actor=staff["department_reviewer"], now=now)
    services.recall(case_id=in_review.pk, actor=staff["drafter"], now=now)
    write(in_review, summary="Other words.")
    services.submit(case_id=in_review.pk, actor=staff["drafter"], now=now)
    page = AnswerPage.objects.get(case=in_review)
    content = clearance.under_review(in_review, page.latest_revision)
    assert len(clearance.missing(page.latest_revision, content, clearance.reviews(in_review))) == 3


def test_what_an_answer_is_made_of_lies_in_its_revision() -> None:
    """A plain many-to-many field, or a table beside it, would change a published answer without any approval."""
    for model in (AnswerPage, AnswerText):
        assert not model._meta.local_many_to_many
    reached = {relation.related_model for relation in AnswerPage._meta.related_objects if relation.one_to_many}
    ours = {model for model in reached if model._meta.app_label == "responses"}
    assert AnswerText in ours
    # Of the rest the public sees nothing: they say who approved, or where a text comes from.
    assert {model.__name__ for model in ours - {AnswerText}} <= {"Approval", "Clearance", "Quotation", "SavedText"}


def test_every_column_that_the_public_may_see_is_part_of_the_digest(case: Case, write: Write, staff: Staff) -> None:
    page = write(case).get_latest_revision_as_object()
    before = clearance.digest(page)
    changes = {"slug": "another", "seo_title": "Another", "search_description": "Another", "kind": "not_ours"}
    for name, value in changes.items():
        kept = getattr(page, name)
        setattr(page, name, value)
        assert clearance.digest(page) != before, name
        setattr(page, name, kept)
    assert clearance.digest(page) == before
    assert clearance.digest(page, withdraws={"en": "Wrong."}) != before


def test_petitions_cases_and_signatures_write_no_rows_of_references(case: Case) -> None:
    for label in ("petitions.Petition", "responses.Case", "signatures.Signature"):
        assert not ReferenceIndex.model_is_indexable(apps.get_model(label)), label


@pytest.mark.parametrize("name", ["staff_cases:index", "staff_petitions:index", "audit_entries"])
def test_long_lists_are_not_counted_to_the_end(case: Case, staff: Staff, log_in: LogIn, name: str) -> None:
    from audit.viewsets import BoundedPaginator

    shown = log_in(staff["superuser"]).get(reverse(name))
    assert isinstance(shown.context["paginator"], BoundedPaginator)


def test_two_clocks_at_once_publish_once(cleared: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr(tasks, "call_command", called.append)
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [tasks.PUBLISH_LOCK])
        tasks.publish_scheduled()
        assert called == []
    finally:
        other.close()


def test_wagtail_is_one_that_is_still_mended() -> None:
    # The dozen holes of 2026 were closed in 7.4.4 and before.
    import wagtail

    assert wagtail.VERSION[:3] >= (7, 4, 4)
    assert not settings.WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS


def test_nobody_but_superusers_changes_tasks_and_workflows(in_review: Case, staff: Staff, log_in: LogIn) -> None:
    task, workflow = waiting_step(in_review).task, AnswerPage.objects.get(case=in_review).get_workflow()
    for name in ("administrator", "coordinator", "drafter", "approver", "editor"):
        client = log_in(staff[name])
        for address in (
            reverse("wagtailadmin_workflows:disable_task", args=[task.pk]),
            reverse("wagtailadmin_workflows:edit_task", args=[task.pk]),
            reverse("wagtailadmin_workflows:disable", args=[workflow.pk]),
            reverse("wagtailadmin_workflows:edit", args=[workflow.pk]),
        ):
            assert client.post(address, {"name": "Mine", "active": ""})["Location"] == reverse("wagtailadmin_home")
    assert waiting_step(in_review).task.active


# --- Further ways past the gate


def test_no_copy_alias_or_translation_made_by_code_is_another_answer(published: Case, staff: Staff) -> None:
    page = AnswerPage.objects.get(case=published)
    french = Locale.objects.get_or_create(language_code="fr")[0]
    ways: dict[str, Callable[[], object]] = {
        "copy": lambda: page.copy(update_attrs={"slug": "copy"}, user=staff["superuser"]),
        "alias": lambda: page.create_alias(update_slug="alias", user=staff["superuser"]),
        "translate": lambda: page.copy_for_translation(french, copy_parents=True),
        "translate as alias": lambda: page.copy_for_translation(french, copy_parents=True, alias=True),
    }
    from django.db import transaction

    for way, act in ways.items():
        with pytest.raises(Exception), transaction.atomic():  # noqa: B017, PT011 - whatever stops it first
            act()
        assert AnswerPage.objects.count() == 1, way


def test_a_new_role_does_not_make_an_author_an_approver(case: Case, write: Write, staff: Staff, now: datetime) -> None:
    write(case)
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    drafter = staff["drafter"]
    for name in ("department_reviewer", "legal_reviewer", "approver", "publisher"):
        drafter.groups.add(staff[name].groups.get())
    drafter = User.objects.get(pk=drafter.pk)
    with pytest.raises(services.NotAllowed, match="wrote"):
        services.approve(task_state_id=waiting_step(case).pk, actor=drafter, now=now)
    approve_all(case, staff)
    with pytest.raises(services.NotAllowed, match="wrote"):
        services.publish(case_id=case.pk, actor=drafter, now=now)


def test_a_right_taken_away_between_reading_and_pressing_counts(in_review: Case, staff: Staff, log_in: LogIn) -> None:
    client = log_in(staff["department_reviewer"])
    address = reverse("cases:review", args=[waiting_step(in_review).pk])
    seen = client.get(address).context["approve_form"]["seen"].value()
    staff["department_reviewer"].groups.clear()
    assert client.post(address, {"decision": "approve", "seen": seen}).status_code in (302, 403, 404)
    assert not Approval.objects.exists()


def test_a_version_brought_back_from_history_has_no_clearance(
    published: Case, write: Write, staff: Staff, log_in: LogIn, now: datetime
) -> None:
    first = AnswerPage.objects.get(case=published).live_revision
    services.correct(case_id=published.pk, actor=staff["coordinator"], reason={"en": "A slip."}, now=now)
    page = write(published, summary="Other words.")
    before = standing(published)
    log_in(staff["drafter"]).post(
        reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, first.pk]),
        edit_data(page, **{"action-publish": "1"}),
    )
    assert standing(published) == before
    latest = AnswerPage.objects.get(case=published).latest_revision
    with pytest.raises(NotCleared):
        clearance.require(latest)


def test_a_file_replaced_during_review_is_seen_and_voids_what_was_approved(
    case: Case, write: Write, staff: Staff, log_in: LogIn, now: datetime
) -> None:
    document = Document.objects.create(title="Plan", file=ContentFile(b"plan one", name="plan.txt"))
    page = write(case).get_latest_revision_as_object()
    page.texts.first().body.append(("documents", [document]))
    page.save_revision(user=staff["drafter"])
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    client, address = log_in(staff["department_reviewer"]), reverse("cases:review", args=[waiting_step(case).pk])
    seen = client.get(address).context["approve_form"]["seen"].value()
    document.file.save("plan.txt", ContentFile(b"plan two"))
    assert (
        "changed while you were reading" in client.post(address, {"decision": "approve", "seen": seen}).content.decode()
    )
    services.recall(case_id=case.pk, actor=staff["drafter"], now=now)
    document.file.save("plan.txt", ContentFile(b"plan three"))
    page = AnswerPage.objects.get(case=case).get_latest_revision_as_object()
    page.save_revision(user=staff["drafter"])
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    shown = client.get(reverse("cases:review", args=[waiting_step(case).pk])).content.decode()
    assert "document or picture in it was replaced" in shown


def test_another_department_does_not_inherit_the_approvals(
    in_review: Case, staff: Staff, make_department: Callable[..., object], now: datetime
) -> None:
    other = make_department("OTHER")
    User.objects.create_user("other_reviewer", department=other).groups.add(staff["department_reviewer"].groups.get())
    services.approve(task_state_id=waiting_step(in_review).pk, actor=staff["department_reviewer"], now=now)
    case = services.assign(
        case_id=in_review.pk,
        actor=staff["coordinator"],
        department_id=other.pk,  # type: ignore[attr-defined]
        owner_id=staff["second_drafter"].pk,
        now=now,
    )
    assert Case.objects.get(pk=case.pk).state == "drafting"
    assert not Approval.objects.filter(voided_at=None).exists()


# --- Two people at one answer


def loaded(client: Client, page: AnswerPage) -> dict[str, str]:
    """What an editor's form remembers of the version it was begun from."""
    html = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    names = ("loaded_revision_id", "loaded_revision_created_at")
    return {name: re.search(rf'name="{name}" value="([^"]*)"', html).group(1) for name in names}  # type: ignore[union-attr]


def test_a_stale_save_is_refused_once_and_keeps_what_was_typed(
    case: Case, write: Write, staff: Staff, log_in: LogIn
) -> None:
    page = write(case)
    first, second = log_in(staff["drafter"]), log_in(staff["superuser"])
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    begun_first, begun_second = loaded(first, page), loaded(second, page)
    assert first.post(edit, edit_data(page, **{"texts-0-summary": "The first words."} | begun_first)).status_code == 302
    stale = second.post(edit, edit_data(page, **{"texts-0-summary": "The second words."} | begun_second))
    assert stale.status_code == 200
    html = stale.content.decode()
    assert "A colleague saved a newer version" in html
    assert "The second words." in html
    latest = AnswerPage.objects.get(case=case).get_latest_revision_as_object()
    assert latest.texts.first().summary == "The first words."
    # Told of it, they may put theirs over it.
    again = {name: re.search(rf'name="{name}" value="([^"]*)"', html).group(1) for name in begun_second}  # type: ignore[union-attr]
    data = edit_data(AnswerPage.objects.get(pk=page.pk), **{"texts-0-summary": "The second words."} | again)
    assert second.post(edit, data).status_code == 302
    latest = AnswerPage.objects.get(case=case).get_latest_revision_as_object()
    assert latest.texts.first().summary == "The second words."


def test_of_two_saves_at_the_same_moment_one_is_refused(case: Case, write: Write, staff: Staff) -> None:
    write(case)
    one, other = (AnswerPage.objects.get(case=case).get_latest_revision_as_object() for _ in range(2))
    one.save_revision(user=staff["drafter"])
    with pytest.raises(Exception, match="newer version"):
        other.save_revision(user=staff["superuser"])


def test_the_second_editor_sees_that_a_colleague_is_at_it(
    case: Case, write: Write, staff: Staff, log_in: LogIn
) -> None:
    page = write(case)
    first, second = log_in(staff["drafter"]), log_in(staff["superuser"])
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])

    def ping(client: Client) -> dict[str, object]:
        session = client.get(edit).context["editing_sessions"].current_session
        address = reverse("wagtailadmin_editing_sessions:ping", args=["wagtailcore", "page", page.pk, session.pk])
        return client.post(address).json()

    ping(first)
    assert [row["user"] for row in ping(second)["other_sessions"]] == [str(staff["drafter"])]  # type: ignore[attr-defined]
