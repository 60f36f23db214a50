"""The ledger of erasures: what a restored backup must lose again. A file apart from the database, appended to only.

A line names a signature by its numbers and says when its owner asked; it holds no personal data. It is on disk before
the owner is told that their data are gone (decision 0093).
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Erasure:
    """One signature whose personal data were erased at ``at``."""

    petition_id: int
    row_id: int
    at: datetime


class Unreadable(Exception):
    """The file ``path`` has lines that are no entries: cut off by a crash, or changed. ``lines`` has their numbers."""

    def __init__(self, path: Path, lines: list[int]) -> None:
        super().__init__(f"{path}: lines {', '.join(map(str, lines))}")
        self.lines = lines


def append(erasures: Iterable[Erasure]) -> None:
    """Write these down and wait until they are on disk. Raises OSError when they can't be: then nothing may be erased.

    Many processes may append at once: each writes its lines in one go.
    """
    lines = "".join(f"{_line(erasure)}\n" for erasure in erasures)
    if not lines:
        return
    path = Path(settings.ERASURE_LEDGER)
    is_new = not path.exists()
    # A line of its own to begin with: what a crash cut off before spoils nothing that comes after it.
    _write(path, f"\n{lines}".encode())
    if is_new:
        _sync_folder(path.parent)


def read(path: Path) -> Iterator[Erasure]:
    """The entries of a ledger, oldest first. Raises Unreadable at the end if some lines were no entries; OSError."""
    broken = []
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                given = json.loads(line)
                yield Erasure(int(given["petition"]), int(given["signature"]), datetime.fromisoformat(given["at"]))
            except (ValueError, KeyError, TypeError):
                broken.append(number)
    if broken:
        raise Unreadable(path, broken)


def _line(erasure: Erasure) -> str:
    given = {"at": erasure.at.isoformat(), "petition": erasure.petition_id, "signature": erasure.row_id}
    return json.dumps(given, separators=(",", ":"))


def _write(path: Path, text: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.write(handle, text) != len(text):
            raise OSError("the ledger of erasures took a part only")
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    """A new file is there after a crash only when its folder is on disk as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
