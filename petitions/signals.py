"""What this room tells rooms above it. A signal is a wake-up, never the record: every receiver has a sweep."""

import logging
from typing import Any

from django.db import transaction
from django.dispatch import Signal

petition_changed = Signal()  # petition_id
threshold_crossed = Signal()  # petition_id, crossing_id
threshold_undercut = Signal()  # petition_id, crossing_id
petition_answered = Signal()  # petition_id
answer_rated = Signal()  # petition_id

logger = logging.getLogger(__name__)


def announce(signal: Signal, **ids: int) -> None:
    """Send ``signal`` with ids once the current transaction is committed. Never raises and never retries: a receiver
    that fails is logged, and its sweep finds the work in the tables.
    """
    transaction.on_commit(lambda: _send(signal, ids), robust=True)


def _send(signal: Signal, ids: dict[str, Any]) -> None:
    for receiver, result in signal.send_robust(sender=None, **ids):
        if isinstance(result, Exception):
            logger.warning("receiver_failed receiver=%s error=%s", receiver.__module__, type(result).__name__)
