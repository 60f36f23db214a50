"""What a moderator does with a petition that waits, and with colleagues' remarks."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, User
from petitions import limits, signals
from petitions.lifecycle import Act, State
from petitions.models import Note, Petition, Threshold, Topic
from petitions.models.petition import ThresholdKind
from petitions.models.timeline import EventKind
from petitions.refusals import Refused
from petitions.services.counting import cross_thresholds
from petitions.services.events import record_event
from petitions.services.steps import leave_queue, lock_for_moderator, move, record, save
from petitions.terms import closing_time
from petitions.wording import clean

CLAIM = timedelta(minutes=30)


@transaction.atomic
def claim(*, petition_id: int, moderator: User, now: datetime) -> Petition:
    """Keep the petition for this moderator for 30 minutes; claiming one's own again starts them anew.

    Raises NotAllowed; Refused while a colleague has it or when it does not wait to be checked.
    """
    petition = lock_for_moderator(petition_id, moderator)
    if petition.state != State.IN_MODERATION:
        raise Refused(_("This petition is not waiting to be checked."))
    refuse_if_claimed(petition, moderator, now)
    petition.claimed_by = moderator
    petition.claimed_until = now + CLAIM
    petition.save(update_fields=["claimed_by", "claimed_until"])
    record("claim", petition_id, actor=moderator)
    return petition


@transaction.atomic
def release(*, petition_id: int, moderator: User, now: datetime) -> Petition:
    """Give a claimed petition back to the queue. Raises NotAllowed; Refused while a colleague has it."""
    petition = lock_for_moderator(petition_id, moderator)
    refuse_if_claimed(petition, moderator, now)
    if petition.claimed_by_id:
        petition.claimed_by = petition.claimed_until = None
        petition.save(update_fields=["claimed_by", "claimed_until"])
        record("release", petition_id, actor=moderator)
    return petition


def refuse_if_claimed(petition: Petition, moderator: User, now: datetime) -> None:
    """Raises Refused while another moderator's claim on a waiting petition runs."""
    if petition.state != State.IN_MODERATION or petition.claimed_by_id in (None, moderator.pk):
        return
    if petition.claimed_until and petition.claimed_until > now:
        raise Refused(
            _("%(name)s is checking this petition until %(time)s.")
            % {"name": petition.claimed_by, "time": timezone.localtime(petition.claimed_until).strftime("%H:%M")}
        )


@transaction.atomic
def approve(
    *,
    petition_id: int,
    moderator: User,
    topics: Iterable[Topic | int] = (),
    departments: Iterable[Department | int] = (),
    note: str = "",
    now: datetime,
) -> Petition:
    """Open the petition for signatures, with today's thresholds and term.

    Signatures confirmed before (the creator's, the supporters') count at once, towards thresholds too.
    Raises NotAllowed, WrongState; Refused while a colleague has claimed it.
    """
    petition = lock_for_moderator(petition_id, moderator)
    refuse_if_claimed(petition, moderator, now)
    move(petition, Act.APPROVE)
    petition.opened_at = now
    petition.closes_at = closing_time(now, limits.current().open_months)
    leave_queue(petition)
    save(petition, now)
    petition.topics.set(topics)
    petition.departments.set(departments)
    make_thresholds(petition)
    _keep_note(petition, moderator, note, now)
    record_event(
        petition_id=petition_id,
        kind=EventKind.OPENED,
        details={"closes_at": petition.closes_at.isoformat()},
        tells_creator=True,
        now=now,
    )
    record("approve", petition_id, actor=moderator, reason=note.strip())
    cross_thresholds(petition_ids=[petition_id], now=now)
    signals.announce(signals.petition_changed, petition_id=petition_id)
    return petition


def make_thresholds(petition: Petition) -> None:
    """Give the petition the thresholds of today's limits, where it has none of the kind."""
    current = limits.current()
    Threshold.objects.bulk_create(
        [
            Threshold(
                petition=petition, kind=ThresholdKind.RESPONSE, count=current.response_threshold, opens_case=True
            ),
            Threshold(petition=petition, kind=ThresholdKind.DEBATE, count=current.debate_threshold),
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def ask_second_opinion(*, petition_id: int, moderator: User, note: str, now: datetime) -> Petition:
    """Mark a waiting petition as one on which a colleague is asked; ``note`` says what about. Ends the claim.

    Raises NotAllowed; Refused without a note, while a colleague has claimed it, or when it does not wait.
    """
    petition = lock_for_moderator(petition_id, moderator)
    if petition.state != State.IN_MODERATION:
        raise Refused(_("This petition is not waiting to be checked."))
    refuse_if_claimed(petition, moderator, now)
    if not clean(note):
        raise Refused(_("Say what you would like a colleague to look at."), "note")
    leave_queue(petition)
    petition.second_opinion = True
    save(petition, now)
    _keep_note(petition, moderator, note, now)
    record("ask_second_opinion", petition_id, actor=moderator, reason=clean(note))
    return petition


@transaction.atomic
def add_note(*, petition_id: int, moderator: User, text: str, now: datetime) -> Note:
    """Leave a remark for colleagues, whatever the petition's state. Raises NotAllowed; Refused for an empty one."""
    petition = lock_for_moderator(petition_id, moderator)
    note = _keep_note(petition, moderator, text, now)
    if note is None:
        raise Refused(_("Write a note."), "text")
    record("note", petition_id, actor=moderator, details={"note": note.pk})
    return note


def _keep_note(petition: Petition, author: User, text: str, now: datetime) -> Note | None:
    text = clean(text)
    return Note.objects.create(petition=petition, author=author, text=text, at=now) if text else None
