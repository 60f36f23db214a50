"""From the last approval to the public: clearance, the publication desk, the gate's watch."""

from datetime import datetime, timedelta

import structlog
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import WorkflowState
from wagtail.workflows import publish_workflow_state

import audit.services
import petitions.services
from accounts.models import User
from accounts.permissions import NotAllowed
from accounts.permissions import require as require_right
from audit.models import Entry
from petitions.models.timeline import EventKind
from petitions.services import Refused
from responses import clearance, lifecycle, reviewers
from responses.clearance import NotCleared
from responses.models import AnswerPage, Approval, Case
from responses.models.case import CaseState
from responses.models.page import AnswerText
from responses.plain import plain_text
from responses.services import answers, notices, steps
from responses.services.pausing import end_pause, public_reason
from responses.services.review import case_of, void_approvals

log = structlog.get_logger(__name__)

LONGEST_WAIT = timedelta(days=366)


# --- The end of a run


@transaction.atomic
def finish_workflow(workflow_state: WorkflowState, user: User | None = None) -> None:
    """Turn a run that has ended into a clearance; the publication desk does the rest. Other pages are published.

    A run that ended without a required step (a task was switched off, a file replaced) clears nothing: the answer
    goes back to its writers, with a word in the log and a mail.
    """
    page = workflow_state.content_object.specific
    if not isinstance(page, AnswerPage):
        publish_workflow_state(workflow_state, user)
        return
    case = steps.locked(case_of(workflow_state).pk)
    revision = workflow_state.current_task_state.revision
    # Wagtail brings no time along: a run that clears ends with its last approval.
    last = Approval.objects.standing(revision).order_by("at").last()
    now = last.at if last else timezone.now()
    try:
        clearance.issue(case=case, revision=revision, now=now)
    except NotCleared as refusal:
        _lapse(case, page, str(refusal), user, timezone.now())
        return
    steps.move(case, lifecycle.Act.CLEAR)
    steps.store(case, now)
    steps.record(case, "clear", actor=user, revision=revision.pk)
    notices.tell(notices.What.PUBLISH, case=case, once=str(revision.pk))


def _lapse(case: Case, page: AnswerPage, reason: str, actor: User | None, now: datetime) -> None:
    steps.move(case, lifecycle.Act.LAPSE)
    case.publish_at = None
    steps.store(case, now)
    void_approvals(page, now)
    steps.record(case, "not_cleared", actor=actor, reason=reason)
    notices.tell(notices.What.NOT_CLEARED, case=case)


# --- The publication desk


def publish(*, case_id: int, actor: User, now: datetime) -> Case:
    """The cleared answer made public, on its petitions too, and their signers told.

    Raises NotAllowed without ``responses.publish_answer`` and to those who wrote the answer; WrongState; NotCleared
    when what stands there is not what was cleared: then the answer is back with its writers.
    """
    return _through_the_gate(case_id, actor, now)


def _through_the_gate(case_id: int, actor: User | None, now: datetime) -> Case:
    try:
        with transaction.atomic():
            return _publish(case_id, actor, now)
    except NotCleared as refusal:
        lapse_of(case_id, str(refusal), actor, now)
        raise


@transaction.atomic
def lapse_of(case_id: int, reason: str, actor: User | None, now: datetime) -> None:
    """The case back in drafting: what stands there is not what was cleared."""
    case = steps.locked(case_id)
    _lapse(case, AnswerPage.objects.get(case=case), reason, actor, now)


def _publish(case_id: int, actor: User | None, now: datetime) -> Case:
    case, page = _at_desk(case_id, actor, lifecycle.Act.PUBLISH)
    if clearance.withdrawal_reason(case):
        raise Refused(_("What was approved is that this answer is taken off."))
    revision = page.get_latest_revision()
    # Nobody holds Wagtail's right to publish answers: the clearance that publish() asks for is what counts.
    try:
        page.publish(revision, user=actor, skip_permission_checks=True)
    except ValidationError as error:
        # As where another answer took the same address meanwhile: its writers have to choose another one.
        raise NotCleared(" ".join(error.messages)) from error
    steps.record(case, "publish", actor=actor, revision=revision.pk)
    return record_publication(page_id=page.pk, now=now)


def _at_desk(case_id: int, actor: User | None, act: lifecycle.Act) -> tuple[Case, AnswerPage]:
    """The locked case and its page, for somebody at the desk or (None) for the clock."""
    case = steps.locked(case_id)
    page = AnswerPage.objects.get(case=case)
    if actor is not None:
        require_right(actor, "responses.publish_answer")
        if actor.pk in reviewers.authors(page):
            raise NotAllowed(_("You wrote or handed in this answer; somebody else has to publish it."))
    lifecycle.after(case.state, act)
    return case, page


@transaction.atomic
def schedule(*, case_id: int, actor: User, at: datetime, now: datetime) -> Case:
    """The cleared answer set to go live at ``at``.

    Raises NotAllowed, WrongState, NotCleared; Refused for the past, and for more than a year ahead.
    """
    case, page = _at_desk(case_id, actor, lifecycle.Act.SCHEDULE)
    if at <= now:
        raise Refused(_("Choose a time in the future, or publish now."), "at")
    if at > now + LONGEST_WAIT:
        raise Refused(_("Choose a time within a year."), "at")
    clearance.require(page.get_latest_revision())
    steps.move(case, lifecycle.Act.SCHEDULE)
    case.publish_at = at
    steps.store(case, now)
    steps.record(case, "schedule", actor=actor, at=at.isoformat())
    return case


@transaction.atomic
def unschedule(*, case_id: int, actor: User, now: datetime) -> Case:
    """The answer cleared, but with no date. Raises NotAllowed, WrongState."""
    case, _page = _at_desk(case_id, actor, lifecycle.Act.UNSCHEDULE)
    steps.move(case, lifecycle.Act.UNSCHEDULE)
    case.publish_at = None
    steps.store(case, now)
    steps.record(case, "unschedule", actor=actor)
    return case


def publish_due(now: datetime) -> int:
    """Publish the scheduled answers whose time has come; how many. One that is no longer cleared stops no other."""
    published = 0
    for case_id in Case.objects.filter(state=CaseState.SCHEDULED, publish_at__lte=now).values_list("pk", flat=True):
        try:
            _through_the_gate(case_id, None, now)
            published += 1
        except (NotCleared, lifecycle.WrongState) as refusal:
            log.warning("scheduled_answer_not_published", case=case_id, reason=type(refusal).__name__)
    return published


@transaction.atomic
def correct(*, case_id: int, actor: User, reason: dict[str, str], now: datetime) -> Case:
    """A published answer opened for a correction, for a reason that the public will read with it.

    What is live stays until the corrected text has passed the gate. Raises NotAllowed without
    ``responses.assign_case``; Refused without a reason; WrongState.
    """
    require_right(actor, "responses.assign_case")
    case = steps.locked(case_id)
    steps.move(case, lifecycle.Act.CORRECT)
    case.correction = public_reason(reason)
    case.closed_at = None
    steps.store(case, now)
    steps.record(case, "correct", actor=actor, reason=next(iter(case.correction.values())))
    notices.tell(notices.What.RETURNED, case=case)
    return case


# --- What publication leaves on the petitions


@transaction.atomic
def record_publication(*, page_id: int, now: datetime) -> Case:
    """Put a live answer onto its petitions: once for the first publication, once for each correction.

    Raises NotCleared when what is live is not what was cleared.
    """
    page = AnswerPage.objects.get(pk=page_id)
    case = steps.locked(page.case_id)
    if found := clearance.flaw(page):
        raise NotCleared(found)
    if case.state not in (CaseState.APPROVED, CaseState.SCHEDULED):
        return case
    steps.move(case, lifecycle.Act.PUBLISH)
    first = case.published_at is None
    correction, case.correction = case.correction, {}
    if case.is_paused:
        end_pause(case, now)
    case.published_at, case.publish_at = case.published_at or now, None
    steps.store(case, now)
    _show_answer(case, page, tell=first, now=now)
    if not first:
        _show_correction(case, page, correction, now)
    steps.record(case, "published", actor=None, revision=page.live_revision_id, first=first)
    return case


def _show_answer(case: Case, page: AnswerPage, *, tell: bool, now: datetime) -> None:
    texts: list[AnswerText] = list(page.texts.all())
    petitions.services.record_answer(
        petition_ids=steps.petition_ids(case),
        case_id=case.pk,
        answer_path=answers.path_of(page),
        summary={text.language: text.summary for text in texts},
        text={text.language: plain_text(text.body) for text in texts},
        region_text=answers.region_texts(texts),
        responded_on=page.responded_on or timezone.localdate(case.published_at),
        now=now,
        tell=tell,
        key=_edition(case),
        kind=page.kind,
    )


def _edition(case: Case) -> str:
    """What the mails about this answer are known by: one given after another was taken off is another answer."""
    taken_off = case.withdrawals.filter(done_at__isnull=False).count()
    return f"{case.pk}:{taken_off}" if taken_off else str(case.pk)


def _show_correction(case: Case, page: AnswerPage, reason: dict[str, str], now: datetime) -> None:
    for petition_id in steps.petition_ids(case):
        petitions.services.record_event(
            petition_id=petition_id,
            kind=EventKind.ANSWER_CORRECTED,
            key=str(page.live_revision_id),
            text=reason,
            link=answers.path_of(page),
            tells_creator=True,
            now=now,
        )


def record_missing_publications(now: datetime) -> int:
    """Record every cleared answer that is live and not on its petitions yet: the sweep behind ``page_published``."""
    waiting = (
        AnswerPage.objects.live()
        .filter(case__state__in=(CaseState.APPROVED, CaseState.SCHEDULED), live_revision=models.F("latest_revision"))
        .values_list("pk", flat=True)
    )
    recorded = 0
    for page_id in waiting:
        try:
            record_publication(page_id=page_id, now=now)
            recorded += 1
        except NotCleared as refusal:
            alarm(AnswerPage.objects.get(pk=page_id), str(refusal))
    return recorded


# --- The watch


def check_clearances() -> dict[int, str]:
    """What is wrong with each live answer by page id; nothing for those that are what was cleared. Alarms once each."""
    flaws = {}
    for page in AnswerPage.objects.live().select_related("live_revision").iterator():
        if found := clearance.flaw(page):
            flaws[page.pk] = found
            alarm(page, found)
    return flaws


def alarm(page: AnswerPage, found: str) -> None:
    """Say in log and audit that an answer is live that was not cleared; in the audit once for each revision."""
    log.error("uncleared_answer_live", page=page.pk, revision=page.live_revision_id, flaw=found)
    known = {"subject_kind": "answer", "subject_id": page.pk, "action": "answer.uncleared"}
    details = {"revision": page.live_revision_id, "flaw": found}
    if not Entry.objects.filter(**known, details=details).exists():
        audit.services.record(**known, details=details)


@transaction.atomic
def take_off(page: AnswerPage, found: str) -> None:
    """Take an answer that went live past the gate off the site again, with an alarm."""
    alarm(page, found)
    UnpublishPageAction(page).execute(skip_permission_checks=True)
