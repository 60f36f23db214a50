"""What petitions keep no longer: the clock's part. Each is done in batches and may be done again."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from petitions import signals
from petitions.lifecycle import State
from petitions.models import Draft, Petition, Report, ReviewRequest
from petitions.models.draft import KEPT
from petitions.models.moderation import ReportState
from petitions.refusals import Refused
from petitions.services.creator import forget_creator, withdraw
from petitions.services.feedback import forget_feedback
from petitions.services.ratings import forget_comments
from petitions.services.steps import record

BATCH = 500
SUPPORT_SOUGHT = timedelta(days=365)
REPORTS_KEPT = timedelta(days=365)


def forget_old(now: datetime) -> dict[str, int]:
    """Delete old drafts, the words of old reports and votes, and old feedback; take back what had no support.

    How many of each.
    """
    return {
        "drafts": _forget_drafts(now),
        "reports": _forget_reports(now),
        "comments": forget_comments(now),
        "feedback": forget_feedback(now),
        "unsupported": _take_back(now),
    }


@transaction.atomic
def forget_words(*, petition_id: int, now: datetime) -> None:
    """Forget what the creator wrote to moderators; and their name, where the petition was never open."""
    ReviewRequest.objects.filter(petition_id=petition_id).update(text="")
    if Petition.objects.filter(pk=petition_id, opened_at=None).exists():
        forget_creator(petition_id=petition_id, now=now, by="clock")


@transaction.atomic
def forget_salt(*, petition_id: int) -> bool:
    """Make the petition's signer keys lead to nobody, for good; whether that was done. An open one keeps its salt."""
    ended = Petition.objects.filter(
        pk=petition_id,
        salt__isnull=False,
        state__in=(State.CLOSED, State.REJECTED, State.HIDDEN, State.WITHDRAWN),
    )
    if not ended.update(salt=None):
        return False
    record("forget_salt", petition_id, actor=None)
    signals.announce(signals.petition_changed, petition_id=petition_id)
    return True


def _forget_drafts(now: datetime) -> int:
    """Of what was handed in, the petition has the text."""
    lapsed = Draft.objects.filter(Q(petition=None) | ~Q(petition__state=State.DRAFT), created_at__lt=now - KEPT)
    gone = 0
    while batch := list(lapsed.values_list("pk", flat=True)[:BATCH]):
        gone += Draft.objects.filter(pk__in=batch).delete()[0]
    return gone


def _forget_reports(now: datetime) -> int:
    """What was said stays no longer than somebody may ask about the decision; that there was a report stays."""
    decided = Report.objects.exclude(state=ReportState.OPEN).filter(decided_at__lt=now - REPORTS_KEPT).exclude(text="")
    return decided.update(text="")


def _take_back(now: datetime) -> int:
    lying = Petition.objects.filter(state=State.GATHERING_SUPPORT, created_at__lt=now - SUPPORT_SOUGHT)
    taken = 0
    for petition_id in list(lying.values_list("pk", flat=True)[:BATCH]):
        try:
            withdraw(petition_id=petition_id, now=now, by="clock")
            taken += 1
        except Refused:  # it moved on a moment ago
            continue
    return taken
