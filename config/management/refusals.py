"""Naming the lines that a load refused, without flooding whoever reads it."""

from collections import Counter
from typing import Protocol

from petitions.importing.lines import Refused


class Out(Protocol):
    def write(self, msg: str) -> object: ...


class Refusals:
    """Takes refused lines in order, writes each run of neighbours with one reason as one line, and counts by file."""

    def __init__(self, out: Out) -> None:
        self.counts: Counter[str] = Counter()
        self._out = out
        self._first: Refused | None = None
        self._last: Refused | None = None

    def add(self, refused: Refused) -> None:
        """One more line that was not loaded."""
        self.counts[refused.file] += 1
        last = self._last
        if last and (refused.file, refused.line, refused.reason) == (last.file, last.line + 1, last.reason):
            self._last = refused
            return
        self.flush()
        self._first = self._last = refused

    def flush(self) -> None:
        """Write what is not written yet."""
        first, last = self._first, self._last
        if first and last:
            lines = f"line {first.line}" if first == last else f"lines {first.line}-{last.line}"
            self._out.write(f"Refused: {first.file} {lines}: {first.reason}")
        self._first = self._last = None
