"""The timeline: what happened, in public or for the creator only, and who is mailed about it."""

from datetime import datetime
from typing import Any

from petitions.models import Event
from petitions.models.timeline import EventKind


def record_event(
    *,
    petition_id: int,
    kind: EventKind | str,
    key: str = "",
    text: dict[str, str] | None = None,
    details: dict[str, Any] | None = None,
    link: str = "",
    region_text: dict[str, dict[str, str]] | None = None,
    public: bool = True,
    tells_creator: bool = False,
    tells_signers: bool = False,
    now: datetime,
) -> Event | None:
    """Add a dated entry in the caller's transaction; None when (petition, kind, key) is there already.

    ``text`` is staff's words by language. The sweep in ``signatures`` mails those whom the entry tells.
    """
    event, created = Event.objects.get_or_create(
        petition_id=petition_id,
        kind=kind,
        key=key,
        defaults={
            "happened_at": now,
            "text": text or {},
            "details": details or {},
            "link": link,
            "region_text": region_text or {},
            "public": public,
            "tells_creator": tells_creator,
            "tells_signers": tells_signers,
        },
    )
    return event if created else None
