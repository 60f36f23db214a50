"""The first few who sign by the secret link, before a moderator looks at the petition."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

import petitions.services
from petitions import limits
from petitions.lifecycle import State
from petitions.models import Petition
from signatures.models import Role, Signature, SignatureState

MOST = 20
_LOCK_SPACE = 0x5EED  # of the two-number advisory locks; the second number is the petition's


def lock_early(petition_id: int) -> None:
    """Let one transaction at a time change signatures of a petition that is not open yet.

    Taken before any row's lock. Open petitions are never locked like this.
    """
    with connection.cursor() as cursor:
        # Petitions whose numbers differ by a multiple of 2^31 share a lock, which costs them only patience.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, petition_id % 2**31])


def has_room(*, petition_id: int, signer_key: bytes) -> bool:
    """Whether this signer is or can become one of the 20 supporters. Under ``lock_early``."""
    others = Signature.objects.filter(
        petition_id=petition_id,
        role=Role.SUPPORTER,
        state__in=(SignatureState.PENDING, SignatureState.CONFIRMED),
    ).exclude(signer_key=signer_key)
    return others.count() < MOST


def count(*, petition_id: int, now: datetime) -> None:
    """Tell the petition how many supporters have confirmed. Under ``lock_early``."""
    confirmed = _confirmed().filter(petition_id=petition_id).count()
    petitions.services.record_supporters(petition_id=petition_id, count=confirmed, now=now)


def sweep(now: datetime) -> int:
    """Count again where the petition's number differs from the rows, or suffices since less is asked for; how many
    petitions.
    """
    rows = _confirmed().filter(petition_id=OuterRef("pk")).order_by().values("petition_id")
    differing = (
        Petition.objects.filter(state=State.GATHERING_SUPPORT)
        .annotate(confirmed=Coalesce(Subquery(rows.annotate(number=Count("*")).values("number")), 0))
        .filter(~Q(confirmed=F("supporter_count")) | Q(confirmed__gte=limits.current().supporters))
        .values_list("pk", flat=True)
    )
    for petition_id in differing:
        with transaction.atomic():
            lock_early(petition_id)
            count(petition_id=petition_id, now=now)
    return len(differing)


def _confirmed() -> QuerySet[Signature]:
    return Signature.objects.filter(role=Role.SUPPORTER, state=SignatureState.CONFIRMED)
