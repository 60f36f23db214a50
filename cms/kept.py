"""What is read often and changed seldom, kept by each process for some seconds."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog
from django.db import Error

log = structlog.get_logger(__name__)

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """Call it for the value, which ``read`` gave at most ``seconds`` ago.

    One caller reads anew; others go on with what is known meanwhile, so that not every request of a moment asks the
    database. Where that does not answer, what is known holds on. Raises its errors only while nothing is known.
    """

    def __init__(self, read: Callable[[], Value], *, seconds: float) -> None:
        self._read = read
        self._seconds = seconds
        self._kept: tuple[float, Value] | None = None
        self._lock = threading.Lock()

    def __call__(self) -> Value:
        kept = self._kept
        if kept and kept[0] > time.monotonic():
            return kept[1]
        # The first ones of a process wait for the one who reads.
        if not self._lock.acquire(blocking=kept is None) and kept:
            return kept[1]
        try:
            known = self._kept
            if known and known[0] > time.monotonic():
                return known[1]
            value = self._anew(known)
            self.remember(value, seconds=self._seconds)
            return value
        finally:
            self._lock.release()

    def _anew(self, known: tuple[float, Value] | None) -> Value:
        try:
            return self._read()
        except Error as error:
            if known is None:
                raise
            log.warning("kept_unread", what=self._read.__module__, error=type(error).__name__)
            return known[1]

    def remember(self, value: Value, *, seconds: float) -> None:
        """Take this to be the value for so long."""
        self._kept = (time.monotonic() + seconds, value)

    def forget(self) -> None:
        """Read anew at the next question."""
        self._kept = None
