"""Nobody gets an answer past the gate: every way that Wagtail and this site offer is tried."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import Page, Task

from accounts.models import User
from audit.models import Entry
from petitions.models import Event, PublicCase
from petitions.services import NotAllowed, Refused
from responses import clearance, services
from responses.clearance import NotCleared
from responses.models import AnswerPage, Approval, Case, Clearance
from responses.models.approval import ReviewState
from tests.responses.people import approve_all, waiting_step

Staff = dict[str, User]
Write = Callable[..., AnswerPage]
LogIn = Callable[[User], Client]


def standing(case: Case) -> Any:
    """What must not change: what is live and what was approved."""
    page = AnswerPage.objects.get(case=case)
    return (
        page.live,
        page.live_revision_id,
        page.path,
        sorted(page.texts.values_list("language", "title", "summary", "body")) if page.live else None,
        sorted(Approval.objects.values_list("revision", "step", "approver", "voided_at")),
        AnswerPage.objects.count(),
    )


def edit_data(page: AnswerPage, **more: str) -> dict[str, Any]:
    """What the page editor posts for this page with nothing changed."""
    latest = page.get_latest_revision_as_object()
    data: dict[str, Any] = {
        "slug": latest.slug,
        "kind": latest.kind,
        "search_description": latest.search_description,
        "responded_on": "",
        "texts-TOTAL_FORMS": str(latest.texts.count()),
        "texts-INITIAL_FORMS": str(latest.texts.count()),
        "texts-MIN_NUM_FORMS": "1",
        "texts-MAX_NUM_FORMS": "1000",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "0",
    }
    for number, text in enumerate(latest.texts.all()):
        data |= {
            f"texts-{number}-id": str(text.pk or ""),
            f"texts-{number}-ORDER": str(number + 1),
            f"texts-{number}-DELETE": "",
            f"texts-{number}-language": text.language,
            f"texts-{number}-title": text.title,
            f"texts-{number}-summary": text.summary,
            f"texts-{number}-body-count": "1",
            f"texts-{number}-body-0-deleted": "",
            f"texts-{number}-body-0-order": "0",
            f"texts-{number}-body-0-type": "paragraph",
            f"texts-{number}-body-0-id": "",
            f"texts-{number}-body-0-value": json.dumps(
                {
                    "blocks": [
                        {
                            "key": "a",
                            "text": "We will mend the bridge by May.",
                            "type": "unstyled",
                            "depth": 0,
                            "inlineStyleRanges": [],
                            "entityRanges": [],
                        }
                    ],
                    "entityMap": {},
                }
            ),
        }
    return data | more


# --- Through Wagtail's screens


def attempts(case: Case, client: Client) -> Iterator[tuple[str, Any]]:
    """Every stock way to make an answer public, to approve it, to move it, or to make another of it."""
    page = AnswerPage.objects.get(case=case)
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    state = ReviewState.objects.order_by("pk").last()
    revision = page.latest_revision_id
    home = page.get_parent().get_parent()
    for button in ("action-publish", "action-submit", "action-restart-workflow"):
        yield button, client.post(edit, edit_data(page, **{button: "1"}))
    if state:
        yield (
            "approve in the editor",
            client.post(edit, edit_data(page, **{"action-workflow-action": "1", "workflow-action-name": "approve"})),
        )
        for action in ("approve", "reject"):
            address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, action, state.pk])
            yield f"workflow {action}", client.post(address, {"comment": "Fine"})
    yield (
        "revert",
        client.post(
            reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, revision]),
            edit_data(page, **{"action-publish": "1"}),
        ),
    )
    for name in ("unpublish", "delete", "convert_alias"):
        yield name, client.post(reverse(f"wagtailadmin_pages:{name}", args=[page.pk]))
    yield (
        "copy",
        client.post(
            reverse("wagtailadmin_pages:copy", args=[page.pk]),
            {
                "new_title": "Copy",
                "new_slug": "copy",
                "new_parent_page": str(page.get_parent().pk),
                "publish_copies": "on",
                "alias": "on",
            },
        ),
    )
    yield "move", client.post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, home.pk]))
    for action in ("publish", "unpublish", "delete", "move"):
        address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
        yield (
            f"bulk {action}",
            client.post(f"{address}?id={page.pk}", {"include_descendants": "on", "chooser": home.pk}),
        )
    for action in ("publish", "unpublish", "delete", "copy", "move", "create_alias"):
        address = reverse("wagtailadmin_api:pages:action", args=[page.pk, action])
        yield f"api {action}", client.post(address, {"destination_page_id": home.pk}, content_type="application/json")
    yield (
        "create",
        client.post(
            reverse("wagtailadmin_pages:add", args=["responses", "answerpage", page.get_parent().pk]),
            edit_data(page, **{"action-publish": "1", "title": "New", "slug": "new"}),
        ),
    )


@pytest.mark.slow
@pytest.mark.parametrize("who", ["drafter", "superuser", "publisher", "editor", "department_reviewer"])
@pytest.mark.parametrize("stage", ["drafting", "in review", "cleared"])
def test_no_stock_screen_publishes_approves_copies_or_moves_an_answer(
    case: Case, write: Write, staff: Staff, log_in: LogIn, now: datetime, who: str, stage: str
) -> None:
    # Both wrote, so that neither may approve; the reviewer of the department is not the one whose turn it is.
    write(case, by=staff["superuser"])
    write(case)
    if stage != "drafting":
        services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
        services.approve(task_state_id=waiting_step(case).pk, actor=staff["department_reviewer"], now=now)
    if stage == "cleared":
        services.approve(task_state_id=waiting_step(case).pk, actor=staff["legal_reviewer"], now=now)
        services.approve(task_state_id=waiting_step(case).pk, actor=staff["approver"], now=now)
    before, state = standing(case), Case.objects.get(pk=case.pk).state
    client = log_in(staff[who])

    for way, response in attempts(case, client):
        assert response.status_code < 500, way
        assert standing(case) == before, way
        assert Case.objects.get(pk=case.pk).state == state, way
    assert Client().get(f"/answers/{AnswerPage.objects.get(case=case).slug}/").status_code == 404
    assert not PublicCase.objects.filter(answered_at__isnull=False).exists()


def test_a_refused_try_leaves_an_audit_row(in_review: Case, staff: Staff, log_in: LogIn) -> None:
    page = AnswerPage.objects.get(case=in_review)
    tries = {
        "wagtailadmin_pages:workflow_action": reverse(
            "wagtailadmin_pages:workflow_action", args=[page.pk, "approve", waiting_step(in_review).pk]
        ),
        "wagtailadmin_pages:unpublish": reverse("wagtailadmin_pages:unpublish", args=[page.pk]),
        "wagtail_bulk_action": reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
        + f"?id={page.pk}",
    }
    client = log_in(staff["drafter"])
    for name, address in tries.items():
        response = client.post(address, {"comment": "", "action-publish": "1"})
        assert response.status_code in (200, 302)
        row = Entry.objects.filter(action="answer.refused").latest("pk")
        assert (row.actor, row.subject_id, row.details["way"]) == (staff["drafter"], page.pk, name)


def test_a_stranger_writes_nothing_into_the_log(in_review: Case) -> None:
    page = AnswerPage.objects.get(case=in_review)
    many = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"]) + f"?id={page.pk}"
    for address in (reverse("wagtailadmin_pages:unpublish", args=[page.pk]), many):
        assert Client().post(address, {"action-publish": "1"}).url.startswith("/staff/login/")
    assert not Entry.objects.filter(action="answer.refused").exists()


def test_a_different_approver_succeeds_through_the_stock_screen(in_review: Case, staff: Staff, log_in: LogIn) -> None:
    page = AnswerPage.objects.get(case=in_review)
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", waiting_step(in_review).pk])
    assert log_in(staff["department_reviewer"]).post(address, {"comment": "Good"}).status_code == 302
    assert Approval.objects.get().approver == staff["department_reviewer"]
    assert not Entry.objects.filter(action="answer.refused").exists()


def test_the_editors_draft_button_still_saves(case: Case, write: Write, staff: Staff, log_in: LogIn) -> None:
    page = write(case)
    revision = page.latest_revision_id
    response = log_in(staff["drafter"]).post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]), edit_data(page, **{"texts-0-summary": "Shorter."})
    )
    assert response.status_code == 302
    page = AnswerPage.objects.get(pk=page.pk)
    assert page.latest_revision_id != revision
    assert page.get_latest_revision_as_object().texts.first().summary == "Shorter."


def test_the_editor_shows_handing_in_beside_saving_and_not_in_a_menu(
    case: Case, write: Write, staff: Staff, log_in: LogIn
) -> None:
    client, edit = log_in(staff["drafter"]), reverse("wagtailadmin_pages:edit", args=[write(case).pk])
    footer = client.get(edit).content.decode().partition("<footer")[2].partition("</footer>")[0]
    before, button, _after = footer.partition('name="action-hand-in"')
    assert "action-save" in before
    assert button
    assert 'data-controller="w-dropdown"' not in before


def test_handing_in_from_the_editor_saves_first(case: Case, write: Write, staff: Staff, log_in: LogIn) -> None:
    page = write(case)
    response = log_in(staff["drafter"]).post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        edit_data(page, **{"texts-0-summary": "The newest words.", "action-hand-in": "1"}),
    )
    assert response["Location"] == reverse("cases:detail", args=[case.pk])
    assert Case.objects.get(pk=case.pk).state == "review"
    assert waiting_step(case).revision.as_object().texts.first().summary == "The newest words."


def test_the_text_stands_still_from_review_to_publication(
    in_review: Case, write: Write, staff: Staff, log_in: LogIn
) -> None:
    page = AnswerPage.objects.get(case=in_review)
    revision, content = page.latest_revision_id, page.latest_revision.content
    client = log_in(staff["drafter"])
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    # As a save, and as the editor's autosave that overwrites the newest version in place.
    for more in ({}, {"overwrite_revision_id": str(revision)}):
        assert client.post(edit, edit_data(page, **{"texts-0-summary": "Changed.", **more})).status_code == 302
        assert client.post(
            edit, edit_data(page, **{"texts-0-summary": "Changed.", **more}), headers={"accept": "application/json"}
        ).status_code in (302, 403)
    with pytest.raises(Exception, match="cannot be changed now"):
        write(in_review)
    page = AnswerPage.objects.get(pk=page.pk)
    assert (page.latest_revision_id, page.latest_revision.content) == (revision, content)


def test_deciding_about_a_run_that_was_cancelled_is_no_server_error(
    in_review: Case, staff: Staff, log_in: LogIn, now: datetime
) -> None:
    page, state = AnswerPage.objects.get(case=in_review), waiting_step(in_review)
    services.recall(case_id=in_review.pk, actor=staff["drafter"], now=now)
    client = log_in(staff["superuser"])
    addresses = [
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk]),
        reverse("wagtailadmin_pages:collect_workflow_action_data", args=[page.pk, "approve", state.pk]),
        reverse("cases:review", args=[state.pk]),
    ]
    for address in addresses:
        data = edit_data(page, **{"action-workflow-action": "1", "workflow-action-name": "approve"})
        assert client.post(address, data).status_code == 302, address
    assert not Approval.objects.exists()


# --- Through our own screens


@pytest.mark.parametrize("who", ["drafter", "superuser"])
def test_our_own_review_page_refuses_writers_with_403_and_an_audit_row(
    case: Case, write: Write, staff: Staff, log_in: LogIn, now: datetime, who: str
) -> None:
    write(case, by=staff["superuser"])
    write(case)
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    before = standing(case)
    response = log_in(staff[who]).post(
        reverse("cases:review", args=[waiting_step(case).pk]),
        {
            "decision": "approve",
            "seen": clearance.digest(AnswerPage.objects.get(case=case).get_latest_revision_as_object()),
        },
    )
    assert response.status_code == 403
    assert standing(case) == before
    row = Entry.objects.get(action="case.refused")
    assert (row.actor, row.subject_id) == (staff[who], case.pk)


@pytest.mark.parametrize("who", ["drafter", "superuser"])
def test_whoever_wrote_it_cannot_publish_it_at_the_desk(
    case: Case, write: Write, staff: Staff, log_in: LogIn, now: datetime, who: str
) -> None:
    write(case, by=staff["superuser"])
    write(case)
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    approve_all(case, staff)
    for act, data in (("publish", {}), ("schedule", {"at": "2030-01-01 12:00"})):
        response = log_in(staff[who]).post(reverse("cases:act", args=[case.pk, act]), data)
        assert response.status_code == 403
    assert not AnswerPage.objects.get(case=case).live
    assert Entry.objects.filter(action="case.refused", actor=staff[who]).count() == 2


def test_published_text_equals_the_approved_revision_byte_for_byte(cleared: Case, staff: Staff, log_in: LogIn) -> None:
    approved = AnswerPage.objects.get(case=cleared).latest_revision
    assert log_in(staff["publisher"]).post(reverse("cases:act", args=[cleared.pk, "publish"])).status_code == 302
    page = AnswerPage.objects.get(case=cleared)
    assert (page.live, page.live_revision_id) == (True, approved.pk)
    assert clearance.digest(page) == Clearance.objects.get().digest == Approval.objects.first().digest
    stored = json.loads(approved.content["texts"][0]["body"])
    assert page.texts.get().body.get_prep_value() == stored
    assert page.texts.get().summary == approved.content["texts"][0]["summary"]


# --- Through code, clocks and settings


def test_publish_itself_asks_for_clearance(in_review: Case, staff: Staff) -> None:
    page = AnswerPage.objects.get(case=in_review)
    for call in (
        lambda: page.publish(page.latest_revision, skip_permission_checks=True),
        lambda: page.latest_revision.publish(user=staff["superuser"], skip_permission_checks=True),
        lambda: page.latest_revision.publish(),
    ):
        with pytest.raises(NotCleared):
            call()
    assert not AnswerPage.objects.get(case=in_review).live


def test_what_comes_live_past_publish_is_taken_off_with_an_alarm(in_review: Case) -> None:
    page = AnswerPage.objects.get(case=in_review)
    PublishPageRevisionAction(page.latest_revision).execute(skip_permission_checks=True)
    assert not AnswerPage.objects.get(case=in_review).live
    assert Entry.objects.filter(action="answer.uncleared", subject_id=page.pk).count() == 1


def test_the_database_check_finds_a_page_made_live_by_hand(in_review: Case) -> None:
    page = AnswerPage.objects.get(case=in_review)
    call_command("check_clearances", verbosity=0)
    Page.objects.filter(pk=page.pk).update(live=True, live_revision=page.latest_revision)
    for _ in range(2):
        with pytest.raises(CommandError):
            call_command("check_clearances")
    assert Entry.objects.filter(action="answer.uncleared", subject_id=page.pk).count() == 1


def test_a_go_live_date_written_into_a_version_publishes_nothing(in_review: Case, now: datetime) -> None:
    page = AnswerPage.objects.get(case=in_review)
    revision = page.latest_revision
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
    revision.save()
    with pytest.raises(NotCleared):
        call_command("publish_scheduled")
    assert not AnswerPage.objects.get(case=in_review).live


@pytest.mark.parametrize("step", [0, 1, 2])
def test_switching_a_review_off_clears_nothing(in_review: Case, staff: Staff, now: datetime, step: int) -> None:
    tasks = list(AnswerPage.objects.get(case=in_review).get_workflow().tasks)
    reviewers = ["department_reviewer", "legal_reviewer", "approver"]
    for number in range(3):
        case = Case.objects.get(pk=in_review.pk)
        if number == step:
            Task.objects.get(pk=tasks[number].pk).specific.deactivate(user=staff["superuser"])
        elif case.state == "review":
            services.approve(task_state_id=waiting_step(case).pk, actor=staff[reviewers[number]], now=now)
    case = Case.objects.get(pk=in_review.pk)
    assert case.state == "drafting"
    assert not Clearance.objects.exists()
    assert not AnswerPage.objects.get(case=case).live
    assert Entry.objects.filter(action="case.not_cleared", subject_id=case.pk).count() == 1


def test_deactivating_the_whole_workflow_takes_the_case_out_of_review(in_review: Case, staff: Staff) -> None:
    AnswerPage.objects.get(case=in_review).get_workflow().deactivate(user=staff["superuser"])
    assert Case.objects.get(pk=in_review.pk).state == "drafting"
    with pytest.raises(Refused):
        services.submit(case_id=in_review.pk, actor=staff["drafter"], now=timezone.now())


def test_what_was_changed_after_its_clearance_is_not_published(cleared: Case, staff: Staff, now: datetime) -> None:
    revision = AnswerPage.objects.get(case=cleared).latest_revision
    revision.content["texts"][0]["summary"] = "Something nobody approved."
    revision.save()
    with pytest.raises(NotCleared):
        services.publish(case_id=cleared.pk, actor=staff["publisher"], now=now)
    case = Case.objects.get(pk=cleared.pk)
    assert case.state == "drafting"
    assert not AnswerPage.objects.get(case=case).live
    assert not Approval.objects.filter(voided_at=None).exists()
    assert not Event.objects.filter(kind="answered").exists()


def test_a_scheduled_answer_goes_live_in_time_and_only_if_still_cleared(
    cleared: Case, staff: Staff, now: datetime
) -> None:
    with pytest.raises(Refused):
        services.schedule(case_id=cleared.pk, actor=staff["publisher"], at=now, now=now)
    later = now + timedelta(days=2)
    services.schedule(case_id=cleared.pk, actor=staff["publisher"], at=later, now=now)
    assert services.publish_due(now + timedelta(days=1)) == 0
    revision = AnswerPage.objects.get(case=cleared).latest_revision
    kept = revision.content["texts"][0]["summary"]
    revision.content["texts"][0]["summary"] = "Something nobody approved."
    revision.save()
    assert services.publish_due(later) == 0
    assert Case.objects.get(pk=cleared.pk).state == "drafting"
    revision.content["texts"][0]["summary"] = kept
    revision.save()
    assert services.publish_due(later) == 0


def test_at_its_time_the_clock_publishes(cleared: Case, staff: Staff, now: datetime) -> None:
    later = now + timedelta(days=2)
    services.schedule(case_id=cleared.pk, actor=staff["publisher"], at=later, now=now)
    services.unschedule(case_id=cleared.pk, actor=staff["publisher"], now=now)
    assert services.publish_due(later) == 0
    services.schedule(case_id=cleared.pk, actor=staff["publisher"], at=later, now=now)
    assert services.publish_due(later) == 1
    case = Case.objects.get(pk=cleared.pk)
    assert (case.state, case.published_at, case.publish_at) == ("published", later, None)


def test_only_the_desk_publishes(cleared: Case, staff: Staff, now: datetime) -> None:
    for name in ("drafter", "department_reviewer", "legal_reviewer", "approver", "coordinator", "editor", "auditor"):
        with pytest.raises(NotAllowed):
            services.publish(case_id=cleared.pk, actor=staff[name], now=now)
    assert services.publish(case_id=cleared.pk, actor=staff["publisher"], now=now).state == "published"


def test_of_two_answers_with_one_address_the_second_goes_back_to_its_writers(
    make_case: Callable[..., Case], write: Write, staff: Staff, now: datetime
) -> None:
    cases = [make_case(), make_case(title="Another bridge")]
    for case in cases:
        page = write(case).get_latest_revision_as_object()
        page.slug = "the-bridge"
        page.save_revision(user=staff["drafter"])
        services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
        approve_all(case, staff)
        services.schedule(case_id=case.pk, actor=staff["publisher"], at=now + timedelta(hours=1), now=now)
    assert services.publish_due(now + timedelta(hours=2)) == 1
    states = [Case.objects.get(pk=case.pk).state for case in cases]
    assert states == ["published", "drafting"]
    assert "slug" in Entry.objects.get(action="case.not_cleared").reason


def test_a_correction_passes_the_same_gate_and_says_why(
    published: Case, write: Write, staff: Staff, now: datetime
) -> None:
    page = AnswerPage.objects.get(case=published)
    first = page.live_revision_id
    with pytest.raises(Refused):
        services.correct(case_id=published.pk, actor=staff["coordinator"], reason={"en": ""}, now=now)
    services.correct(case_id=published.pk, actor=staff["coordinator"], reason={"en": "The month was wrong."}, now=now)
    write(published, summary="The bridge will be mended by June.")
    page.refresh_from_db()
    assert (page.live, page.live_revision_id) == (True, first)
    services.submit(case_id=published.pk, actor=staff["drafter"], now=now)
    approve_all(published, staff)
    later = now + timedelta(days=3)
    assert services.record_missing_publications(later) == 0
    case = services.publish(case_id=published.pk, actor=staff["publisher"], now=later)
    assert (case.state, case.correction) == ("published", {})
    face = PublicCase.objects.get(case_id=case.pk)
    assert face.summary == {"en": "The bridge will be mended by June."}
    assert Event.objects.filter(kind="answered").count() == 1
    assert Event.objects.get(kind="answer_corrected").text == {"en": "The month was wrong."}
    assert not case.is_owed
