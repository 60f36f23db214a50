"""Every test runs on a real PostgreSQL and Redis: those of DATABASE_URL and REDIS_URL, else our own, made here."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from config.stack import Stack, StackError

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the thread of the tests

SERVERS = pytest.StashKey[Stack]()
FOLDER = pytest.StashKey[Path]()
PREFIX = "redress-test-"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DEAD_AFTER_SECONDS = 600  # a run younger than this may be about to take its lock


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start what is missing before Django reads its settings. Workers of xdist use what their parent started."""
    if hasattr(config, "workerinput"):
        _use_own_redis(int(config.workerinput["workerid"].removeprefix("gw")))
    else:
        _start_servers(config)
    from django.conf import settings

    assert settings.DATABASES  # read now: pytest-django sets Django up with what has been read


def _start_servers(config: pytest.Config) -> None:
    _clear_dead_runs()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    config.stash[FOLDER] = folder
    folder.chmod(0o755)  # a service user must be able to enter when we are root
    keys = folder / "keys"
    if not os.environ.get("REDRESS_KEYS"):
        os.environ["REDRESS_KEYS"] = str(keys)
    stack = Stack(
        folder / "servers",
        database_url=os.environ.get("DATABASE_URL", ""),
        redis_url=os.environ.get("REDIS_URL", ""),
    )
    try:
        stack.hold()
        stack.start()
    except StackError as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[SERVERS] = stack
    os.environ.update(stack.environment)
    if not keys.exists():
        # Needs the settings, which need the addresses above.
        from vault.keys import write_new

        write_new(keys)


def _use_own_redis(worker: int) -> None:
    """Three databases for each worker of xdist, so that one never empties another's caches."""
    from config.settings import environment

    environment.REDIS_URL = os.environ["REDIS_URL"] = environment.redis_database(3 * (worker + 1))


def _clear_dead_runs() -> None:
    """End the servers of test runs that were killed, and remove their folders."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if folder.stat().st_uid == os.geteuid() and time.time() - folder.stat().st_mtime > DEAD_AFTER_SECONDS:
            dead = Stack(folder / "servers")
            try:
                dead.hold()
            except StackError:
                continue  # it lives
            dead.discard()
            shutil.rmtree(folder, ignore_errors=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave no process and no file behind."""
    stack = config.stash.get(SERVERS, None)
    if stack is not None:
        stack.discard()
    folder = config.stash.get(FOLDER, None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests need a browser."""
    if CHROMIUM is None:
        missing = pytest.mark.skip(reason="Chromium is not installed (on Debian or Ubuntu: apt-get install chromium)")
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(missing)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """On the build server a test that was not run is a test that failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter and reporter.stats.get("skipped") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line("CI=true: a skipped test is a failure.", red=True)


def _keep(cursor: Any, table: str) -> bool:
    """Copy what the migrations put into this table; whether that was anything."""
    cursor.execute("CREATE SCHEMA IF NOT EXISTS migrated")
    cursor.execute(f'DROP TABLE IF EXISTS migrated."{table}"')
    cursor.execute(f'CREATE TABLE migrated."{table}" AS SELECT * FROM "{table}"')
    return bool(cursor.rowcount)


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The test database; emptied after tests that commit, it gets back what the migrations had put there."""
    from django.db import connection

    markers = (item.get_closest_marker("django_db") for item in request.session.items)
    if not any(marker and marker.kwargs.get("transaction") for marker in markers):
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        tables = [table for table in connection.introspection.table_names(cursor) if table != "django_migrations"]
        filled = [table for table in tables if _keep(cursor, table)]
    truncate = connection.ops.execute_sql_flush

    def flush(statements: list[str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # or the audit log would refuse
            truncate(statements)
            for table in filled:
                cursor.execute(f'INSERT INTO "{table}" SELECT * FROM migrated."{table}"')
            cursor.execute("SET session_replication_role = DEFAULT")

    connection.ops.execute_sql_flush = flush


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Playwright drives the machine's own Chromium."""
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": sandbox}


@pytest.fixture(autouse=True)
def _empty_caches() -> Iterator[None]:
    """No limit and no cached value outlives its test."""
    from django.core.cache import caches

    from petitions import limits, places

    yield
    limits.forget()
    places.forget()
    for name in ("default", "limits"):
        caches[name].clear()
