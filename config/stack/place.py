"""Where a server may keep its files: short socket paths, and folders a service user can reach when we are root."""

import contextlib
import grp
import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from config.stack.errors import StackError

SERVICE_USERS = ("postgres", "nobody")
CLOSED_CLONE_HOME = Path("/var/lib/redress")
LONGEST_SOCKET_PATH = 99  # bytes; the system's own limit is 107, PostgreSQL's and Redis's names are within this
LEAST_FREE_BYTES = 300 * 1024 * 1024


def service_user() -> pwd.struct_passwd | None:
    """The account PostgreSQL runs under when we are root (it refuses root); None when we are somebody already."""
    if os.geteuid() != 0:
        return None
    for name in SERVICE_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise StackError("Running as root needs a user named 'postgres' or 'nobody' to run PostgreSQL under.")


def run_as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """Arguments for subprocess that make a child run as that user."""
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": _groups_of(user)}


def _groups_of(user: pwd.struct_passwd) -> list[int]:
    return [group.gr_gid for group in grp.getgrall() if user.pw_name in group.gr_mem]


def reachable(path: Path, user: pwd.struct_passwd | None) -> bool:
    """Whether that user can read and enter `path`, found by trying as that user, without changing any folder's mode."""
    if user is None:
        return os.access(path, os.R_OK | os.X_OK)
    test = shutil.which("test") or "/usr/bin/test"
    tried = subprocess.run([test, "-r", str(path), "-a", "-x", str(path)], cwd="/", check=False, **run_as(user))
    return tried.returncode == 0


def server_home(state: Path, user: pwd.struct_passwd | None) -> Path:
    """The folder for PostgreSQL's files: inside the state folder, or outside when that was closed to its user.

    Once chosen it stays. Raises StackError when the folder inside has been closed since: data is never left behind.
    """
    state.mkdir(parents=True, exist_ok=True)
    inside, outside, token = _homes(state)
    if user is None or (reachable(state, user) and not token.exists()):
        return _owned(inside, user)
    if inside.exists():
        raise StackError(
            f"User {user.pw_name}, who runs PostgreSQL, cannot enter {inside} any more; open the folders above."
        )
    CLOSED_CLONE_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    _drop_orphan(outside, token)
    return _owned(outside, user)


def erase_homes(state: Path) -> None:
    """Throw PostgreSQL's files away, wherever they are (server stopped)."""
    inside, outside, token = _homes(state)
    for home in (inside, outside):
        shutil.rmtree(home, ignore_errors=True)
    token.unlink(missing_ok=True)


def _homes(state: Path) -> tuple[Path, Path, Path]:
    """Inside, outside, and the token that ties the one outside to this state folder."""
    return state / "postgresql", CLOSED_CLONE_HOME / _digest(state), state / "postgresql.token"


def _drop_orphan(home: Path, token: Path) -> None:
    """Remove a cluster whose state folder was deleted: its keys went with that folder, so nobody can read it."""
    mark = home / "token"
    if home.exists() and not (token.exists() and mark.exists() and token.read_text() == mark.read_text()):
        shutil.rmtree(home)
    if not home.exists():
        home.mkdir(mode=0o700)
        token.write_text(secrets.token_hex(8))
        mark.write_text(token.read_text())


def socket_folder(wanted: Path, longest_name: str, user: pwd.struct_passwd | None) -> Path:
    """`wanted`, or a short private folder when a socket of that name in `wanted` would have too long a path."""
    if len(os.fsencode(wanted / longest_name)) <= LONGEST_SOCKET_PATH:
        return _owned(wanted, user)
    return _owned(Path(tempfile.gettempdir()) / f"redress-{os.geteuid()}-{_digest(wanted)}", user)


def drop_socket_folder(folder: Path) -> None:
    """Remove a folder that `socket_folder` had to make elsewhere."""
    if folder.parent == Path(tempfile.gettempdir()):
        with contextlib.suppress(OSError):
            folder.rmdir()


def require_space(path: Path) -> None:
    """Raises StackError when the disk under `path` is (nearly) full."""
    free = shutil.disk_usage(path).free
    if free < LEAST_FREE_BYTES:
        raise StackError(
            f"The disk that holds {path} is full: {free // 1024**2} MB free, {LEAST_FREE_BYTES // 1024**2} MB needed."
        )


def _owned(path: Path, user: pwd.struct_passwd | None) -> Path:
    """Make `path` a private folder of that user. Raises StackError when somebody else's folder stands there."""
    owner = user.pw_uid if user else os.geteuid()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if found.st_uid == os.geteuid() and user:
        os.chown(path, user.pw_uid, user.pw_gid)
    elif found.st_uid != owner:
        raise StackError(f"{path} belongs to another user (id {found.st_uid}); remove it or choose another folder.")
    return path


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
