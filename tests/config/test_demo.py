"""The demo as a stranger starts it: every address answers, a second start is quick, nothing outlives it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
# Three times what is promised of a machine with nothing else to do.
FIRST_START_SECONDS = 3 * 300
SECOND_START_SECONDS = 3 * 20
ADDRESSES = {
    "/": 200,
    "/fr/": 200,
    "/petitions/": 200,
    "/fr/petitions/": 200,
    "/petitions/?q=tax": 200,
    "/petitions/?page=2": 200,
    "/petitions/new/": 200,
    "/petitions.json": 200,
    "/petitions.csv": 200,
    "/data/": 200,
    "/answers/": 200,
    "/tracker/": 200,
    "/tracker.json": 200,
    "/tracker.csv": 200,
    "/demo/mail/": 200,
    "/staff/login/": 200,
    "/healthz": 200,
    "/readyz": 200,
    "/confirm/no-such-token/": 404,
    "/unsubscribe/no-such-token/": 404,
    "/creator/no-such-token/": 404,
    "/nowhere/": 404,
}


class Run:
    """One start of the demo, read until it says that it serves."""

    def __init__(self, folder: Path, port: int, *options: str) -> None:
        self.folder = folder
        self.address = f"http://127.0.0.1:{port}"
        environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        environment.pop("REDRESS_KEYS", None)
        self._began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.stack.demo", *options],
            cwd=ROOT,
            env={**environment, "REDRESS_STATE": str(folder), "PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if "Ctrl-C stops everything" in line:
                break
        else:
            pytest.fail(self.said)
        self.took = time.monotonic() - self._began
        print(self.said)

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()

    def stop(self, number: signal.Signals = signal.SIGINT) -> str:
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        return rest

    @property
    def faults(self) -> list[str]:
        """What the processes logged as their own errors."""
        logs = (path.read_text().splitlines() for path in (self.folder / "log").glob("*.jsonl"))
        return [line for lines in logs for line in lines if json.loads(line)["level"] == "error"]

    @property
    def left_behind(self) -> list[str]:
        found = []
        for process in psutil.process_iter():
            try:
                environment, line = process.environ(), " ".join(process.cmdline())
            except psutil.Error:
                continue
            if environment.get("REDRESS_STATE") == str(self.folder) or str(self.folder) in line:
                found.append(line)
        return found


@pytest.fixture(scope="module")
def place(shared_folder: Path) -> tuple[Path, int]:
    return shared_folder / "var", free_port()


@pytest.mark.slow
@pytest.mark.processes
def test_first_start_serves_real_petitions_and_ends_clean(place: tuple[Path, int]) -> None:
    run = Run(*place)
    try:
        assert run.took <= FIRST_START_SECONDS
        answers = {path: run.get(path)[0] for path in ADDRESSES}
        assert run.faults == []
        assert answers == ADDRESSES
        # Addresses that the lists themselves name.
        for listing, pattern in (
            ("/petitions/", r'href="(/petitions/\d+/)"'),
            ("/answers/", r'href="(/answers/[\w-]+/)"'),
        ):
            found = re.findall(pattern, run.get(listing)[1].decode())
            assert found
            assert run.get(found[0])[0] == 200
        number = re.findall(r'href="/petitions/(\d+)/"', run.get("/petitions/?state=open")[1].decode())[0]
        for path in (f"/petitions/{number}.json", f"/petitions/{number}/count.json", f"/petitions/{number}/sign/"):
            assert run.get(path)[0] == 200, path
        assert "moderator" in run.said
        assert (run.folder / "keys").stat().st_mode & 0o077 == 0
    finally:
        run.stop()
    assert run.left_behind == []
    assert not (run.folder / "lock").exists()


@pytest.mark.slow
@pytest.mark.processes
def test_second_start_is_quick_and_keeps_the_data(place: tuple[Path, int]) -> None:
    run = Run(*place)
    try:
        assert run.took <= SECOND_START_SECONDS
        assert "Petitions" not in run.said
        assert b'href="/petitions/' in run.get("/petitions/")[1]
    finally:
        run.stop(signal.SIGTERM)
    assert run.left_behind == []


@pytest.mark.slow
@pytest.mark.processes
def test_a_killed_demo_is_taken_over_and_a_crash_is_named(place: tuple[Path, int]) -> None:
    run = Run(*place)
    run.process.kill()
    run.process.wait()
    assert run.left_behind

    # The web server of the dead run still holds the port; the next start clears it away.
    again = Run(*place)
    assert "A run that had died was cleared away: beat, " in again.said
    assert again.get("/petitions/")[0] == 200
    worker = next(process for process in psutil.process_iter() if _is_worker(process, again.folder))
    worker.kill()
    rest, _ = again.process.communicate(timeout=60)
    assert "Stopped, because this ended by itself: worker (killed by SIGKILL)." in rest
    assert again.process.returncode != 0
    assert again.left_behind == []


def _is_worker(process: psutil.Process, folder: Path) -> bool:
    try:
        ours = (
            process.environ().get("REDRESS_STATE") == str(folder) and process.environ().get("REDRESS_ROLE") == "worker"
        )
        return ours and process.pid == os.getpgid(process.pid)
    except psutil.Error:
        return False
