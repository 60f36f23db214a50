"""Handing an answer in, and the reviews that clear it or send it back."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision, TaskState, Workflow, WorkflowState

from accounts.models import User
from accounts.permissions import NotAllowed
from petitions.services import Refused
from responses import clearance, lifecycle
from responses.models import AnswerPage, Approval, Case
from responses.models.approval import ReviewState, ReviewTask
from responses.models.case import CaseState
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
    texts = list(page.texts.all())
    if not texts:
        raise Refused(_("The answer has no text yet."))
    for text in texts:
        if not text.is_whole:
            raise Refused(
                _("Title, summary and text are needed in each language; something is missing in: %(language)s.")
                % {"language": text.get_language_display()}
            )


def ready_workflow(page: Page) -> Workflow:
    """The page's workflow. Raises Refused unless it has the required steps, in their order, all in use."""
    workflow = page.get_workflow()
    tasks = [task.specific for task in workflow.tasks.filter(active=True)] if workflow else []
    reviews = tuple(task.step for task in tasks if isinstance(task, ReviewTask))
    if workflow is None or reviews != clearance.REQUIRED_STEPS:
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
    """One required step taken for exactly the revision under review.

    ``seen`` is the digest of what the actor was shown; '' skips that check. Raises NotAllowed with the objection;
    Refused when the step is decided already or the content is not what the actor saw.
    """
    case, task_state, step = _open_step(task_state_id)
    page = AnswerPage.objects.get(case=case)
    _require_no_objection(case, page, task_state, actor)
    content = clearance.digest(task_state.revision.as_object())
    if seen and seen != content:
        raise Refused(_("The answer changed while you were reading. Read it again before you approve it."))
    Approval.objects.create(
        page=page,
        revision=task_state.revision,
        digest=content,
        step=step,
        approver=actor,
        at=now,
        comment=comment.strip()[:REASON_LENGTH],
    )
    steps.record(case, "approve", actor=actor, step=step, revision=task_state.revision_id, digest=content)
    task_state.approve(user=actor, comment=comment.strip()[:REASON_LENGTH])
    case.refresh_from_db()
    return case


@transaction.atomic
def send_back(*, task_state_id: int, actor: User, reason: str, now: datetime) -> Case:
    """The answer back with its writers, for a reason; all approvals are void and the next run starts at step one.

    Raises NotAllowed with the objection; Refused without a reason or when the step is decided already.
    """
    case, task_state, step = _open_step(task_state_id)
    _require_no_objection(case, AnswerPage.objects.get(case=case), task_state, actor)
    if not reason.strip():
        raise Refused(_("Say what has to change."), "comment")
    steps.move(case, lifecycle.Act.RETURN)
    # Without update: Wagtail would keep the run, and resume it at this step after the text was changed.
    task_state.reject(user=actor, update=False, comment=reason.strip()[:REASON_LENGTH])
    _end_run(case, actor, now)
    steps.record(case, "return", actor=actor, reason=reason.strip()[:REASON_LENGTH], step=step)
    notices.tell(notices.What.RETURNED, case=case)
    return case


def may_decide(*, page: Page, task: ReviewTask, user: User) -> bool:
    """Whether ``user`` may decide this step of the page's run under way."""
    task_state = page.current_workflow_task_state
    case = Case.objects.filter(page=page.pk).first()
    if task_state is None or case is None or task_state.task_id != task.pk:
        return False
    answer = AnswerPage.objects.get(pk=page.pk)
    return clearance.objection(case=case, page=answer, revision=task_state.revision, step=task.step, user=user) is None


def _open_step(task_state_id: int) -> tuple[Case, ReviewState, clearance.Step]:
    """The case (locked), the step's state and its name. Raises Refused when it is not waiting for a decision."""
    found = ReviewState.objects.select_related("workflow_state").get(pk=task_state_id)
    case = steps.locked(case_of(found.workflow_state).pk)
    task_state = ReviewState.objects.select_related("revision", "workflow_state", "task").get(pk=task_state_id)
    latest = task_state.revision.is_latest_revision()
    if task_state.status != TaskState.STATUS_IN_PROGRESS or case.state != CaseState.REVIEW or not latest:
        raise Refused(_("This review is no longer waiting: it was decided or taken back."))
    return case, task_state, task_state.task.specific.step


def _require_no_objection(case: Case, page: AnswerPage, task_state: ReviewState, actor: User) -> None:
    step = task_state.task.specific.step
    found = clearance.objection(case=case, page=page, revision=task_state.revision, step=step, user=actor)
    if found is not None:
        raise NotAllowed(found.label)


# --- Runs and what they leave behind


def case_of(workflow_state: WorkflowState) -> Case:
    """The case whose answer this run is about. Raises Case.DoesNotExist for a run of another page."""
    return Case.objects.select_related("department", "owner").get(page=int(workflow_state.object_id))


def void_approvals(page: Page, now: datetime) -> None:
    """Let no approval of any version of this page stand."""
    Approval.objects.filter(page=page.pk, voided_at=None).update(voided_at=now)


def _end_run(case: Case, actor: User | None, now: datetime) -> None:
    """Store the case, void its approvals and cancel the run. The case's state is stored first: the cancelled run's
    signal must find it outside review.
    """
    steps.store(case, now)
    page = AnswerPage.objects.get(case=case)
    void_approvals(page, now)
    if page.current_workflow_state:
        page.current_workflow_state.cancel(user=actor)


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
    """The newest earlier version that this person, else this step, decided on; None when there is none."""
    earlier = (
        ReviewState.objects.filter(
            task=task_state.task_id,
            workflow_state__object_id=task_state.workflow_state.object_id,
            status__in=(TaskState.STATUS_APPROVED, TaskState.STATUS_REJECTED),
        )
        .exclude(revision=task_state.revision_id)
        .select_related("revision")
        .order_by("-finished_at")
    )
    own = earlier.filter(finished_by=user).first()
    found = own or earlier.first()
    return found.revision if found else None
