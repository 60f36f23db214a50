"""One real search server, that a test may stop, kill and starve."""

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.elasticsearch.built import build
from tests.ports import free_port

READY_SECONDS = 120


class SearchServer:
    """Use as a context manager. Everything lies in `folder`; nothing outlives it."""

    def __init__(self, folder: Path, *, heap: str = "512m") -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._heap = heap
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, **settings: str) -> None:
        """Start it, as it was left or with an empty folder, and wait until it answers."""
        self.launch(**settings)
        deadline = time.monotonic() + READY_SECONDS
        while not self.is_ready():
            assert self._process is not None
            assert self._process.poll() is None, f"the search server ended: {self.last_words()}"
            assert time.monotonic() < deadline, f"the search server did not start: {self.last_words()}"
            time.sleep(0.1)

    def launch(self, **settings: str) -> None:
        """Start it, and do not wait."""
        built = build()
        for name in ("data", "logs"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        given = [f"{name.replace('__', '.')}={value}" for name, value in settings.items()]
        java = [built.java, f"-Xms{self._heap}", f"-Xmx{self._heap}", "-XX:+UseSerialGC", *built.flags]
        places = [str(built.home), str(self.folder / "data"), str(self.folder / "logs"), str(self.port)]
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                [*java, "-cp", built.class_path, "Launcher", *places, *given],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def is_ready(self) -> bool:
        """Whether it would answer a search."""
        try:
            return bool(self.ask("/_cluster/health")["status"] in ("green", "yellow"))
        except (urllib.error.URLError, OSError):
            return False

    def ask(self, path: str, body: Any = None, method: str = "GET") -> dict[str, Any]:
        """One question past all that is ours."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return dict(json.load(answer))

    def limit_requests(self, limit: str | None) -> None:
        """Let each search use no more memory than this, such as ``1b``; None: as much as it needs."""
        self.ask("/_cluster/settings", {"transient": {"indices.breaker.request.limit": limit}}, method="PUT")

    def hang(self) -> None:
        """Let it take questions and answer none (kill -STOP)."""
        self._signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once (kill -9)."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def erase(self) -> None:
        """Throw away all it knows; it must not be running."""
        shutil.rmtree(self.folder / "data", ignore_errors=True)

    def last_words(self) -> str:
        """The end of what it said."""
        return (self.folder / "output").read_text(errors="replace")[-2000:]

    def _signal(self, number: int) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, number)

    def __enter__(self) -> "SearchServer":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
