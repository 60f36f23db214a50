"""Handing an answer in, and the reviews that clear it or send it back."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision, Task, TaskState, Workflow, WorkflowState

from accounts.models import User
from accounts.permissions import NotAllowed
from petitions.services import Refused
from responses import clearance, lifecycle, parts
from responses.models import AnswerPage, Approval, Case, ReviewReading
from responses.models.approval import ReviewState, ReviewTask
from responses.models.case import CaseState
from responses.reviewers import REQUIRED_STEPS, Review, objection, review_of, standing
from responses.services import notices, steps

REASON_LENGTH = 4000


# --- Handing in


@transaction.atomic
def submit(*, case_id: int, actor: User, now: datetime) -> Case:
    """The case in review, the first reviewers mailed. Every run starts at step one.

    Raises NotAllowed to those who may not draft it; Refused while the case has no department, a language of the answer
    lacks title, summary or text, or the workflow is not set up with the required steps; WrongState.
    """
    case = steps.locked(case_id)
    steps.require(actor, case, "responses.draft_answer", "responses.assign_case")
    steps.move(case, lifecycle.Act.SUBMIT)
    page = AnswerPage.objects.get(case=case).get_latest_revision_as_object()
    _require_whole(case, page)
    workflow = ready_workflow(page)
    void_approvals(page, now)
    steps.store(case, now)
    steps.record(case, "submit", actor=actor, revision=page.latest_revision_id)
    if page.current_workflow_state:
        page.current_workflow_state.cancel(user=actor)
    workflow.start(page, actor)
    return case


def _require_whole(case: Case, page: AnswerPage) -> None:
    if case.department_id is None:
        raise Refused(_("Give the case to a department first: its reviewers come first."))
    # What is to be taken off may have been published elsewhere, in another shape.
    texts = [] if clearance.withdrawal_reason(case) else list(page.texts.all())
    if not texts and not clearance.withdrawal_reason(case):
        raise Refused(_("The answer has no text yet."))
    for text in texts:
        if not text.is_whole:
            raise Refused(
                _("Title, summary and text are needed in each language; something is missing in: %(language)s.")
                % {"language": text.get_language_display()}
            )
        if gaps := parts.left_by_hand(text.body):
            raise Refused(_("Fill in first what stands in double brackets: %(gaps)s.") % {"gaps": ", ".join(gaps)})


def ready_workflow(page: Page) -> Workflow:
    """The page's workflow. Raises Refused unless it has the required steps, in their order, all in use."""
    workflow = page.get_workflow()
    tasks = [task.specific for task in workflow.tasks.filter(active=True)] if workflow else []
    asked = tuple(task.step for task in tasks if isinstance(task, ReviewTask))
    if workflow is None or asked != REQUIRED_STEPS:
        raise Refused(_("The reviews are not set up as required. An administrator has to run create_workflow."))
    return workflow


@transaction.atomic
def recall(*, case_id: int, actor: User, now: datetime) -> Case:
    """The answer back with its writers before the reviews have ended. Raises NotAllowed, WrongState."""
    case = steps.locked(case_id)
    steps.require(actor, case, "responses.draft_answer", "responses.assign_case")
    steps.move(case, lifecycle.Act.RECALL)
    _end_run(case, actor, now)
    steps.record(case, "recall", actor=actor)
    return case


# --- Reviewing


def step_started(*, task_state: ReviewState, now: datetime) -> None:
    """Set the day by which the step is asked for and mail its reviewers: what a review task does when it starts.

    Raises Refused for a run that was not started by handing the answer in: case and run would part.
    """
    case = case_of(task_state.workflow_state)
    if case.state != CaseState.REVIEW:
        raise Refused(_("Hand the answer in on its case."))
    task = task_state.task.specific
    task_state.due_on = steps.in_working_days(case, task.working_days, timezone.localdate(now))
    task_state.save(update_fields=["due_on"])
    notices.tell(notices.What.REVIEW, case=case, task_state=task_state, once=str(task_state.pk))


@transaction.atomic
def approve(*, task_state_id: int, actor: User, now: datetime, comment: str = "", seen: str = "") -> Case:
    """One review passed for exactly the revision at hand; the next one begins, or the run ends.

    ``seen`` is the digest of what the actor was shown; '' skips that check. Raises NotAllowed with the objection;
    Refused when the step is decided already or the content is not what the actor saw.
    """
    case, task_state, review = open_step(task_state_id)
    page = AnswerPage.objects.get(case=case)
    principal = _require_no_objection(case, page, task_state, review, actor)
    content = clearance.under_review(case, task_state.revision)
    if seen and seen != content:
        raise Refused(_("The answer changed while you were reading. Read it again before you approve it."))
    Approval.objects.create(
        page=page,
        revision=task_state.revision,
        digest=content,
        step=review.step,
        extra=review.extra,
        approver=actor,
        on_behalf_of=principal,
        department_id=case.department_id,
        at=now,
        comment=comment.strip()[:REASON_LENGTH],
    )
    details = {"revision": task_state.revision_id, "digest": content, **told_apart(review, principal)}
    steps.record(case, "approve", actor=actor, **details)
    # Without update: Wagtail's own order knows the required reviews only.
    task_state.approve(user=actor, update=False, comment=comment.strip()[:REASON_LENGTH])
    task_state.workflow_state.update(user=actor, next_task=_next_task(case, task_state))
    case.refresh_from_db()
    return case


def _next_task(case: Case, task_state: ReviewState) -> Task | None:
    """The task of the next review that this version has to pass; None when it passed all."""
    found = clearance.next_review(case, task_state.revision)
    if found is None or found.extra is not None:
        return found.extra if found else None
    tasks = [task.specific for task in task_state.workflow_state.workflow.tasks.filter(active=True)]
    return next((task for task in tasks if isinstance(task, ReviewTask) and task.step == found.step), None)


def told_apart(review: Review, principal: User | None) -> dict[str, Any]:
    """What the log says of a review besides its step: which further one, and on whose behalf."""
    return {
        "step": review.step,
        **({"extra": review.extra.pk} if review.extra else {}),
        **({"on_behalf_of": principal.pk} if principal else {}),
    }


@transaction.atomic
def send_back(*, task_state_id: int, actor: User, reason: str, now: datetime) -> Case:
    """The answer back with its writers, for a reason; all approvals are void and the next run starts at step one.

    Raises NotAllowed with the objection; Refused without a reason or when the step is decided already.
    """
    case, task_state, review = open_step(task_state_id)
    principal = _require_no_objection(case, AnswerPage.objects.get(case=case), task_state, review, actor)
    if not reason.strip():
        raise Refused(_("Say what has to change."), "comment")
    steps.move(case, lifecycle.Act.RETURN)
    # Without update: Wagtail would keep the run, and resume it at this step after the text was changed.
    task_state.reject(user=actor, update=False, comment=reason.strip()[:REASON_LENGTH])
    _end_run(case, actor, now)
    steps.record(case, "return", actor=actor, reason=reason.strip()[:REASON_LENGTH], **told_apart(review, principal))
    notices.tell(notices.What.RETURNED, case=case)
    return case


def may_decide(*, page: Page, task: ReviewTask, user: User) -> bool:
    """Whether ``user`` may decide this step of the page's run under way."""
    task_state = page.current_workflow_task_state
    case = Case.objects.filter(page=page.pk).first()
    if task_state is None or case is None or task_state.task_id != task.pk:
        return False
    review, revision = review_of(task), task_state.revision
    return objection(case=case, page=page, revision=revision, review=review, user=user) is None


def open_step(task_state_id: int) -> tuple[Case, ReviewState, Review]:
    """The case (locked), the step's state and its review. Raises Refused when it is not waiting for a decision."""
    found = ReviewState.objects.select_related("workflow_state").get(pk=task_state_id)
    case = steps.locked(case_of(found.workflow_state).pk)
    task_state = ReviewState.objects.select_related("revision", "workflow_state", "task").get(pk=task_state_id)
    latest = task_state.revision.is_latest_revision()
    if task_state.status != TaskState.STATUS_IN_PROGRESS or case.state != CaseState.REVIEW or not latest:
        raise Refused(_("This review is no longer waiting: it was decided or taken back."))
    return case, task_state, review_of(task_state.task.specific)


def _require_no_objection(
    case: Case, page: AnswerPage, task_state: ReviewState, review: Review, actor: User
) -> User | None:
    """Whom the actor acts for; None for himself. Raises NotAllowed with the objection."""
    found = standing(case=case, page_id=page.pk, revision_id=task_state.revision_id, review=review, user=actor)
    if found.objection is not None:
        raise NotAllowed(found.objection.label)
    return found.principal


# --- Runs and what they leave behind


def case_of(workflow_state: WorkflowState) -> Case:
    """The case whose answer this run is about. Raises Case.DoesNotExist for a run of another page."""
    return Case.objects.select_related("department", "owner").get(page=int(workflow_state.object_id))


def void_approvals(page: Page, now: datetime) -> None:
    """Let no approval of any version of this page stand, but of the one that is live: that was published under them."""
    live = Page.objects.filter(pk=page.pk, live=True, live_revision__isnull=False).values("live_revision")
    Approval.objects.filter(page=page.pk, voided_at=None).exclude(revision__in=live).update(voided_at=now)


def _end_run(case: Case, actor: User | None, now: datetime) -> None:
    """Store the case, void its approvals and cancel the run. The case's state is stored first: the cancelled run's
    signal must find it outside review.
    """
    steps.store(case, now)
    page = AnswerPage.objects.get(case=case)
    void_approvals(page, now)
    if page.current_workflow_state:
        page.current_workflow_state.cancel(user=actor)


def start_over(case: Case, actor: User | None, now: datetime) -> None:
    """Take back what was approved of an answer that is under review or cleared: it is another's to answer now.

    Does nothing in other states. The case is stored; the caller says in the log why.
    """
    if not lifecycle.allows(case.state, lifecycle.Act.LAPSE):
        return
    steps.move(case, lifecycle.Act.LAPSE)
    case.publish_at = None
    _end_run(case, actor, now)
    steps.record(case, "start_over", actor=actor)
    notices.tell(notices.What.NOT_CLEARED, case=case)


@transaction.atomic
def run_cancelled(*, workflow_state_id: int, actor: User | None, now: datetime) -> None:
    """Take the case out of review when its run was cancelled behind its back, as by deactivating the workflow."""
    workflow_state = WorkflowState.objects.get(pk=workflow_state_id)
    case = steps.locked(case_of(workflow_state).pk)
    if case.state != CaseState.REVIEW:
        return
    steps.move(case, lifecycle.Act.LAPSE)
    steps.store(case, now)
    void_approvals(AnswerPage.objects.get(case=case), now)
    steps.record(case, "run_cancelled", actor=actor)
    notices.tell(notices.What.NOT_CLEARED, case=case)


def last_seen(task_state: ReviewState, user: User) -> Revision | None:
    """The newest earlier version that this person read, else that this step decided on; None when there is none."""
    page_id, step = task_state.workflow_state.object_id, review_of(task_state.task.specific).step
    earlier = Revision.objects.for_instance(AnswerPage(pk=int(page_id))).exclude(pk=task_state.revision_id)
    read = ReviewReading.objects.filter(reader=user)
    decided = ReviewState.objects.filter(
        workflow_state__object_id=page_id, status__in=(TaskState.STATUS_APPROVED, TaskState.STATUS_REJECTED)
    )
    own = Q(pk__in=read.values("revision")) | Q(pk__in=decided.filter(finished_by=user).values("revision"))
    of_step = Q(pk__in=decided.filter(task=task_state.task_id).values("revision")) | Q(
        pk__in=ReviewReading.objects.filter(step=step).values("revision")
    )
    for seen in (own, of_step):
        if found := earlier.filter(seen).order_by("-created_at", "-pk").first():
            return found
    return None
