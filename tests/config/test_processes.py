"""The Procfile's processes: a crash is named, all of them end together, none is left behind."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60
_numbers = count(1)
RUNNER = """
import sys
from pathlib import Path
from config.stack import procfile
from config.stack.state import StateFolder
procfile.GRACE_SECONDS = 2
state = StateFolder(Path(sys.argv[1]))
state.hold()
processes = procfile.Processes(Path(sys.argv[2]), state, {"PATH": "/usr/bin:/bin"})
status = processes.run()
print("crashed:", processes.crashed)
state.release()
sys.exit(status)
"""


def start(tmp_path: Path, *lines: str) -> subprocess.Popen[str]:
    procfile = tmp_path / "Procfile"
    procfile.write_text("\n".join(lines) + "\n")
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(RUNNER), str(tmp_path / "var"), str(procfile)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_for(question: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def wait_for_notes(tmp_path: Path, *names: str) -> None:
    wait_for(lambda: all((tmp_path / "var" / "run" / f"{name}.json").exists() for name in names))


def a_mark() -> str:
    """So many seconds as no other test sleeps, nor another run of this one at the same time."""
    return f"1111.{os.getpid()}{next(_numbers):03}"


def sleepers(mark: str) -> list[psutil.Process]:
    return [process for process in psutil.process_iter(["cmdline"]) if mark in " ".join(process.info["cmdline"] or [])]


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_crash_is_named_and_brings_the_others_down(tmp_path: Path) -> None:
    mark = a_mark()
    run = start(tmp_path, f"web: exec sleep {mark}", "worker: sleep 1; exit 7")
    output, _ = run.communicate(timeout=PATIENCE_SECONDS)
    assert "crashed: ['worker (exit status 7)']" in output
    assert run.returncode == 7
    assert sleepers(mark) == []


def test_a_killed_process_is_named_with_its_signal(tmp_path: Path) -> None:
    web, beat = a_mark(), a_mark()
    run = start(tmp_path, f"web: exec sleep {web}", f"beat: exec sleep {beat}")
    wait_for_notes(tmp_path, "web", "beat")
    sleepers(beat)[0].kill()
    output, _ = run.communicate(timeout=PATIENCE_SECONDS)
    assert "crashed: ['beat (killed by SIGKILL)']" in output
    assert run.returncode != 0
    assert sleepers(web) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_even_those_that_do_not_listen(tmp_path: Path, number: signal.Signals) -> None:
    web, deaf = a_mark(), a_mark()
    run = start(tmp_path, f"web: exec sleep {web}", f"deaf: trap '' TERM; while :; do sleep {deaf}; done")
    wait_for_notes(tmp_path, "web", "deaf")
    # The shell has set its trap once there is a sleep of its own.
    wait_for(lambda: ["sleep", deaf] in [sleeper.info["cmdline"] for sleeper in sleepers(deaf)])
    run.send_signal(number)
    output, _ = run.communicate(timeout=PATIENCE_SECONDS)
    assert "crashed: []" in output
    assert sleepers(web) + sleepers(deaf) == []
    assert list((tmp_path / "var" / "run").iterdir()) == []


def test_processes_of_a_killed_run_are_cleared_away_by_the_next(tmp_path: Path) -> None:
    web, worker = a_mark(), a_mark()
    run = start(tmp_path, f"web: exec sleep {web}", f"worker: exec sleep {worker}")
    wait_for_notes(tmp_path, "web", "worker", "web-output", "worker-output")
    helpers = [json.loads((tmp_path / "var" / "run" / f"{name}-output.json").read_text()) for name in ("web", "worker")]
    run.kill()
    run.wait()
    assert sleepers(web)
    assert all(lives(helper["pid"]) for helper in helpers)

    again = start(tmp_path, "web: exit 0")
    again.communicate(timeout=PATIENCE_SECONDS)
    assert sleepers(web) + sleepers(worker) == []
    assert not any(lives(helper["pid"]) for helper in helpers)


@pytest.mark.parametrize(
    ("port", "said"),
    [
        ("taken", r"Port \d+ cannot be used \(Address already in use\); another one: PORT=\d+ bin/demo"),
        ("many", "PORT must"),
    ],
)
def test_a_port_that_cannot_be_used_is_told_in_one_line(tmp_path: Path, port: str, said: str) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = str(holder.getsockname()[1])
        told = subprocess.run(
            [sys.executable, "-m", "config.stack.demo"],
            cwd=ROOT,
            env={**os.environ, "PORT": taken if port == "taken" else port, "REDRESS_STATE": str(tmp_path / "var")},
            capture_output=True,
            text=True,
            check=False,
        )
    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    assert re.search(said, told.stderr)
    assert not (tmp_path / "var" / "lock").exists()
