"""Waiting for what other threads do."""

import time
from collections.abc import Callable

LONGEST_SECONDS = 20


def until(is_so: Callable[[], bool]) -> None:
    """Wait until this is so. Fails where it does not become so."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.002)
