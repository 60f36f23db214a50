"""What staff see of a case after its answer: who was told, what signers think, what was announced. Reading only."""

from dataclasses import dataclass
from datetime import datetime

import mailing.selectors
from petitions import ratings
from petitions.models import Event, Rating
from responses.models import Announcement, Case
from responses.services.following_up import ratings_of

TELLINGS_SHOWN = 6
COMMENTS_SHOWN = 20
ANNOUNCEMENTS_SHOWN = 20


@dataclass(frozen=True)
class Telling:
    """How far the signers of one petition are told of one event."""

    event: Event
    waiting: int
    failed: int

    @property
    def is_queued(self) -> bool:
        """Whether everybody is in the queue."""
        return self.event.signers_told_at is not None

    @property
    def done(self) -> int:
        """Mails that left, or were not needed any more."""
        return max(self.event.signers_told - self.waiting - self.failed, 0)

    @property
    def percent(self) -> int:
        """How many of the queued ones are done, of a hundred."""
        told = self.event.signers_told
        return 100 * (self.done + self.failed) // told if told else 100


@dataclass(frozen=True)
class After:
    """What the case's page says of the time after the answer."""

    tellings: list[Telling]
    votes: ratings.Result
    comments: list[Rating]
    waiting: Announcement | None
    announcements: list[Announcement]
    followed_up_at: datetime | None


def after(case: Case) -> After:
    """The section of the case's page."""
    announcements = list(
        Announcement.objects.filter(case=case).select_related("proposed_by", "decided_by")[:ANNOUNCEMENTS_SHOWN]
    )
    return After(
        tellings=tellings(case),
        votes=ratings_of(case),
        comments=list(Rating.objects.filter(case_id=case.pk).exclude(comment="").order_by("-at")[:COMMENTS_SHOWN]),
        waiting=next((one for one in announcements if one.decided_at is None), None),
        announcements=[one for one in announcements if one.passed],
        followed_up_at=case.followed_up_at,
    )


def tellings(case: Case) -> list[Telling]:
    """The newest events that signers of the case's petitions are told of."""
    events = (
        Event.objects.filter(petition__case_links__case=case, tells_signers=True)
        .select_related("petition")
        .order_by("-happened_at", "-pk")[:TELLINGS_SHOWN]
    )
    return [_telling(event) for event in events]


def _telling(event: Event) -> Telling:
    detail = {"event": event.pk}
    return Telling(
        event=event,
        waiting=mailing.selectors.waiting_bulk(event.petition_id, detail),
        failed=mailing.selectors.failed_bulk(event.petition_id, detail),
    )
