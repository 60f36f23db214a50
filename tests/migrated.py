"""Migrations take half a minute. What they make of an empty database is kept for as long as the code is the same."""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "migrated"
NEITHER = {"tests", "benchmarks"}  # what no migration can read


def migrate(database: str, binaries: Path) -> None:
    """Bring the empty database at this address to where all migrations lead. ``binaries`` are its server's own.

    The first to do so with this code runs them, while others wait for what it keeps. Raises CalledProcessError.
    """
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code = _code()
        kept = KEPT / f"{code}.dump"
        if not kept.exists():
            _run_migrations(database)
            if code == _code():  # nobody wrote on meanwhile
                _keep(_run([str(binaries / "pg_dump"), "--format", "custom", database]), kept)
            return
        dump = kept.read_bytes()
    _run([str(binaries / "pg_restore"), "--exit-on-error", "--dbname", database], dump)


def _code() -> str:
    """A digest of everything that migrations may run or read: our packages, and the versions of all others."""
    digest = hashlib.sha256(sys.version.encode())
    for path in _files():
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    yield ROOT / "requirements" / "run.lock"
    for package in sorted(made.parent for made in ROOT.glob("*/__init__.py")):
        if package.name not in NEITHER:
            yield from sorted(path for path in package.rglob("*") if path.suffix != ".pyc" and path.is_file())


def _run_migrations(database: str) -> None:
    environment = {**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    _run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], environment=environment)


def _keep(dump: bytes, kept: Path) -> None:
    """Put it in its place at once, and throw away what belongs to older code."""
    for old in KEPT.glob("*.dump"):
        old.unlink()
    unfinished = kept.with_suffix(".unfinished")
    unfinished.write_bytes(dump)
    unfinished.rename(kept)


def _run(command: list[str], given: bytes = b"", *, environment: dict[str, str] | None = None) -> bytes:
    done = subprocess.run(command, cwd=ROOT, env=environment, input=given, stdout=subprocess.PIPE, check=True)
    return done.stdout
