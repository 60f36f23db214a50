"""The ledger of erasures: what a restored backup must lose again. A file apart from the database, appended to only.

A line names a signature by its numbers and says when its owner asked; it holds no personal data. It is on disk before
the owner is told that their data are gone (decision 0093).
"""

import json
import os
from collections.abc import Iterable
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


class NotWritten(Exception):
    """The ledger can't be written: nothing may be erased."""


def append(erasures: Iterable[Erasure]) -> None:
    """Write these down and wait until they are on disk. Raises NotWritten.

    Many processes may append at once: each writes its lines in one go.
    """
    lines = "".join(f"{_line(erasure)}\n" for erasure in erasures)
    if not lines:
        return
    path = Path(settings.ERASURE_LEDGER)
    try:
        is_new = not path.exists()
        # A line of its own to begin with: what a crash cut off before spoils nothing that comes after it.
        _write(path, f"\n{lines}".encode())
        if is_new:
            _sync_folder(path.parent)
    except OSError as error:
        raise NotWritten from error


def read(path: Path) -> tuple[list[Erasure], list[int]]:
    """The entries of a ledger, oldest first, and the numbers of lines that are none: cut off by a crash, or changed.

    Raises OSError.
    """
    entries, broken = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
            entries.append(
                Erasure(int(given["petition"]), int(given["signature"]), datetime.fromisoformat(given["at"]))
            )
        except (ValueError, KeyError, TypeError):
            broken.append(number)
    return entries, broken


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
