"""The state folder: who holds it, and which processes the holder started."""

import contextlib
import fcntl
import json
import os
import signal
import time
from pathlib import Path

import psutil

from config.stack.errors import StackError

STOP_SECONDS = 15


class StateFolder:
    """One folder, held by one run at a time. A run that died is recognised by its free lock and taken over."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._notes = self.path / "run"
        self._lock: int | None = None

    def hold(self) -> list[str]:
        """Take the folder for this process. Gives the names of processes that a dead run had left and that were ended.

        Raises StackError when a living run holds it.
        """
        try:
            self._notes.mkdir(parents=True, exist_ok=True)
            while self._lock is None:
                self._lock = self._try_lock()
        except OSError as error:
            raise StackError(f"{self.path} cannot be used: {error.strerror}.") from error
        return self._end_left_behind()

    def _try_lock(self) -> int | None:
        """The locked file; None when it was removed by its last holder at this very moment."""
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            # A record lock, not flock: helpers forked by this process must not keep it alive after our death.
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(lock, 32, 0).decode().strip() or "unknown"
            os.close(lock)
            raise StackError(
                f"{self.path} is in use by a running process (pid {holder}); stop that one first."
            ) from None
        try:
            current = (self.path / "lock").stat().st_ino == os.fstat(lock).st_ino
        except FileNotFoundError:
            current = False
        if not current:
            os.close(lock)
            return None
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        return lock

    def release(self) -> None:
        """Give the folder back; harmless when it is not held."""
        if self._lock is not None:
            (self.path / "lock").unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = None

    def note(self, name: str, pid: int) -> None:
        """Remember a process that leads a process group of its own, so that a later run can end it."""
        started = psutil.Process(pid).create_time()
        (self._notes / f"{name}.json").write_text(json.dumps({"pid": pid, "started": started}))

    def forget(self, name: str) -> None:
        """Drop the note of a process that has ended."""
        (self._notes / f"{name}.json").unlink(missing_ok=True)

    def _end_left_behind(self) -> list[str]:
        ended = []
        for note in sorted(self._notes.glob("*.json"), key=_stop_order):
            try:
                recorded = json.loads(note.read_text())
                if end_group(recorded["pid"], started=recorded["started"]):
                    ended.append(note.stem)
            except (ValueError, KeyError, TypeError):
                pass  # Half-written by a run that was killed at that very moment.
            note.unlink(missing_ok=True)
        return ended


def _stop_order(note: Path) -> tuple[bool, str]:
    """Servers go last: what uses them must not see them vanish."""
    return note.stem in {"postgresql", "redis"}, note.stem


def end_group(leader: int, *, started: float) -> bool:
    """End the process group of `leader`, politely then by force. False when no such group of that start time lives."""
    members = group_members(leader)
    if any(member.pid == leader and abs(_started(member) - started) > 1 for member in members):
        return False  # The number has been given to somebody else since.
    if not members:
        return False
    # PostgreSQL takes SIGINT as "fast shutdown"; SIGTERM would wait for its clients.
    polite = signal.SIGINT if any(_name(member) == "postgres" for member in members) else signal.SIGTERM
    _signal([member for member in members if member.pid == leader] or members, polite)
    if not _gone(leader):
        _signal(group_members(leader), signal.SIGKILL)
        _gone(leader)
    return True


def _gone(leader: int) -> bool:
    deadline = time.monotonic() + STOP_SECONDS
    while group_members(leader):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def group_members(leader: int) -> list[psutil.Process]:
    """The process itself and all living ones of its group (zombies left out)."""
    members = []
    for process in psutil.process_iter():
        try:
            if leader in (process.pid, os.getpgid(process.pid)) and process.status() != psutil.STATUS_ZOMBIE:
                members.append(process)
        except (ProcessLookupError, PermissionError, psutil.Error):
            continue
    return members


def _signal(receivers: list[psutil.Process], number: int) -> None:
    for receiver in receivers:
        with contextlib.suppress(psutil.NoSuchProcess):
            receiver.send_signal(number)


def _started(process: psutil.Process) -> float:
    try:
        return process.create_time()
    except psutil.Error:
        return 0.0


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return ""
