"""A circuit breaker: a search server that failed is left alone for a while, and asked again by one reader.

Each process has its own, and tells the others through Redis, so that not every one of them lets a reader wait. Without
Redis each learns for itself.
"""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from django.core.cache import cache
from elasticsearch import ApiError, BadRequestError, TransportError
from prometheus_client import Counter

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")

away = Counter("redress_search_away", "Questions that the search server did not answer as it should.")

# How long it is left alone, the longer the more often it failed in a row.
SHORTEST, LONGEST = 1.0, 8.0
# How often a process whose circuit is closed looks at what the others know.
LOOKED_SECONDS = 0.5
SHARED = "search:away"
CLOSED, TRIAL = "closed", "trial"


class Away(Exception):
    """The search server does not answer as it should, or is left alone because it did not lately."""


class Breaker:
    """Calls go through it. Open after any failure: the other engine is as good, and a reader's time is dear."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until = 0.0
        self._look_at = 0.0

    def call(self, question: Callable[[], Answer]) -> Answer:
        """The answer to ``question``. Raises Away when the circuit is open, or the question fails and opens it.

        A question that the server does not take fails for its asker alone: it would not take it from anybody.
        """
        allowed = self._allowed()
        if not allowed:
            raise Away
        try:
            answer = question()
        except BadRequestError as error:
            away.inc()
            self._answered()
            raise Away from error
        except (ApiError, TransportError, Unsound) as error:
            self._failed(error, is_trial=allowed == TRIAL)
            raise Away from error
        self._answered()
        return answer

    def is_open(self) -> bool:
        """Whether the server is being left alone now."""
        return self._failures > 0

    def close(self) -> None:
        """Forget every failure."""
        with self._lock:
            self._failures, self._open_until, self._look_at = 0, 0.0, 0.0

    def _allowed(self) -> str:
        """CLOSED: ask. TRIAL: ask, alone. Empty: do not ask."""
        now = self._clock()
        if not self._failures and now >= self._look_at:
            self._look_at = now + LOOKED_SECONDS
            if cache.get(SHARED):
                self._open(SHORTEST)
        with self._lock:
            if not self._failures:
                return CLOSED
            if now < self._open_until:
                return ""
            # One reader tries; the others go on without, until that one knows.
            self._open_until = now + LONGEST
            return TRIAL

    def _failed(self, error: Exception, *, is_trial: bool) -> None:
        away.inc()
        with self._lock:
            if self._failures and not is_trial:
                return  # asked before another one's failure was known
            self._failures += 1
            seconds = min(SHORTEST * 2 ** (self._failures - 1), LONGEST)
            self._open_until = self._clock() + seconds
        if not is_trial:
            log.warning("search_server_away", error=type(error).__name__)
        cache.set(SHARED, 1, timeout=int(seconds) + 1)

    def _open(self, seconds: float) -> None:
        with self._lock:
            self._failures = max(self._failures, 1)
            self._open_until = self._clock() + seconds

    def _answered(self) -> None:
        if not self._failures:
            return
        self.close()
        cache.delete(SHARED)
        log.info("search_server_back")


class Unsound(Exception):
    """An answer that is no answer: shards failed, or it ran out of time."""


breaker = Breaker()
