"""A server process of ours: started in a session of its own, waited for, stopped, seen when it dies."""

import contextlib
import os
import pwd
import signal
import subprocess
import time
from pathlib import Path

from config.stack.errors import StackError
from config.stack.place import drop_socket_folder, run_as
from config.stack.state import StateFolder

START_SECONDS = 60
STOP_SECONDS = 30


class Server:
    """What PostgreSQL and Redis have in common. Subclasses say how they start and when they are ready."""

    name = ""
    stop_signal = signal.SIGTERM
    sockets: Path

    def __init__(self, state: StateFolder, user: pwd.struct_passwd | None = None) -> None:
        self._state = state
        self._user = user
        self.process: subprocess.Popen[bytes] | None = None
        self.log = state.path / "log" / f"{self.name}.log"

    def command(self) -> list[str]:
        """The command line of the server."""
        raise NotImplementedError

    def is_ready(self) -> bool:
        """Whether the server answers."""
        raise NotImplementedError

    def prepare(self) -> None:
        """What must exist before the first start."""

    def start(self) -> None:
        """Start and wait until it answers. Raises StackError with the server's own last words."""
        self.prepare()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            # A session of its own: a Ctrl-C in the terminal must not reach it before those who use it have ended.
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                **run_as(self._user),
            )
        self._state.note(self.name, self.process.pid)
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if self.process.poll() is not None:
                self._state.forget(self.name)
                raise StackError(f"{self.name} did not start: {self.last_words()} (whole log: {self.log})")
            if time.monotonic() > deadline:
                self.stop()
                raise StackError(f"{self.name} did not answer within {START_SECONDS} s (log: {self.log})")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it in good order, by force if it does not listen. Harmless when it is not running."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        self._state.forget(self.name)
        drop_socket_folder(self.sockets)

    def kill(self) -> None:
        """End it at once, as a crash would (kill -9 to its whole group)."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def last_words(self) -> str:
        """The last telling line of its log."""
        lines = _tail(self.log)
        telling = [
            line for line in lines if any(word in line for word in ("FATAL", "PANIC", "No space", "error", "rror:"))
        ]
        return (telling or lines or ["no output"])[-1].strip()


def _tail(log: Path) -> list[str]:
    try:
        return [line for line in log.read_text(errors="replace").splitlines()[-50:] if line.strip()]
    except OSError:
        return []
