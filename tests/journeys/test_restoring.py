"""A backup is worth what can be brought back from it."""

import subprocess
from typing import Any

import psycopg
import pytest

from tests.invariants import Invariants, Ledger
from tests.journeys import steps
from tests.journeys.people import People

pytestmark = [pytest.mark.slow, pytest.mark.processes]

RESTORED = "restored"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


def test_a_dump_comes_back_whole_into_an_empty_database(people: People, ledger: Ledger) -> None:
    petition_id = steps.hand_in(people, people.citizen(), steps.wish())
    site = people.site
    site.wait_for(Invariants(ledger=ledger, connect=site.connect, logs=site.logs).is_settled, "all to be counted")
    site.stop("worker", "beat")
    server = site.stack.postgresql
    assert server is not None
    try:
        site.execute(f"CREATE DATABASE {RESTORED} TEMPLATE template0 ENCODING 'UTF8'")
        dump = subprocess.run(
            [server.binaries / "pg_dump", "--format", "custom", server.url], capture_output=True, check=True
        )
        restored = server.url_of(RESTORED)
        command = [server.binaries / "pg_restore", "--exit-on-error", "--dbname", restored]
        done = subprocess.run(command, input=dump.stdout, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()[-1000:]
        with psycopg.connect(restored, autocommit=True) as there, site.connect() as here:
            assert _rows(there) == _rows(here)
            found = "SELECT count(*) FROM petitions_petition WHERE id = %s AND search @@ to_tsquery('simple', 'tree')"
            assert there.execute(found, [petition_id]).fetchone() == (1,)
        connect = Invariants(ledger=ledger, connect=lambda: psycopg.connect(restored, autocommit=True), logs=site.logs)
        assert connect.breaches() == []
    finally:
        site.start("worker", "beat")


def _rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """How many rows each table has; sessions come and go."""
    tables = [name for (name,) in connection.execute(TABLES) if name != "django_session"]
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # type: ignore[index]
        for name in tables
    }
