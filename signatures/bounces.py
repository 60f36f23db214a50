"""What mail providers report back: mailboxes that do not exist, and mails reported as unwanted.

The provider's hook is django-anymail's (``/hooks/mail/...``, with a secret); it reads and checks what each provider
sends, and tells it here by its signal.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.dispatch import receiver

from mailing.models import Mail, MailState, Suppression, SuppressionReason
from signatures import disowning, persons
from signatures.identity import InvalidAddress

log = structlog.get_logger(__name__)

# A mailbox that was not there may be made again; what its owner wants stays until they say otherwise.
BOUNCE_LASTS = timedelta(days=30)
REASONS = {
    EventType.BOUNCED: SuppressionReason.BOUNCED,
    EventType.COMPLAINED: SuppressionReason.COMPLAINED,
}
FAILED = (EventType.BOUNCED, EventType.REJECTED, EventType.FAILED)


@receiver(tracking, dispatch_uid="signatures.take_report")
def take_report(sender: Any, event: AnymailTrackingEvent, **kwargs: Any) -> None:
    """Mark the mail that a provider could not deliver, and write no more to a mailbox that is gone or complained.

    Soft bounces, which the provider goes on with, and all else that providers tell change nothing. Again changes
    nothing. Nothing in a report can raise: a provider would send it for days.
    """
    if event.event_type in FAILED:
        _mark_failed(event)
    reason = REASONS.get(event.event_type)
    if event.event_type == EventType.BOUNCED and event.reject_reason not in (
        RejectReason.BOUNCED,
        RejectReason.INVALID,
    ):
        reason = None
    if reason and event.recipient:
        try:
            disowning.never_mail(persons.address_key(event.recipient), reason)
        except InvalidAddress:
            log.info("mail_report_unread", kind=event.event_type)


def _mark_failed(event: AnymailTrackingEvent) -> None:
    number = str((event.metadata or {}).get("mail", ""))
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return
    said = f"{event.event_type}: {event.reject_reason or 'no reason given'}"
    Mail.objects.filter(pk=int(number), state=MailState.SENT).update(state=MailState.FAILED, error=said[:200])


def forget_old(now: datetime) -> int:
    """Write again to mailboxes that were not there a month ago; how many."""
    gone = Suppression.objects.filter(reason=SuppressionReason.BOUNCED, created_at__lt=now - BOUNCE_LASTS)
    return gone.delete()[0]
