"""What `bin/demo` runs: servers, tables, data, then the Procfile until Ctrl-C."""

import argparse
import errno
import hashlib
import os
import signal
import socket
import sys
import time
import urllib.request
from pathlib import Path

from accounts.roles import Role
from config.stack.errors import StackError
from config.stack.place import require_space
from config.stack.procfile import Processes
from config.stack.stack import Stack
from config.stack.steps import Steps

ROOT = Path(__file__).resolve().parents[2]
# title, command, whether it shows its own progress; all may be run again after a first start that was cut off
FIRST_START = (
    ("Home page and standard pages", ("create_site",), False),
    ("List of answers and their reviews", ("create_workflow",), False),
    ("Regions, countries, reasons for refusal", ("create_reference_data",), False),
    ("Roles, departments and staff logins", ("create_roles", "--demo-users"), False),
    ("Petitions", ("load_petitions",), True),
    ("Bringing petitions to life", ("make_demo",), True),
)
DEMO_LOGINS = [*Role, "second_moderator", "second_drafter", "second_department_reviewer"]
DEMO_PASSWORD = "petition-demo"  # noqa: S105 - of the demo's own logins, told to whoever starts it
READY_SECONDS = 60
WATCH_SECONDS = 1


class Demo:
    """One run of the demo in one state folder."""

    def __init__(self, *, folder: Path, host: str, port: int) -> None:
        self.began = float(os.environ.get("DEMO_BEGAN", time.time()))
        self.folder = folder.resolve()
        self.host = host
        self.port = port
        self.stack = Stack(
            self.folder, database_url=os.environ.get("DATABASE_URL", ""), redis_url=os.environ.get("REDIS_URL", "")
        )
        self.steps = Steps(ROOT, self.stack.state)
        self.serving = False

    def run(self, *, reset: bool) -> int:
        """Everything, in order. Raises StackError; leaves no process and no lock behind whatever happens."""
        self.stack.hold()
        try:
            if self.stack.taken_over:
                print(f"A run that had died was cleared away: {', '.join(self.stack.taken_over)}.", flush=True)
            self._require_port()
            require_space(self.folder)
            if reset:
                self.stack.erase()
            with self.steps.timed("PostgreSQL and Redis"):
                self.stack.start()
            self._prepare()
            return self._serve()
        finally:
            self.serving = False
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            self.stack.stop()

    def _require_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                raise StackError(
                    f"Port {self.port} cannot be used ({error.strerror}); another one: PORT={self.port + 1} bin/demo"
                ) from error

    @property
    def address(self) -> str:
        """Where the site is, as links in mails say it."""
        return os.environ.get("BASE_URL") or f"http://localhost:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What every process of the demo is told."""
        return {
            **os.environ,
            **self.stack.environment,
            "DJANGO_SETTINGS_MODULE": "config.settings.demo",
            "REDRESS_STATE": str(self.folder),
            "LOG_FOLDER": str(self.folder / "log"),
            "BASE_URL": self.address,
            "HOST": self.host,
            "PORT": str(self.port),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONUNBUFFERED": "1",
        }

    def _prepare(self) -> None:
        environment = self.environment
        if not os.environ.get("REDRESS_KEYS") and not (self.folder / "keys").exists():
            self.steps.manage("Keys", "make_keys", environment=environment)
        self.steps.manage("Tables", "migrate", environment=environment)
        if self._changed("static", _static_state()):
            self.steps.manage("Styles and scripts", "collectstatic", "--noinput", environment=environment)
            self._done("static", _static_state())
        if self._changed("loaded", environment["DATABASE_URL"]):
            for title, command, shows_progress in FIRST_START:
                self.steps.manage(title, *command, environment=environment, shows_progress=shows_progress)
            self._done("loaded", environment["DATABASE_URL"])

    def _changed(self, name: str, state: str) -> bool:
        marker = self.folder / f"{name}.done"
        return not marker.exists() or marker.read_text() != _digest(state)

    def _done(self, name: str, state: str) -> None:
        (self.folder / f"{name}.done").write_text(_digest(state))

    def _serve(self) -> int:
        processes = Processes(ROOT / "Procfile", self.stack.state, self.environment)
        processes.after_start(self._announce)
        processes.after_start(self._watch_servers)
        self.serving = True
        status = processes.run()
        if processes.crashed:
            print(
                f"Stopped, because this ended by itself: {', '.join(processes.crashed)}.", file=sys.stderr, flush=True
            )
            return status or 1
        return status

    def _announce(self) -> None:
        """Wait for the site to answer, then say where everything is."""
        deadline = time.monotonic() + READY_SECONDS
        while not self._ready():
            if time.monotonic() > deadline or not self.serving:
                return
            time.sleep(0.2)
        for line in self._banner():
            print(line, flush=True)

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.host}:{self.port}/readyz", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            return False

    def _banner(self) -> list[str]:
        took = ", ".join(f"{title.lower()} {seconds:.0f} s" for title, seconds in self.steps.timings if seconds >= 0.5)
        return [
            "",
            f"  Public site    {self.address}/    in French {self.address}/fr/, in Arabic {self.address}/ar/",
            f"  Staff          {self.address}/staff/    password of all: {DEMO_PASSWORD}",
            *(
                f"                 {', '.join(DEMO_LOGINS[first : first + 5])}"
                for first in range(0, len(DEMO_LOGINS), 5)
            ),
            f"  Mail sent      {self.address}/demo/mail/",
            f"  State and logs {self.folder}",
            f"  Started in {time.time() - self.began:.0f} s ({took}). Ctrl-C stops everything.",
            "",
        ]

    def _watch_servers(self) -> None:
        """Say by name when PostgreSQL or Redis dies, and start it again: the data is safe, the site heals alone."""
        while self.serving:
            for server in self.stack.servers:
                if self.serving and not server.running:
                    print(f"{server.name} has died; starting it again.", file=sys.stderr, flush=True)
                    try:
                        server.start()
                    except StackError as error:
                        print(error, file=sys.stderr, flush=True)
            time.sleep(WATCH_SECONDS)


def _static_state() -> str:
    """Changes whenever a file to be collected may have."""
    own = (path for folder in ROOT.glob("*/static") for path in folder.rglob("*") if path.is_file())
    return (
        str(sorted((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in own))
        + (ROOT / "requirements" / "run.lock").read_text()
    )


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def main() -> int:
    """Run the demo until Ctrl-C. Gives the exit status."""
    parser = argparse.ArgumentParser(prog="bin/demo", description="Start everything on this machine, until Ctrl-C.")
    parser.add_argument("--reset", action="store_true", help="throw the demo's data away and start clean")
    arguments = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        port = int(os.environ.get("PORT") or 8000)
        folder = Path(os.environ.get("REDRESS_STATE") or ROOT / "var")
        demo = Demo(folder=folder, host=os.environ.get("HOST", "127.0.0.1"), port=port)
        return demo.run(reset=arguments.reset)
    except KeyboardInterrupt:
        return 130
    except StackError as error:
        print(error, file=sys.stderr)
    except (ValueError, OverflowError):
        print(f"PORT must be a number, not {os.environ.get('PORT')!r}.", file=sys.stderr)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print(f"The disk is full: {error.filename or 'no space left'}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
