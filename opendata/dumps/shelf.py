"""Where dumps stand: a folder for each, named by when it was made. A reader finds a whole one or none."""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from opendata.dumps import writing
from opendata.dumps.writing import MANIFEST, SUMS, Done, File
from petitions.lifecycle import State
from petitions.models import Petition

KEPT = 7
NIGHT_HOUR = 3  # of the site's time zone: from then on a day's dump is due
NAME = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
FORM = "%Y%m%dT%H%M%SZ"
MAKING = ".making-"


class Busy(Exception):
    """A dump is being made by somebody else."""


@dataclass(frozen=True)
class Dump:
    """One dump as it stands."""

    name: str
    files: tuple[File, ...]

    @property
    def made_at(self) -> datetime:
        return _made_at(self.name)

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)

    def path(self, name: str) -> Path | None:
        """Where one of its files lies; None for what is none of them."""
        known = {file.name for file in self.files} | {SUMS, MANIFEST}
        return _root() / self.name / name if name in known else None


def dumps() -> list[Dump]:
    """All that stand, the newest first."""
    return [dump for name in _names() if (dump := find(name))]


def find(name: str) -> Dump | None:
    """The dump of this name; None where there is none."""
    if not NAME.fullmatch(name):
        return None
    try:
        manifest: dict[str, Any] = orjson.loads((_root() / name / MANIFEST).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Dump(name, tuple(File(**file) for file in manifest["files"]))


def newest() -> Dump | None:
    """The dump that was made last."""
    return next(iter(dumps()), None)


def is_due(now: datetime) -> bool:
    """Whether there is none at all, none of this day though its night is over, or one that holds what was hidden."""
    name = next(iter(_names()), None)
    if name is None:
        return True
    here, made_at = timezone.localtime(now), _made_at(name)
    is_old = timezone.localtime(made_at).date() < here.date() and here.hour >= NIGHT_HOUR
    return is_old or bool((hidden_at := _last_hidden_at()) and hidden_at > made_at)


def make(*, now: datetime, done: Done = lambda _number: None) -> Dump:
    """Make a dump of everything that is public now, and let the oldest go. Raises Busy, OSError.

    Those that were made before something was hidden go at once. Whatever fails on the way, the dumps that stood stand.
    """
    root = _root()
    root.mkdir(parents=True, exist_ok=True)
    with _alone(root):
        for left in root.glob(f"{MAKING}*"):
            shutil.rmtree(left)
        folder = Path(tempfile.mkdtemp(prefix=MAKING, dir=root))
        try:
            with writing.one_moment():
                files = writing.write(folder, now=now, done=done)
            folder.chmod(0o755)
            dump = Dump(now.astimezone(UTC).strftime(FORM), tuple(files))
            os.replace(folder, root / dump.name)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        hidden_at = _last_hidden_at()
        for place, name in enumerate(_names()):
            if place >= KEPT or (hidden_at and _made_at(name) < hidden_at < dump.made_at):
                shutil.rmtree(root / name)
    return dump


def _last_hidden_at() -> datetime | None:
    """When something that may stand in older dumps was last taken from sight."""
    return Petition.objects.filter(state=State.HIDDEN).aggregate(last=Max("hidden_at"))["last"]


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Keep others on this disk from making one. The lock ends with its process."""
    with (root / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy from error
        yield


def _made_at(name: str) -> datetime:
    return datetime.strptime(name, FORM).replace(tzinfo=UTC)


def _root() -> Path:
    return Path(settings.DUMPS_ROOT)


def _names() -> list[str]:
    try:
        return sorted((path.name for path in _root().iterdir() if NAME.fullmatch(path.name)), reverse=True)
    except FileNotFoundError:
        return []
