"""Each process counts into files of its own, and one answer sums them all (prometheus_client, multiprocess)."""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from prometheus_client import REGISTRY, Metric
from prometheus_client.multiprocess import MultiProcessCollector

KEPT_SECONDS = 7 * 24 * 3600


class Counted:
    """What all processes of this machine have counted, living and dead."""

    def collect(self) -> Iterable[Metric]:
        """The sums; of this process alone where it keeps no files."""
        if settings.METRICS_FOLDER is None:
            return REGISTRY.collect()
        return MultiProcessCollector.merge([str(path) for path in settings.METRICS_FOLDER.glob("*/*.db")])


def forget_dead() -> None:
    """Drop the files of this role's processes that ended a week ago: they would be more with every restart."""
    if settings.METRICS_FOLDER is None:
        return
    oldest = time.time() - KEPT_SECONDS
    for path in Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).glob("*.db"):
        number = path.stem.rpartition("_")[2]
        with suppress(FileNotFoundError):  # another process that starts now was faster
            if path.stat().st_mtime < oldest and not (number.isdecimal() and Path(f"/proc/{number}").exists()):
                path.unlink()
