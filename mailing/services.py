"""Queueing a mail: one row in the caller's transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from mailing import kinds
from mailing.models import Mail


def queue(
    kind: str,
    *,
    row_id: int,
    petition_id: int | None = None,
    details: dict[str, Any] | None = None,
    once_key: str | None = None,
    due_at: datetime | None = None,
    now: datetime | None = None,
) -> None:
    """Queue one mail of ``kind`` about ``row_id``; it leaves when the sender next wakes after the commit.

    With ``once_key`` a second call, ever, queues nothing. ``now`` is noted as its time (the database's if None); it is
    due then, or at ``due_at``. Raises KeyError for an unregistered kind.
    """
    queue_many(kind, [(row_id, once_key)], petition_id=petition_id, details=details, due_at=due_at, now=now)


def queue_many(
    kind: str,
    rows: Iterable[tuple[int, str | None]],
    *,
    petition_id: int | None = None,
    details: dict[str, Any] | None = None,
    due_at: datetime | None = None,
    now: datetime | None = None,
) -> None:
    """Queue one mail of ``kind`` for each (row id, once key) in ``rows``, in one statement."""
    priority = kinds.get(kind).priority
    times = {name: at for name, at in (("created_at", now), ("due_at", due_at or now)) if at}
    Mail.objects.bulk_create(
        [
            Mail(
                kind=kind,
                priority=priority,
                petition_id=petition_id,
                row_id=row_id,
                once_key=once_key,
                details=details or {},
                **times,
            )
            for row_id, once_key in rows
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
