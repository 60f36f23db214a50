"""Where each run is kept, with the machine it ran on and its date."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

HERE = Path(__file__).parent


def machine(postgresql: str) -> list[str]:
    """What a figure depends on: processor, memory, system, versions, and which state of the project it is."""
    processor = platform.processor() or platform.machine()
    for line in _words("/proc/cpuinfo").splitlines():
        if line.startswith("model name"):
            processor = line.partition(":")[2].strip()
            break
    return [
        f"{os.cpu_count()} x {processor}, {psutil.virtual_memory().total / 2**30:.0f} GiB memory, {platform.system()} "
        f"{platform.release()}",
        f"Python {platform.python_version()}, Django {version('Django')}, granian {version('granian')}, "
        f"psycopg {version('psycopg')}, PostgreSQL {postgresql}; fsync and synchronous_commit on",
        f"state {_revision()}",
    ]


def keep(name: str, text: str, *, now: datetime | None = None) -> Path:
    """Write a run down; the file."""
    path = HERE / f"{(now or datetime.now(UTC)):%Y-%m-%dT%H%M}Z-{name}.md"
    path.write_text(text)
    return path


def _words(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def _revision() -> str:
    root = HERE.parents[1]
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=root, capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or "unknown"
