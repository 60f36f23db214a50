"""What people tell us about using the site, and what becomes of it."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

import audit.services
from accounts.models import User
from accounts.permissions import require
from petitions.models import Feedback
from petitions.refusals import Refused
from petitions.wording import clean
from vault import sealing

HANDLE = "petitions.handle_feedback"
TEXT_LENGTH = 2000
PAGE_LENGTH = 200
# After it was dealt with, or that long at most.
KEPT = timedelta(days=180)
KEPT_AT_MOST = timedelta(days=365)


def give_feedback(*, text: str, page: str, email: str, language: str, now: datetime) -> Feedback:
    """Store what somebody says, for staff only; ``email``, '' for none, is sealed. Raises Refused for an empty text."""
    text = clean(text)
    if not text:
        raise Refused(_("Write what you want to tell us."), "text")
    key = uuid.uuid4()
    sealed = sealing.seal({"email": email}, context=_place(key)) if email else None
    return Feedback.objects.create(
        key=key, at=now, language=language, page=clean(page)[:PAGE_LENGTH], text=text[:TEXT_LENGTH], sealed=sealed
    )


def address_of(feedback: Feedback, *, actor: User) -> str:
    """Where its sender wants a reply; '' for nowhere. That it was looked up is logged. Raises NotAllowed."""
    require(actor, HANDLE)
    if feedback.sealed is None:
        return ""
    _record("read_address", feedback.pk, actor)
    return sealing.unseal(bytes(feedback.sealed), context=_place(feedback.key))["email"]


@transaction.atomic
def finish_feedback(*, feedback_id: int, actor: User, now: datetime) -> bool:
    """Mark it as dealt with; whether it was still open. Raises NotAllowed."""
    require(actor, HANDLE)
    if not Feedback.objects.filter(pk=feedback_id, done_at=None).update(done_at=now, done_by=actor):
        return False
    _record("finish", feedback_id, actor)
    return True


def forget_feedback(now: datetime) -> int:
    """Delete what was dealt with half a year ago, and all that is older than a year; how many there were."""
    old = Q(done_at__lt=now - KEPT) | Q(at__lt=now - KEPT_AT_MOST)
    return Feedback.objects.filter(old).delete()[0]


def _place(key: uuid.UUID) -> str:
    return f"feedback:{key}"


def _record(act: str, feedback_id: int, actor: User) -> None:
    audit.services.record(action=f"feedback.{act}", subject_kind="feedback", subject_id=feedback_id, actor_id=actor.pk)
