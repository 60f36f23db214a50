"""How long petitions wait for a moderator, told to those who wait: what was decided lately, and what still waits."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Min, Q

from cms.kept import Kept
from petitions.models import Petition
from petitions.models.petition import DECIDED_AT, Source

DECIDED = 50  # the last so many tell what is usual
KEPT_SECONDS = 60


@dataclass(frozen=True)
class Usual:
    """In whole days: of those decided last, half waited ``half`` or less and nine in ten ``most`` or less.

    ``waiting`` petitions are in the queue; the oldest has been there since ``since``.
    """

    half: int
    most: int
    waiting: int
    since: datetime | None


def usual() -> Usual | None:
    """What is usual now, at most a minute old; None before the first decision."""
    return _kept()


def forget() -> None:
    """Look anew at the next question."""
    _kept.forget()


def ahead(petition: Petition) -> int:
    """How many petitions were handed in before this one and wait as well."""
    since = petition.moderation_threshold_reached_at
    if since is None:
        return 0
    before = Q(moderation_threshold_reached_at__lt=since) | Q(moderation_threshold_reached_at=since, pk__lt=petition.pk)
    return Petition.objects.in_moderation().filter(before).count()


def days(since: datetime, now: datetime) -> int:
    """Whole days between two moments, begun ones included."""
    return math.ceil((now - since) / timedelta(days=1))


def _read() -> Usual | None:
    decided = (
        Petition.objects.filter(moderation_threshold_reached_at__isnull=False, source=Source.HERE)
        .annotate(decided_at=DECIDED_AT)
        .filter(decided_at__isnull=False)
        .order_by(F("decided_at").desc())
        .values_list("moderation_threshold_reached_at", "decided_at")[:DECIDED]
    )
    waits = sorted(days(since, at) for since, at in decided)
    if not waits:
        return None
    queue = Petition.objects.in_moderation().aggregate(number=Count("*"), since=Min("moderation_threshold_reached_at"))
    return Usual(
        half=waits[(len(waits) - 1) // 2],
        most=waits[math.ceil(0.9 * len(waits)) - 1],
        waiting=queue["number"],
        since=queue["since"],
    )


_kept = Kept(_read, seconds=KEPT_SECONDS)
