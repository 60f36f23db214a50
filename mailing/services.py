"""Queueing a mail: one row in the caller's transaction."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from mailing import kinds

# A set at a time: millions are queued at some 50,000 a second.
QUEUE = """
INSERT INTO mailing_mail
    (kind, priority, petition_id, row_id, details, once_key, state, created_at, due_at, attempts, error)
SELECT %(kind)s, %(priority)s, %(petition_id)s, given.row_id, %(details)s::jsonb, given.once_key, 'queued',
    coalesce(%(now)s, statement_timestamp()), coalesce(%(due_at)s, statement_timestamp()), 0, ''
FROM unnest(%(rows)s::bigint[], %(keys)s::text[]) AS given (row_id, once_key)
ON CONFLICT DO NOTHING
"""


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
    given = list(rows)
    if not given:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            QUEUE,
            {
                "kind": kind,
                "priority": priority,
                "petition_id": petition_id,
                "details": json.dumps(details or {}),
                "rows": [row_id for row_id, _key in given],
                "keys": [once_key for _row, once_key in given],
                "now": now,
                "due_at": due_at or now,
            },
        )
