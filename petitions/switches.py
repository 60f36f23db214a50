"""What administrators switch for the whole site: signing, creation and the notice. Read often and changed seldom."""

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import Error
from django.db.models import Q
from django.utils import timezone

from petitions.models import SigningPause, SiteSwitches

CACHED_SECONDS = 5
# Nothing asks for pauses that ended longer ago.
PAUSES_REMEMBERED = timedelta(days=60)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Pause:
    """A time in which nothing could be signed; ``ended_at`` is None while it lasts."""

    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Switches:
    """How the switches stand: ``notice`` by language (empty: none), ``pauses`` those of signing, newest first."""

    signing_paused_at: datetime | None = None
    creation_paused_at: datetime | None = None
    notice: dict[str, str] = field(default_factory=dict)
    pauses: tuple[Pause, ...] = ()

    @property
    def signing_paused(self) -> bool:
        return self.signing_paused_at is not None

    @property
    def creation_paused(self) -> bool:
        return self.creation_paused_at is not None


_cached: tuple[float, Switches] | None = None
_lock = threading.Lock()


def current() -> Switches:
    """How the switches stand, as it was at most five seconds ago.

    Never fails: where the database does not answer they stay as they were last seen, and one caller in five seconds
    asks it again.
    """
    cached = _cached
    if cached and cached[0] >= time.monotonic():
        return cached[1]
    # Others go on with what is known while one asks; the first ones of a process wait for it.
    if not _lock.acquire(blocking=cached is None):
        return cached[1] if cached else Switches()
    try:
        return _renew()
    finally:
        _lock.release()


def remember(switches: Switches, *, seconds: float) -> None:
    """Take the switches to stand like this for so long."""
    global _cached
    _cached = (time.monotonic() + seconds, switches)


def forget() -> None:
    """Read the switches anew at the next question."""
    global _cached
    _cached = None


def grace_began(now: datetime, grace: timedelta) -> datetime:
    """The moment from which until ``now`` signing was possible for as long as ``grace``: the pauses do not count."""
    began, missing = now, grace
    for pause in current().pauses:
        if pause.began_at >= began:
            continue
        unpaused = began - min(pause.ended_at or now, began)
        if unpaused >= missing:
            break
        missing -= unpaused
        began = pause.began_at
    return began - missing


def _renew() -> Switches:
    known = _cached[1] if _cached else Switches()
    if _cached is None or _cached[0] < time.monotonic():
        try:
            known = _stored()
        except Error as error:
            log.warning("switches_not_read", error=type(error).__name__)
        remember(known, seconds=CACHED_SECONDS)
    return known


def _stored() -> Switches:
    row = SiteSwitches.objects.first() or SiteSwitches()
    remembered = Q(ended_at=None) | Q(ended_at__gt=timezone.now() - PAUSES_REMEMBERED)
    pauses = [Pause(*times) for times in SigningPause.objects.filter(remembered).values_list("began_at", "ended_at")]
    return Switches(
        signing_paused_at=next((pause.began_at for pause in pauses if pause.ended_at is None), None),
        creation_paused_at=row.creation_paused_at,
        notice={"en": row.notice, "fr": row.notice_fr} if row.notice else {},
        pauses=tuple(pauses),
    )
