"""Mails that failed for good: what staff see of them, and what they can do."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max, Min, QuerySet

import audit.services
from accounts.models import User
from accounts.permissions import require
from mailing import kinds
from mailing.models import Mail, MailState, Priority

VIEW, CHANGE = "mailing.view_mail", "mailing.change_mail"
# While millions are told of an answer, counting them all would take longer than a page may.
MOST_COUNTED = 100_000


@dataclass(frozen=True)
class Queue:
    """How much waits, counted as far as MOST_COUNTED, and since when the oldest of it has been due."""

    waiting: int
    oldest_due_at: datetime | None

    @property
    def is_more(self) -> bool:
        """Whether more may wait than were counted."""
        return self.waiting >= MOST_COUNTED


def mails() -> QuerySet[Mail]:
    """What failed, newest first."""
    return Mail.objects.filter(state=MailState.FAILED).order_by("-id")


def by_error() -> QuerySet[Mail, dict[str, object]]:
    """What failed by what was said of it: ``error``, ``number``, ``first``, ``last``; the most frequent first."""
    return (
        mails()
        .order_by()
        .values("error")
        .annotate(number=Count("*"), first=Min("created_at"), last=Max("created_at"))
        .order_by("-number", "error")
    )


def queues() -> dict[str, Queue]:
    """What waits, by the name of its priority."""
    return {str(priority.label): _queue(priority) for priority in Priority}


def _queue(priority: Priority) -> Queue:
    waiting = Mail.objects.filter(state=MailState.QUEUED, priority=priority)
    oldest = waiting.order_by("due_at").values_list("due_at", flat=True).first()
    return Queue(waiting[:MOST_COUNTED].count(), oldest)


@transaction.atomic
def retry(*, actor: User, now: datetime, mail_id: int | None = None, error: str | None = None) -> int:
    """Queue one failed mail again, or all that failed with ``error``; how many. Leaves one audit row if any.

    Raises NotAllowed without ``mailing.change_mail``; ValueError when neither or both are named.
    """
    require(actor, CHANGE)
    if (mail_id is None) == (error is None):
        raise ValueError("name one mail or one error")
    chosen = mails().filter(pk=mail_id) if error is None else mails().filter(error=error)
    queued = chosen.update(state=MailState.QUEUED, due_at=now, has_slot=False, attempts=0, error="")
    if queued:
        audit.services.record(
            action="mail.retry",
            subject_kind="mail",
            subject_id=mail_id or 0,
            actor_id=actor.pk,
            details={"mails": queued, **({"error": error} if error is not None else {})},
        )
    return queued


@transaction.atomic
def unmask(*, actor: User, mail_id: int, reason: str) -> str | None:
    """The address that a failed mail was for; None when nobody would be mailed any more. Audited with its reason.

    Raises NotAllowed without ``mailing.change_mail``; ValueError without a reason; Mail.DoesNotExist.
    """
    require(actor, CHANGE)
    if not reason.strip():
        raise ValueError("an address is shown for a reason")
    mail = mails().get(pk=mail_id)
    audit.services.record(
        action="mail.unmask", subject_kind="mail", subject_id=mail.pk, actor_id=actor.pk, reason=reason.strip()
    )
    message = kinds.message_of(mail)
    return message.to if message else None
