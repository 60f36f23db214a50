"""All that staff see of one petition. Reading only."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import allowed
from audit.models import Entry
from petitions import places, similar
from petitions.lifecycle import PUBLIC, State
from petitions.models import Correction, Note, Petition, Rejection, RejectionReason, ReviewRequest
from petitions.models.moderation import ReportState, ReviewOutcome
from petitions.services.steps import MODERATE
from petitions.staff import queue

HISTORY_SHOWN = 100
SIMILAR_SHOWN = 5

# The words for acts of this room; another room's act is shown by its name.
WORDS = {
    "petition.claim": _("Claimed"),
    "petition.release": _("Given back to the queue"),
    "petition.approve": _("Approved and opened"),
    "petition.reject": _("Rejected"),
    "petition.hide": _("Hidden"),
    "petition.take_down": _("Taken down"),
    "petition.restore": _("Refusal taken back"),
    "petition.correct": _("Text corrected"),
    "petition.note": _("Note left"),
    "petition.ask_second_opinion": _("Second opinion asked for"),
    "petition.decide_reports": _("Reports decided"),
    "petition.ask_review": _("Review asked for by the creator"),
    "petition.decide_review": _("Review decided"),
    "petition.withdraw": _("Withdrawn by the creator"),
    "petition.close": _("Closed at its deadline"),
    "petition.reopen": _("Opened again"),
    "petition.threshold_crossed": _("Threshold reached"),
    "petition.repair_counts": _("Counts repaired"),
    "paper.enter": _("Signatures on paper entered"),
    "paper.confirm": _("Signatures on paper confirmed"),
    "paper.refuse": _("Signatures on paper refused"),
    "paper.take_back": _("Signatures on paper taken back"),
    "paper.read_scan": _("Scan of signatures on paper downloaded"),
    "petition.threshold_undercut": _("Count fell below a threshold"),
    "petition.undercut_reviewed": _("Fall below a threshold looked at"),
}

OUTCOMES = dict([*ReportState.choices, *ReviewOutcome.choices])


@dataclass(frozen=True)
class HistoryLine:
    """One audit row in words."""

    at: datetime
    actor: str
    words: str
    reason: str
    outcome: str


@dataclass(frozen=True)
class Screen:
    """What the page about one petition shows."""

    petition: Petition
    language: str
    departments: list[str]
    topics: list[str]
    waiting: queue.Waiting | None
    rejection: Rejection | None
    corrects: Rejection | None
    corrected_by: int | None
    review: ReviewRequest | None
    reported: queue.Reported | None
    corrections: list[Correction]
    notes: list[Note]
    history: list[HistoryLine]
    similar: list[Petition]
    refused: list[Petition]
    regions: list[places.StaffRow]
    countries: list[places.StaffRow]


def visible(user: User, petition_id: int) -> Petition:
    """The petition, if this member of staff may see it: moderators and auditors see all, others what the public sees.

    Raises Petition.DoesNotExist.
    """
    petitions = Petition.objects.select_related("claimed_by")
    if not sees_all(user):
        petitions = petitions.filter(pk__in=Petition.objects.public())
    return petitions.get(pk=petition_id)


def sees_all(user: User) -> bool:
    """Whether the user may read petitions that the public may not."""
    return allowed(user, MODERATE) or allowed(user, "audit.view_entry")


def screen(petition: Petition, now: datetime, *, everything: bool) -> Screen:
    """The page's content, in a fixed number of queries.

    Not ``everything`` is for who does not see all: no text that the public may not read, and nothing that was written
    to moderators.
    """
    close = {"title": petition.title, "language": petition.language, "exclude_id": petition.pk}
    waiting: tuple[State, ...] = (State.IN_MODERATION, State.OPEN, State.CLOSED)
    refused: tuple[State, ...] = (State.REJECTED, State.HIDDEN)
    corrects = Rejection.objects.select_related("reason", "petition").filter(petition__resubmissions__petition=petition)
    corrections = petition.corrections.select_related("made_by")
    if not everything:
        waiting, refused = (State.OPEN, State.CLOSED), (State.REJECTED,)
        corrects = corrects.filter(petition__in=Petition.objects.public())
        corrections = corrections.filter(hidden=False)
    reported = queue.with_reports([petition]) if everything else []
    reviews = ReviewRequest.objects.select_related("decided_by").filter(petition=petition)
    return Screen(
        petition=petition,
        language=str(dict(settings.LANGUAGES).get(petition.language, petition.language)),
        departments=[str(department) for department in petition.departments.order_by("name")],
        topics=[str(topic) for topic in petition.topics.order_by("name")],
        waiting=queue.described(petition, now) if petition.state == State.IN_MODERATION else None,
        rejection=Rejection.objects.select_related("reason", "decided_by").filter(petition=petition).first(),
        corrects=corrects.first(),
        corrected_by=petition.resubmissions.values_list("petition_id", flat=True).order_by("-pk").first(),
        review=reviews.first() if everything else None,
        reported=reported[0] if reported else None,
        corrections=list(corrections),
        notes=list(petition.notes.select_related("author")),
        history=_history(petition.pk),
        similar=similar.find(limit=SIMILAR_SHOWN, states=waiting, **close),
        regions=places.all_regions(petition),
        countries=places.all_countries(petition),
        refused=similar.find(limit=SIMILAR_SHOWN, states=refused, **close),
    )


def _history(petition_id: int) -> list[HistoryLine]:
    entries = Entry.objects.filter(subject_kind="petition", subject_id=petition_id).select_related("actor")
    reasons = dict(RejectionReason.objects.values_list("code", "title"))
    return [
        HistoryLine(
            at=entry.at,
            actor=str(entry.actor or ""),
            words=str(WORDS.get(entry.action, entry.action)),
            reason=entry.reason,
            outcome=_outcome(entry, reasons),
        )
        for entry in entries.order_by("-id")[:HISTORY_SHOWN]
    ]


def _outcome(entry: Entry, reasons: dict[str, str]) -> str:
    """The reason of a refusal, or what was decided about reports or a review."""
    outcome = entry.details.get("outcome")
    return str(reasons.get(entry.details.get("code", ""), "") or OUTCOMES.get(outcome, outcome or ""))


def is_public(petition: Petition) -> bool:
    """Whether the petition has a page with its text."""
    return petition.state in PUBLIC and (petition.state == State.REJECTED or petition.was_opened)
