"""Writing to the log. Reading it is the auditor's screen."""

from typing import Any

from audit.models import Entry


def record(
    *,
    action: str,
    subject_kind: str,
    subject_id: int,
    actor_id: int | None = None,
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Append one act, in the caller's transaction: the act and its entry stand or fall together.

    ``action`` reads ``room.verb`` (``petition.approve``); ``actor_id`` is None for a clock. Callers keep personal data
    of citizens out of ``reason`` and ``details``.
    """
    Entry.objects.create(
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        actor_id=actor_id,
        reason=reason,
        details=details or {},
    )
