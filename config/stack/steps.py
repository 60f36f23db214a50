"""The steps before the demo serves: each is told, timed, and shows that it is alive."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from config.stack.errors import StackError
from config.stack.state import StateFolder

TICK_SECONDS = 1


class Steps:
    """Runs `manage.py` commands one after the other and remembers how long each took."""

    def __init__(self, root: Path, state: StateFolder) -> None:
        self._root = root
        self._state = state
        self.timings: list[tuple[str, float]] = []

    @contextmanager
    def timed(self, title: str, *, shows_progress: bool = False) -> Iterator[Callable[[], None]]:
        """Tell the title and, at the end, the seconds. Yields what to call now and then meanwhile."""
        began = time.monotonic()
        live = sys.stdout.isatty()
        print(title, end="\n" if shows_progress else "", flush=True)
        yield lambda: print(f"\r{title} {time.monotonic() - began:.0f} s" if live else ".", end="", flush=True)
        took = time.monotonic() - began
        self.timings.append((title, took))
        print(f"\r{title} {took:.1f} s" if live or shows_progress else f" {took:.1f} s", flush=True)

    def manage(self, title: str, *command: str, environment: dict[str, str], shows_progress: bool = False) -> None:
        """Run one command. Raises StackError with its last words when it fails.

        A command that `shows_progress` writes to the terminal itself; of the others only a failure is shown.
        """
        with self.timed(title, shows_progress=shows_progress) as tick, tempfile.TemporaryFile() as output:
            child = subprocess.Popen(
                [sys.executable, "manage.py", *command],
                cwd=self._root,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=None if shows_progress else output,
                stderr=None if shows_progress else subprocess.STDOUT,
                start_new_session=True,
            )
            self._state.note("step", child.pid)
            try:
                status = _wait(child, tick if not shows_progress else lambda: None)
            finally:
                if child.poll() is None:
                    os.killpg(child.pid, signal.SIGTERM)
                    child.wait()
                self._state.forget("step")
            if status:
                output.seek(0)
                print(f"\n{output.read().decode(errors='replace')}", end="", file=sys.stderr)
                raise StackError(f"`manage.py {' '.join(command)}` failed (exit status {status}): see the lines above.")


def _wait(child: "subprocess.Popen[bytes]", tick: Callable[[], None]) -> int:
    while True:
        try:
            return child.wait(timeout=TICK_SECONDS)
        except subprocess.TimeoutExpired:
            tick()
