"""How far a command is: a bar on a terminal, plain lines elsewhere."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Protocol, Self

from tqdm import tqdm

LINES = 4
TALKATIVE = ("wagtail", "django_tasks", "access")


class Out(Protocol):
    """Where a command writes: its own output, or a file."""

    def isatty(self) -> bool: ...
    def write(self, msg: str, /) -> object: ...
    def flush(self) -> None: ...


class Progress:
    """Counts what is done of ``total``; use it as a context manager."""

    def __init__(self, title: str, total: int, out: Out) -> None:
        self._title = title
        self._total = total
        self._out = out
        self._done = 0
        self._bar = tqdm(total=total, desc=title, unit="") if out.isatty() else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def advance(self, amount: int = 1) -> None:
        """So many more are done."""
        before, self._done = self._done, self._done + amount
        if self._bar is not None:
            self._bar.update(amount)
        elif self._total and before * LINES // self._total < self._done * LINES // self._total:
            self._out.write(f"{self._title}: {self._done} of {self._total}\n")
            self._out.flush()


@contextmanager
def without_chatter() -> Iterator[None]:
    """Keeps what is said of every single page and request out of a command's output; warnings pass."""
    loggers = [(logger := logging.getLogger(name), logger.level) for name in TALKATIVE]
    for logger, _level in loggers:
        logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        for logger, level in loggers:
            logger.setLevel(level)
