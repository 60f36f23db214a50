"""The Procfile's processes under honcho, with a note of each in the state folder."""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

from config.stack.state import StateFolder

GRACE_SECONDS = 10


class Processes(Manager):
    """Runs every line of a Procfile; when one ends, says which and ends the others."""

    def __init__(self, procfile: Path, state: StateFolder, environment: dict[str, str]) -> None:
        super().__init__(printer=Printer(sys.stdout, time_format="%H:%M:%S"))
        # To the process only, not to its whole group: a worker's children end their task first.
        self._procmgr.terminate = _ask_to_end
        self._state = state
        self.crashed: list[str] = []  # what ended before anybody asked it to, and how
        self._after_start: list[Callable[[], None]] = []
        for name, command in parse_procfile(procfile.read_text()).processes.items():
            self.add_process(name, command, env=environment, cwd=str(procfile.parent))

    def after_start(self, action: Callable[[], None]) -> None:
        """Run `action` in a thread of its own once the processes have been forked off."""
        self._after_start.append(action)

    def run(self) -> int:
        """Until one of them ends or a signal comes. Gives the exit status for our own process."""
        signal.signal(signal.SIGHUP, lambda number, frame: os.kill(os.getpid(), signal.SIGTERM))
        self.loop()
        for name in self._processes:
            self._state.forget(name)
            self._state.forget(f"{name}-output")
        return self.returncode or 0

    def _start(self) -> None:
        super()._start()
        for name, process in self._processes.items():
            self._state.note(f"{name}-output", process["process"].pid)
        for action in (self._note_pids, *self._after_start):
            threading.Thread(target=action, daemon=True).start()

    def _note_pids(self) -> None:
        for name, process in self._processes.items():
            while "pid" not in process:
                time.sleep(0.05)
            if "returncode" not in process:
                self._state.note(name, process["pid"])

    def terminate(self) -> None:
        """End all of them; by force those that do not listen."""
        if not self._terminating:
            self.crashed = [
                f"{name} ({_how(process['returncode'])})"
                for name, process in self._processes.items()
                if "returncode" in process
            ]
            force = threading.Timer(GRACE_SECONDS, self.kill)
            force.daemon = True
            force.start()
        super().terminate()


def _ask_to_end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def _how(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
