"""The measured site: PostgreSQL, Redis, tables, petitions, and the Procfile's processes, in a folder of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import psycopg
import redis
from honcho.environ import parse_procfile

from benchmarks.errors import Broken
from benchmarks.reference.table import TABLE
from config.stack import Stack

ROOT = Path(__file__).resolve().parents[1]
APPLICATION = "config.wsgi:application"
BARE = "benchmarks.reference.wsgi:application"
READY_SECONDS = 60


class Site:
    """Use as a context manager. The database is made anew by every run; nothing keeps running after it.

    fsync and synchronous_commit stay on, and the web server is started as the Procfile says.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # the servers' user must be able to enter when we are root
        self.folder = folder.resolve()
        self.logs = self.folder / "log"
        self.stack = Stack(self.folder)
        self.mail_port = _free_port()
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def url_of(self, database: str) -> str:
        """The address of one of this cluster's databases."""
        assert self.stack.postgresql is not None
        return self.stack.postgresql.url_of(database)

    def environment(self, *, database: str = "redress", port: int = 0, **more: str) -> dict[str, str]:
        """What a process of the site is told. Each database has places of its own in Redis."""
        address = self.stack.environment["REDIS_URL"]
        return {
            **os.environ,
            "DATABASE_URL": self.url_of(database),
            "REDIS_URL": address if database == "redress" else f"{address}?db=10",
            "DJANGO_SETTINGS_MODULE": "config.settings.demo",
            "REDRESS_STATE": str(self.folder),
            "LOG_FOLDER": str(self.logs),
            "BASE_URL": f"http://127.0.0.1:{port}",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "TRUSTED_PROXIES": "1",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            **more,
        }

    def manage(self, *command: str, database: str = "redress") -> str:
        """Run one command of manage.py; what it printed. Raises Broken with its last words."""
        return self.python("manage.py", *command, database=database)

    def python(
        self,
        *arguments: str,
        database: str = "redress",
        given: str = "",
        port: int = 0,
        shown: bool = False,
        **more: str,
    ) -> str:
        """Run Python as a process of the site, told ``more``; what it printed. Raises Broken with its last words.

        ``shown``: how far it is, which it writes beside what it tells, is seen meanwhile.
        """
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment(database=database, port=port, **more),
            input=given,
            stdout=subprocess.PIPE,
            stderr=None if shown else subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Broken(f"{' '.join(arguments)} failed: {(done.stderr or done.stdout).strip()[-600:]}")
        return done.stdout

    def empty(self, database: str = "redress") -> None:
        """Make this database anew, without a table; and keys where there are none."""
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {database}")
        if not (self.folder / "keys").exists():
            self.manage("make_keys")

    def prepare(self, database: str = "redress") -> dict[str, Any]:
        """Tables, what every site has, and the petitions that are signed here; what ``benchmarks.prepare`` tells."""
        self.empty(database)
        with self.connect(database) as connection:
            connection.execute(TABLE)
        told = self.python("-m", "benchmarks.prepare", database=database)
        return dict(json.loads(told.splitlines()[-1]))

    def serve(
        self, application: str = APPLICATION, *, database: str = "redress", probe: str = "/readyz", **more: str
    ) -> str:
        """Start the web server as the Procfile does, wait until ``probe`` answers; the server's address."""
        port = _free_port()
        line = parse_procfile((ROOT / "Procfile").read_text()).processes["web"]
        if application != APPLICATION:
            # Ours has its own gate before Django; what has none serves best with as many threads as that lets through.
            line = re.sub(r"--blocking-threads \d+", "--blocking-threads 4", line.replace(APPLICATION, application))
        self._start(f"web-{port}", ["sh", "-c", line], self.environment(database=database, port=port, **more))
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + READY_SECONDS
        while not _answers(url + probe):
            if time.monotonic() > deadline or self._running[f"web-{port}"].poll() is not None:
                raise Broken(f"the web server did not start: {self.last_words(f'web-{port}')}")
            time.sleep(0.1)
        return url

    def work(self, url: str) -> None:
        """Start worker and beat of the site that ``url`` serves."""
        lines = parse_procfile((ROOT / "Procfile").read_text()).processes
        for name in ("worker", "beat"):
            self._start(name, ["sh", "-c", lines[name]], self.environment(port=urlsplit(url).port or 0))

    def rest(self) -> None:
        """Stop worker and beat."""
        for name in ("beat", "worker"):
            self.stop(name)

    def start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        """Start any other program beside the site."""
        self._start(name, command, {**os.environ, **environment})

    def stop(self, name: str) -> None:
        """End one process and its children; harmless when it is not there."""
        process = self._running.pop(name, None)
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.stack.state.forget(name)

    def connect(self, database: str = "redress") -> psycopg.Connection[Any]:
        """A connection of our own; each statement commits."""
        return psycopg.connect(self.url_of(database), autocommit=True)

    def value(self, statement: str, *values: Any, database: str = "redress") -> Any:
        """The first column of the first row."""
        with self.connect(database) as connection:
            found = connection.execute(statement, values)
            row = found.fetchone() if found.description else None
        return row[0] if row else None

    def forget_limits(self) -> None:
        """Drop the counters of all networks, so that no run is held back for an earlier one."""
        for place in (2, 12):
            with redis.Redis.from_url(f"{self.stack.environment['REDIS_URL']}?db={place}") as client:
                client.flushdb()

    def _start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.logs.mkdir(exist_ok=True)
        with (self.logs / f"{name}.out").open("ab") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._running[name] = process
        self.stack.state.note(name, process.pid)

    def last_words(self, name: str) -> str:
        """The end of what this process said."""
        return "\n".join((self.logs / f"{name}.out").read_text(errors="replace").splitlines()[-5:])[-1000:]

    def __enter__(self) -> "Site":
        self.stack.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in reversed(tuple(self._running)):
            self.stop(name)
        self.stack.stop()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
