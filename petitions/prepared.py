"""Statements of the hot paths: prepared, in one round trip that is its own transaction."""

from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections
from psycopg.abc import Params
from psycopg_pool import PoolTimeout


def fetched(
    statement: str, given: Params, *, cursor: type[psycopg.Cursor[Any]] = psycopg.Cursor
) -> list[tuple[Any, ...]]:
    """The rows that ``statement`` returned. ``cursor``: of psycopg's, the one whose placeholders it has.

    Outside a transaction it is one of its own, begun, committed and acknowledged in one round trip. Only for statements
    that may be repeated: where the connection turns out to be lost they are tried once more on a new one.
    """
    try:
        return _run(statement, given, cursor)
    except (OperationalError, InterfaceError) as error:
        if connection.in_atomic_block or not _is_lost(error.__cause__):
            raise
    connection.close()
    if connection.pool:
        connection.pool.check()  # the others were lost with it
    return _run(statement, given, cursor)


def _is_lost(error: BaseException | None) -> bool:
    """Whether the connection ended under a statement: without a word, or because the server was stopped."""
    return isinstance(error, psycopg.Error) and error.sqlstate in (None, "57P01") and not isinstance(error, PoolTimeout)


def _run(statement: str, given: Params, cursor: type[psycopg.Cursor[Any]]) -> list[tuple[Any, ...]]:
    # Not through a connection of Django's, which takes long to set up, nor through its cursor, which has each statement
    # planned anew. What it knows of the database is asked of it once: each question finds out the thread anew.
    own = connections[DEFAULT_DB_ALIAS]
    with own.wrap_database_errors:
        if own.connection is None and own.pool:
            own.pool.open()
            with own.pool.connection() as lent:
                lent.autocommit = True
                return _all(lent, statement, given, cursor)
        own.ensure_connection()
        own.validate_no_broken_transaction()
        return _all(own.connection, statement, given, cursor)


def _all(
    lent: psycopg.Connection[Any], statement: str, given: Params, cursor: type[psycopg.Cursor[Any]]
) -> list[tuple[Any, ...]]:
    lent.prepare_threshold = 0  # Django's None would forbid prepared statements altogether
    with cursor(lent) as opened:
        return opened.execute(statement, given, prepare=True).fetchall()
