"""Whether the database is away, so that nobody waits for what is known to fail.

`config.errors` tells what Django met. A thread then asks until the database answers; meanwhile nobody else does.
"""

import threading
import time

import psycopg
import structlog
from django.db import connection
from psycopg.conninfo import make_conninfo

log = structlog.get_logger(__name__)

SECONDS_BETWEEN_TRIES = 0.5
# SQLSTATE classes of a lost connection, a server that ends or starts, and one with no room for us.
LOST = ("08", "57P", "53300")


class Database:
    """What this process knows about the database."""

    def __init__(self) -> None:
        self.is_away = False
        self._asking = threading.Lock()

    def lost(self, error: BaseException | None) -> None:
        """Find out what is wrong, after a request failed by this error. Errors of a database that answers pass by."""
        state = getattr(error.__cause__, "sqlstate", None) if error else None
        if (state is None or state.startswith(LOST)) and self._asking.acquire(blocking=False):
            threading.Thread(target=self._ask, name="database-away", daemon=True).start()

    def _ask(self) -> None:
        try:
            while not answers():
                if not self.is_away:
                    log.warning("database_away")
                self.is_away = True
                time.sleep(SECONDS_BETWEEN_TRIES)
            if self.is_away:
                log.warning("database_back")
            renew_connections()
        finally:
            self.is_away = False
            self._asking.release()


def answers() -> bool:
    """Whether the database takes a new connection."""
    try:
        with psycopg.connect(conninfo=_address(), autocommit=True) as probe:
            probe.execute("SELECT 1")
        return True
    except psycopg.Error:
        return False


def renew_connections() -> None:
    """Replace those of the pool that broke, before requests find them."""
    pool = getattr(connection, "pool", None)
    if pool is not None:
        pool.check()


def _address() -> str:
    given = connection.get_connection_params()
    named = {name: given[name] for name in ("dbname", "user", "password", "host", "port") if given.get(name)}
    return make_conninfo(**named, connect_timeout=2)


database = Database()
