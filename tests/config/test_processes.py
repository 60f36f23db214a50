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
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
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


def wait_for_notes(tmp_path: Path, *names: str) -> None:
    deadline = time.monotonic() + 10
    while not all((tmp_path / "var" / "run" / f"{name}.json").exists() for name in names):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def sleepers(mark: str) -> list[psutil.Process]:
    return [process for process in psutil.process_iter(["cmdline"]) if mark in " ".join(process.info["cmdline"] or [])]


def lives(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_a_crash_is_named_and_brings_the_others_down(tmp_path: Path) -> None:
    run = start(tmp_path, "web: exec sleep 1111.1", "worker: sleep 1; exit 7")
    output, _ = run.communicate(timeout=20)
    assert "crashed: ['worker (exit status 7)']" in output
    assert run.returncode == 7
    assert sleepers("1111.1") == []


def test_a_killed_process_is_named_with_its_signal(tmp_path: Path) -> None:
    run = start(tmp_path, "web: exec sleep 1111.2", "beat: exec sleep 1111.3")
    wait_for_notes(tmp_path, "web", "beat")
    sleepers("1111.3")[0].kill()
    output, _ = run.communicate(timeout=20)
    assert "crashed: ['beat (killed by SIGKILL)']" in output
    assert run.returncode != 0
    assert sleepers("1111.2") == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_even_those_that_do_not_listen(tmp_path: Path, number: signal.Signals) -> None:
    run = start(tmp_path, "web: exec sleep 1111.4", "deaf: trap '' TERM; while :; do sleep 1111.5; done")
    wait_for_notes(tmp_path, "web", "deaf")
    time.sleep(0.3)  # let the shell set its trap
    run.send_signal(number)
    output, _ = run.communicate(timeout=20)
    assert "crashed: []" in output
    assert sleepers("1111.4") + sleepers("1111.5") == []
    assert list((tmp_path / "var" / "run").iterdir()) == []


def test_processes_of_a_killed_run_are_cleared_away_by_the_next(tmp_path: Path) -> None:
    run = start(tmp_path, "web: exec sleep 1111.6", "worker: exec sleep 1111.7")
    wait_for_notes(tmp_path, "web", "worker", "web-output", "worker-output")
    helpers = [json.loads((tmp_path / "var" / "run" / f"{name}-output.json").read_text()) for name in ("web", "worker")]
    run.kill()
    run.wait()
    assert sleepers("1111.6")
    assert all(lives(helper["pid"]) for helper in helpers)

    again = start(tmp_path, "web: exit 0")
    again.communicate(timeout=30)
    assert sleepers("1111.6") + sleepers("1111.7") == []
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
