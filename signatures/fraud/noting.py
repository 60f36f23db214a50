"""The public is told when many counted signatures of a petition were rejected."""

from datetime import datetime

from django.db import connection

import petitions.services
from petitions import limits
from petitions.models.timeline import EventKind
from signatures.fraud.moves import Moved
from signatures.models import Act

REMOVE = """
INSERT INTO signatures_removal AS kept (petition_id, removed, noted) VALUES (%s, %s, 0)
ON CONFLICT (petition_id) DO UPDATE SET removed = kept.removed + EXCLUDED.removed
RETURNING removed - noted
"""
NOTE = "UPDATE signatures_removal SET noted = removed WHERE petition_id = %s RETURNING removed"


def removed(act: Act | str, moved: Moved) -> int:
    """How many counted signatures this act removed for good; negative for those it brought back."""
    return {Act.REJECT: moved.were_counted, Act.REINSTATE: -moved.were_counted}.get(Act(act), 0)


def note_removed(*, petition_id: int, removed: int, now: datetime) -> bool:
    """Add ``removed`` signatures (negative: reinstated ones) to those that were counted and then rejected.

    Once more than ``Limits.removals_noted`` have come together since the last note, the petition's timeline gets the
    next one, which says how many, and its creator is told; whether it did. Small removals add up: many of them are not
    quieter than a large one. In the caller's transaction.
    """
    if not removed:
        return False
    with connection.cursor() as cursor:
        cursor.execute(REMOVE, [petition_id, removed])
        waiting = cursor.fetchone()[0]
        if waiting <= limits.current().removals_noted:
            return False
        cursor.execute(NOTE, [petition_id])
    petitions.services.record_event(
        petition_id=petition_id,
        kind=EventKind.REMOVED,
        key=now.isoformat(),
        details={"signatures": waiting},
        tells_creator=True,
        now=now,
    )
    return True
