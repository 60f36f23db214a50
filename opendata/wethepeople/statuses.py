"""Where a petition stands, in the four words of that API."""

from datetime import datetime

from django.db.models import Q

from petitions.lifecycle import OPENED, ResponseState, State
from petitions.models import Petition
from petitions.models.petition import Source

OPEN, PENDING, RESPONDED, CLOSED = "open", "pending response", "responded", "closed"
STATUSES = (OPEN, PENDING, RESPONDED, CLOSED)

# What came from there keeps the word it had, unless it was opened again here.
KEEPS_ITS_OWN = Q(source=Source.WTP, state=State.CLOSED, source_state__in=STATUSES)
ANSWERED = Q(state__in=OPENED, response_state=ResponseState.ANSWERED)
AWAITING = Q(state__in=OPENED, response_state=ResponseState.AWAITING)


def status(petition: Petition) -> str:
    """The petition's word."""
    if petition.source == Source.WTP and petition.state == State.CLOSED and petition.source_state in STATUSES:
        return petition.source_state
    if petition.state in OPENED and petition.response_state == ResponseState.ANSWERED:
        return RESPONDED
    if petition.state in OPENED and petition.response_state == ResponseState.AWAITING:
        return PENDING
    return OPEN if petition.state == State.OPEN else CLOSED


def condition(word: str) -> Q:
    """The petitions with this word; none for a word that there is not."""
    own = {
        OPEN: Q(state=State.OPEN) & ~ANSWERED & ~AWAITING,
        PENDING: AWAITING,
        RESPONDED: ANSWERED,
        CLOSED: ~Q(state=State.OPEN) & ~ANSWERED & ~AWAITING,
    }
    if word not in own:
        return Q(pk__in=())
    return (KEEPS_ITS_OWN & Q(source_state=word)) | (own[word] & ~KEEPS_ITS_OWN)


def signable(now: datetime) -> Q:
    """The petitions that take signatures."""
    return Q(state=State.OPEN) & (Q(closes_at=None) | Q(closes_at__gt=now))


def is_signable(petition: Petition, now: datetime) -> bool:
    """Whether this petition takes signatures."""
    return petition.state == State.OPEN and (petition.closes_at is None or petition.closes_at > now)
