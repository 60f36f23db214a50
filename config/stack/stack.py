"""PostgreSQL and Redis together, in one state folder."""

import shutil
from pathlib import Path
from types import TracebackType

from config.stack.place import erase_homes, service_user
from config.stack.postgresql import PostgreSQL
from config.stack.redis_server import Redis
from config.stack.state import StateFolder


class Stack:
    """Both servers of one run. Use as a context manager, or call `start` and `stop`.

    A server whose address is given (DATABASE_URL, REDIS_URL) is somebody else's: it is neither started nor stopped.
    """

    def __init__(self, folder: Path, *, database_url: str = "", redis_url: str = "") -> None:
        self.state = StateFolder(folder)
        self.taken_over: list[str] = []
        self._given = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
        self.postgresql: PostgreSQL | None = None
        self.redis: Redis | None = None

    def hold(self) -> None:
        """Take the state folder and clear what a dead run left. Raises StackError when a living run has it."""
        self.taken_over = self.state.hold()

    def start(self) -> None:
        """Start what is ours. On any failure nothing is left running. Raises StackError."""
        try:
            if not self._given["DATABASE_URL"]:
                self.postgresql = PostgreSQL(self.state, service_user())
                self.postgresql.start()
            if not self._given["REDIS_URL"]:
                self.redis = Redis(self.state)
                self.redis.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop what is ours and give the folder back."""
        for server in (self.redis, self.postgresql):
            if server is not None:
                server.stop()
        self.state.release()

    def discard(self) -> None:
        """Stop, and throw PostgreSQL's files away, wherever they lie: for runs that nobody returns to."""
        self.stop()
        if self.postgresql is not None:
            erase_homes(self.state.path)

    @property
    def servers(self) -> list[PostgreSQL | Redis]:
        """Those that we run."""
        return [server for server in (self.postgresql, self.redis) if server is not None]

    @property
    def environment(self) -> dict[str, str]:
        """DATABASE_URL and REDIS_URL for the processes that use this stack."""
        ours = {
            "DATABASE_URL": self.postgresql.url if self.postgresql else "",
            "REDIS_URL": self.redis.url if self.redis else "",
        }
        return {name: self._given[name] or address for name, address in ours.items()}

    def erase(self) -> None:
        """Throw all data of this state folder away (held, servers not running)."""
        erase_homes(self.state.path)
        for path in self.state.path.iterdir():
            if path.name not in {"lock", "run"}:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def __enter__(self) -> "Stack":
        self.hold()
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
