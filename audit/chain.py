"""The arithmetic of the chained log. Pure: a row's content as bytes, and each link made from the one before it.

Anybody can do it again from a dump of the log, in any language: docs/audit.md says how. Never change it: a log that was
sealed one way must be verified the same way for good.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

# What stands before the first link.
START = bytes(32)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def content(
    *,
    id: int,
    at: datetime,
    actor_id: int | None,
    action: str,
    subject_kind: str,
    subject_id: int,
    reason: str,
    details: dict[str, Any],
) -> bytes:
    """32 bytes that stand for all columns of one entry: SHA-256 over them as JSON in ASCII, keys sorted, no spaces.

    The time is in whole microseconds since 1970 (UTC).
    """
    since = at - EPOCH
    microseconds = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    columns = [id, microseconds, actor_id, action, subject_kind, subject_id, reason, details]
    return hashlib.sha256(json.dumps(columns, sort_keys=True, separators=(",", ":")).encode("ascii")).digest()


def link(before: bytes, number: int, content: bytes) -> bytes:
    """The digest of link ``number`` after the link whose digest is ``before``: SHA-256 over both and the content."""
    return hashlib.sha256(before + number.to_bytes(8) + content).digest()
