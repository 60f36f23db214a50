"""On which petitions a challenge stands, and who has put it there: staff by hand, or the clock."""

import threading
import time
from collections.abc import Iterable
from datetime import datetime

import structlog
from django.db import OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

import audit.services
from accounts.models import User
from accounts.permissions import require
from petitions.models import Petition
from petitions.refusals import Refused
from signatures.models import ChallengeMode

MANAGE = "signatures.manage_challenge"
CACHED_SECONDS = 3
Hand, Cause = ChallengeMode.Hand, ChallengeMode.Cause

log = structlog.get_logger(__name__)
_cached: tuple[float, frozenset[int]] = (0.0, frozenset())
_lock = threading.Lock()


def is_on(petition_id: int) -> bool:
    """Whether signing this petition takes a proof; what is known is at most three seconds old."""
    global _cached
    until, challenged = _cached
    if until < time.monotonic() and _lock.acquire(blocking=False):
        # One thread asks; the others go on with what is known.
        try:
            challenged = frozenset(standing(timezone.now()).values_list("petition_id", flat=True))
        except OperationalError as error:
            log.warning("challenges_unknown", error=type(error).__name__)
        finally:
            _cached = (time.monotonic() + CACHED_SECONDS, challenged)
            _lock.release()
    return petition_id in challenged


def forget() -> None:
    """Ask anew at the next question."""
    global _cached
    _cached = (0.0, frozenset())


def standing(now: datetime) -> QuerySet[ChallengeMode]:
    """The challenges that stand at ``now``."""
    return ChallengeMode.objects.filter(Q(by_hand=Hand.ON) | Q(by_hand="", until__gt=now))


@transaction.atomic
def switch(*, actor: User, petition_id: int, by_hand: str, reason: str, now: datetime) -> ChallengeMode:
    """Set a petition's challenge: ``on`` or ``off`` until switched again, '' lets the clock say.

    In force everywhere within three seconds; one audit row. Raises NotAllowed; Refused with its field without a reason,
    for an unknown petition, or when nothing changes.
    """
    require(actor, MANAGE)
    if not reason.strip():
        raise Refused(_("Say why."), "reason")
    if by_hand not in ("", *Hand.values):
        raise Refused(_("Choose one of these."), "by_hand")
    if not Petition.objects.filter(pk=petition_id).exists():
        raise Refused(_("There is no petition of this number."), "petition_id")
    mode, _made = ChallengeMode.objects.select_for_update().get_or_create(petition_id=petition_id)
    if mode.by_hand == by_hand:
        raise Refused(_("Nothing was changed."), "by_hand")
    details = {"by_hand": [mode.by_hand, by_hand]}
    mode.by_hand, mode.changed_at = by_hand, now
    mode.save()
    _record("challenge.switch", petition_id, actor_id=actor.pk, reason=reason.strip(), **details)
    transaction.on_commit(forget)
    return mode


@transaction.atomic
def keep_on(petition_ids: Iterable[int], cause: str, *, until: datetime, now: datetime) -> None:
    """Let the clock keep the challenge of these petitions on until ``until``. A start leaves an audit row."""
    ids = sorted(petition_ids)
    ChallengeMode.objects.bulk_create([ChallengeMode(petition_id=one) for one in ids], ignore_conflicts=True)
    for mode in ChallengeMode.objects.select_for_update().filter(petition_id__in=ids).order_by("petition_id"):
        if mode.until is None and not mode.by_hand:
            _record("challenge.start", mode.petition_id, cause=cause)
        mode.until, mode.cause, mode.changed_at = until, cause, now
        mode.save()


@transaction.atomic
def end_due(now: datetime) -> int:
    """End what the clock had put on and kept on no longer; how many. Each leaves an audit row."""
    over = ChallengeMode.objects.select_for_update().filter(until__lte=now).order_by("petition_id")
    for mode in over:
        if not mode.by_hand:
            _record("challenge.end", mode.petition_id, cause=mode.cause)
        mode.until, mode.cause, mode.changed_at = None, "", now
        mode.save()
    return len(over)


def _record(action: str, petition_id: int, *, actor_id: int | None = None, reason: str = "", **details: object) -> None:
    audit.services.record(
        action=action,
        subject_kind="petition",
        subject_id=petition_id,
        actor_id=actor_id,
        reason=reason,
        details=details,
    )
