"""A whole site of its own: servers, tables, staff, and web, worker and beat as the Procfile starts them."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import psycopg
import redis
from honcho.environ import parse_procfile

from config.stack import Stack
from tests.journeys.mailbox import Mailbox
from tests.migrated import migrate
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = ("web", "worker", "beat")
PREPARATION = (
    ("create_site",),
    ("create_workflow",),
    ("create_roles", "--demo-users"),
    ("create_reference_data",),
)
READY_SECONDS = 60

Found = TypeVar("Found")


class Site:
    """Use as a context manager. Everything lies in `folder`; nothing outlives it.

    The site trusts one proxy, so that each person of a test can come from a network of their own.
    """

    def __init__(self, folder: Path, *, static_root: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # the servers' user must be able to enter when we are root
        self.folder = folder
        self.logs = folder / "log"
        self.mails = Mailbox(folder / "mail")
        self.stack = Stack(folder)
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.given: dict[str, str] = {}  # what processes started from now on are told beside the rest
        self._static_root = static_root
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def environment(self) -> dict[str, str]:
        """What every process of this site is told. The key file is that of the tests, so that they can read rows."""
        return {
            **os.environ,
            **self.stack.environment,
            "DJANGO_SETTINGS_MODULE": "config.settings.demo",
            "REDRESS_STATE": str(self.folder),
            "STATIC_ROOT": str(self._static_root),
            "LOG_FOLDER": str(self.logs),
            "BASE_URL": self.url,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "TRUSTED_PROXIES": "1",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONUNBUFFERED": "1",
            "ELASTICSEARCH_URL": "",
            "MAIL_PER_DOMAIN": "0",  # all people of a test have their mailboxes at one domain
            **self.given,
        }

    def manage(self, *command: str) -> str:
        """Run one command of manage.py; what it printed. Raises AssertionError with its words when it fails."""
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"manage.py {' '.join(command)} failed:\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self, *names: str) -> None:
        """Start these processes of the Procfile (all when none is named). Web is waited for until it serves."""
        lines = parse_procfile((ROOT / "Procfile").read_text()).processes
        self.logs.mkdir(exist_ok=True)
        for name in names or PROCESSES:
            with (self.logs / f"{name}.out").open("ab") as output:
                self._running[name] = subprocess.Popen(
                    ["sh", "-c", lines[name]],
                    cwd=ROOT,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
        if not names or "web" in names:
            self.wait_for(self.is_ready, "the site to answer", seconds=READY_SECONDS)

    def kill(self, *names: str) -> None:
        """End these processes and all their children at once (kill -9)."""
        for name in names or tuple(self._running):
            process = self._running.pop(name)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def stop(self, *names: str) -> None:
        """End these processes in good order."""
        stopping = [self._running.pop(name) for name in names or tuple(self._running)]
        for process in stopping:
            process.send_signal(signal.SIGTERM)
        for process in stopping:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def is_ready(self) -> bool:
        """Whether the web process answers and its database is there."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def connect(self) -> psycopg.Connection[Any]:
        """A connection of our own to the site's database; each statement commits."""
        return psycopg.connect(self.stack.environment["DATABASE_URL"], autocommit=True)

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of one SELECT."""
        with self.connect() as connection:
            return connection.execute(statement, values).fetchall()

    def value(self, statement: str, *values: Any) -> Any:
        """The first column of the first row of one SELECT; None without a row."""
        rows = self.query(statement, *values)
        return rows[0][0] if rows else None

    def execute(self, statement: str, *values: Any) -> None:
        """One statement that changes rows."""
        with self.connect() as connection:
            connection.execute(statement, values)

    def forget_limits(self) -> None:
        """Let nobody be held back for what happened before: the counters of all networks are dropped."""
        with redis.Redis.from_url(f"{self.stack.environment['REDIS_URL']}?db=2") as client:
            client.flushdb()

    def wait_for(self, question: Callable[[], Found], what: str, *, seconds: float = 60) -> Found:
        """The first true answer to `question`.

        Raises AssertionError that names `what` after so many seconds, or a process that ended by itself meanwhile.
        """
        deadline = time.monotonic() + seconds
        while not (answer := question()):
            for name, process in self._running.items():
                assert process.poll() is None, (
                    f"{name} ended by itself ({process.returncode}): {self._last_words(name)}"
                )
            assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
            time.sleep(0.1)
        return answer

    def _last_words(self, name: str) -> str:
        return "\n".join((self.logs / f"{name}.out").read_text(errors="replace").splitlines()[-5:])[-2000:]

    def __enter__(self) -> "Site":
        self.stack.__enter__()
        try:
            assert self.stack.postgresql is not None
            migrate(self.stack.postgresql.url, self.stack.postgresql.binaries)
            # In one process: each start of Django costs seconds.
            calls = "\n".join(f"call_command(*{command!r})" for command in PREPARATION)
            self.manage("shell", "--no-imports", "-c", f"from django.core.management import call_command\n{calls}")
            if not (self._static_root / "staticfiles.json").exists():
                self.manage("collectstatic", "--noinput")
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self.stack.discard()
