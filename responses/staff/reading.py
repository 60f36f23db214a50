"""All that staff see of a case and of a review. Reading only."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import TaskState

from accounts.models import User
from audit.models import Entry
from petitions.models import Crossing
from responses import clearance, lifecycle, reviewers, selectors
from responses.models import AnswerComment, AnswerPage, Approval, Case, CaseNote, Contribution, Quotation
from responses.models.approval import ReviewState, Step
from responses.services import conferring
from responses.staff import clock_reading
from responses.staff.after import After, after

HISTORY_SHOWN = 100

WORDS: dict[str, str | Promise] = {
    "case.open": _("Opened"),
    "case.join": _("Another threshold reached"),
    "case.group": _("Answers another petition too"),
    "case.ungroup": _("A petition is answered on its own"),
    "case.merge": _("Put into another case"),
    "case.part": _("Taken out of another case"),
    "case.assign": _("Assigned"),
    "case.hand_back": _("Given back to the queue"),
    "case.tag": _("Tags changed"),
    "case.start": _("Drafting started"),
    "case.submit": _("Handed in for review"),
    "case.recall": _("Taken back from review"),
    "case.approve": _("Approved"),
    "case.return": _("Returned"),
    "case.clear": _("Cleared"),
    "case.not_cleared": _("Not cleared"),
    "case.run_cancelled": _("Reviews cancelled"),
    "case.schedule": _("Date set"),
    "case.unschedule": _("Date taken back"),
    "case.publish": _("Published"),
    "case.published": _("Shown on the petition"),
    "case.hand_over": _("Handed to a colleague"),
    "case.start_over": _("Approvals void: another department answers"),
    "case.comment": _("Comment left"),
    "case.settle": _("Comment settled"),
    "case.correct": _("Correction begun"),
    "case.withdraw": _("To be taken off the site"),
    "case.take_off": _("Taken off the site"),
    "case.leave": _("Left as it is"),
    "case.close": _("Closed"),
    "case.pause": _("Clock paused"),
    "case.resume": _("Clock running again"),
    "case.mark": _("Mark of the clock passed"),
    "case.overdue": _("Overdue"),
    "case.extension_asked": _("More time asked for"),
    "case.extension_refused": _("More time not granted"),
    "case.extend": _("More time granted"),
    "case.update_proposed": _("Update proposed"),
    "case.update_returned": _("Update not published"),
    "case.update": _("Update published"),
    "case.note": _("Note left"),
    "case.announcement_proposed": _("Announcement proposed"),
    "case.announcement_returned": _("Announcement returned"),
    "case.announcement": _("Announcement published"),
    "case.follow_up": _("Taken up again: its signers say that they were not answered"),
    "case.refused": _("Refused"),
    "case.ask": _("Office asked"),
    "case.contributed": _("Contribution came in"),
    "case.chase": _("Office reminded"),
    "case.silent": _("Office silent"),
    "case.question_withdrawn": _("Question taken back"),
    "case.quote": _("Inserted into the draft"),
}


@dataclass(frozen=True)
class HistoryLine:
    """One audit row in words."""

    at: datetime
    actor: str
    words: str
    reason: str


@dataclass(frozen=True)
class StepLine:
    """One required review of the version at hand: who approved it, or by when it is asked for."""

    label: str | Promise
    approval: Approval | None
    waiting: ReviewState | None


@dataclass(frozen=True)
class Screen:
    """What the page about one case shows."""

    case: Case
    page: AnswerPage
    latest: AnswerPage
    petitions: list[Any]
    clock: clock_reading.ClockPart
    steps: list[StepLine]
    returned: ReviewState | None
    contributions: list[Contribution]
    comments: list[AnswerComment]
    withdraws: dict[str, str]
    quotations: list[Quotation]
    notes: list[CaseNote]
    history: list[HistoryLine]
    writable: bool
    author_names: list[str]
    signatures: int
    undercut_at: datetime | None
    after: After


def screen(case: Case, now: datetime) -> Screen:
    """The page's content."""
    page = AnswerPage.objects.select_related("latest_revision", "live_revision").get(case=case)
    petitions = [link.petition for link in case.links.select_related("petition")]
    latest = page.get_latest_revision_as_object()
    return Screen(
        case=case,
        page=page,
        latest=latest,
        petitions=petitions,
        signatures=sum(petition.signature_count for petition in petitions),
        clock=clock_reading.part(case, timezone.localdate(now)),
        steps=step_lines(case, page),
        returned=last_return(page),
        contributions=list(selectors.contributions(case)),
        comments=conferring.open_comments(case),
        withdraws=clearance.withdrawal_reason(case),
        quotations=selectors.quotations(latest),
        notes=list(case.notes.select_related("author")),
        history=_history(case),
        writable=case.state in lifecycle.WRITABLE,
        undercut_at=Crossing.objects.undercut().filter(case_trigger__case=case).aggregate(at=Max("undercut_at"))["at"],
        after=after(case),
        author_names=[
            user.get_full_name() or user.username
            for user in User.objects.filter(pk__in=reviewers.authors(page)).order_by("username")
        ],
    )


def step_lines(case: Case, page: AnswerPage) -> list[StepLine]:
    """The reviews of the newest version, in their order."""
    approvals = list(
        Approval.objects.standing(page.latest_revision).select_related("approver", "on_behalf_of").order_by("pk")
    )
    states = ReviewState.objects.filter(
        workflow_state__object_id=str(page.pk), status=TaskState.STATUS_IN_PROGRESS
    ).select_related("task", "handed_to", "handed_by")
    waiting = [(reviewers.review_of(state.task.specific), state) for state in states]
    return [
        StepLine(
            review.label,
            next((approval for approval in approvals if review.is_of(approval)), None),
            next((state for waits, state in waiting if waits == review), None),
        )
        for review in reviewers.reviews(case)
    ]


def last_return(page: AnswerPage) -> ReviewState | None:
    """The return that its writers have to answer; None once it was handed in again."""
    newest = (
        ReviewState.objects.filter(workflow_state__object_id=str(page.pk))
        .select_related("finished_by", "task")
        .order_by("-started_at", "-pk")
        .first()
    )
    return newest if newest and newest.status == TaskState.STATUS_REJECTED else None


def _history(case: Case) -> list[HistoryLine]:
    entries = Entry.objects.filter(subject_kind="case", subject_id=case.pk).select_related("actor").order_by("-id")
    return [
        HistoryLine(
            at=entry.at,
            actor=str(entry.actor or ""),
            words=_words(entry),
            reason=entry.reason,
        )
        for entry in entries[:HISTORY_SHOWN]
    ]


def _words(entry: Entry) -> str:
    words = str(WORDS.get(entry.action, entry.action))
    step, rule = entry.details.get("step"), entry.details.get("rule_name")
    if step in Step.values:
        return f"{words}: {Step(step).label}"
    return gettext("%(words)s, by the rule “%(rule)s”") % {"words": words, "rule": rule} if rule else words


def is_late(case: Case, today: date) -> bool:
    return bool(case.is_owed and case.due_on and case.due_on < today)
