"""What a creator may do. Who the creator is, the caller has checked by the link's token."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from petitions import lifecycle, signals, staff_mail
from petitions.lifecycle import Act, State
from petitions.models import Draft, Petition, Rejection, ReviewRequest
from petitions.models.timeline import EventKind
from petitions.refusals import Refused
from petitions.services import texts
from petitions.services.events import record_event
from petitions.services.steps import leave_queue, lock, move, record, save
from petitions.wording import clean

REVIEW_LENGTH = 2000


@transaction.atomic
def edit_before_moderation(*, petition_id: int, title: str, ask: str, detail: str, now: datetime) -> Petition:
    """Replace the text while supporters are gathered.

    Raises Refused in any other state, or with the field of a text that is missing or too long.
    """
    petition = lock(petition_id)
    if petition.state != State.GATHERING_SUPPORT:
        raise Refused(_("The text can be changed only while supporters are being gathered."))
    texts.checked(title=title, ask=ask, detail=detail, present=petition).put_on(petition)
    save(petition, now)
    return petition


@transaction.atomic
def withdraw(*, petition_id: int, now: datetime, by: str = "creator") -> Petition:
    """Take the petition back. Its page stays, marked, if it had been open; before that nobody sees it any more.

    ``by`` the clock, nobody is told: its creator let it lie. Raises WrongState.
    """
    petition = lock(petition_id)
    move(petition, Act.WITHDRAW)
    petition.withdrawn_at = now
    leave_queue(petition)
    save(petition, now)
    told = by == "creator"
    record_event(petition_id=petition_id, kind=EventKind.WITHDRAWN, tells_creator=told, tells_signers=told, now=now)
    record("withdraw", petition_id, actor=None, details={"by": by})
    signals.announce(signals.petition_changed, petition_id=petition_id)
    return petition


@transaction.atomic
def forget_creator(*, petition_id: int, now: datetime, by: str = "creator") -> None:
    """Take the creator's name from the petition, and what they wrote to the moderators about a refusal.

    ``by`` themselves, a correction of it that they began goes too: it holds name and address. Their links work no
    more. The text stays: it is what the others signed. Again, or for a petition that is gone, changes nothing.
    """
    petition = Petition.objects.select_for_update(no_key=True).filter(pk=petition_id).first()
    if petition is None:
        return
    ReviewRequest.objects.filter(petition=petition).update(text="")
    if by == "creator":
        Draft.objects.filter(corrects=petition, petition=None).delete()
    if petition.creator_name:
        petition.creator_name = ""
        petition.link_generation += 1
        save(petition, now)
        record("forget_creator", petition_id, actor=None, details={"by": by})
        signals.announce(signals.petition_changed, petition_id=petition_id)


@transaction.atomic
def request_review(*, petition_id: int, text: str, now: datetime) -> ReviewRequest:
    """Ask, once, that a refusal be looked at by another moderator.

    Raises Refused when nothing was refused, when it was asked before, or for a text that is missing or too long.
    """
    petition = lock(petition_id)
    if not may_request_review(petition):
        raise Refused(_("A review can be asked for once, after a petition was refused."))
    text = clean(text)
    if not text:
        raise Refused(_("Say why you think the decision was wrong."), "text")
    if len(text) > REVIEW_LENGTH:
        raise Refused(_("Use %(longest)s characters or fewer.") % {"longest": REVIEW_LENGTH}, "text")
    review = ReviewRequest.objects.create(petition=petition, text=text, asked_at=now)
    record("ask_review", petition_id, actor=None, details={"by": "creator"})
    staff_mail.tell_moderators(now)
    return review


def may_request_review(petition: Petition) -> bool:
    """Whether the creator may still ask for a review of the refusal."""
    act = Act.RESTORE if petition.was_opened else Act.RECONSIDER
    return (
        lifecycle.allows(petition.state, act, opened=petition.was_opened)
        and not petition.exempt
        and Rejection.objects.filter(petition=petition, decided_by__isnull=False).exists()
        and not ReviewRequest.objects.filter(petition=petition).exists()
    )
