"""What every test finds: a database that keeps what migrations put there, a browser, empty caches, a lost Redis."""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from pytest_django import DjangoDbBlocker, Settings

from tests.migrated import migrate
from tests.servers import BINARIES

# Neither a slow machine nor chance decides: examples have all the time, and are the same at each run of the same test.
# Others at each run: bin/test --hypothesis-profile=default
hypothesis.register_profile("same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
hypothesis.load_profile("same")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests need a browser, and come last: its event loop stays in the thread of the tests, where Django would
    give all that follow a connection of their own, which nobody empties.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    if CHROMIUM is None:
        missing = pytest.mark.skip(reason="Chromium is not installed (on Debian or Ubuntu: apt-get install chromium)")
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(missing)

    if reason := _no_search_server(items):
        for item in items:
            if item.get_closest_marker("elasticsearch"):
                item.add_marker(pytest.mark.skip(reason=reason))


def _no_search_server(items: list[pytest.Item]) -> str:
    """Why the tests of the search server can't run here; empty when they can, or there are none."""
    if os.environ.get("ELASTICSEARCH_URL") or not any(item.get_closest_marker("elasticsearch") for item in items):
        return ""
    from tests.elasticsearch import built

    return built.missing()


@pytest.fixture(scope="session")
def search_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real search server: of ELASTICSEARCH_URL, else one of our own, started once."""
    if given := os.environ.get("ELASTICSEARCH_URL"):
        yield given
        return
    from tests.elasticsearch.server import SearchServer

    with SearchServer(tmp_path_factory.mktemp("search")) as server:
        yield server.url


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """On the build server a test that was not run is a test that failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter and reporter.stats.get("skipped") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line("CI=true: a skipped test is a failure.", red=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """On a server of ours the test database begins as a copy of one that is migrated."""
    if BINARIES not in os.environ:
        return
    from django.db import connection

    server, name = os.environ["DATABASE_URL"], f"migrated_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    with psycopg.connect(server, autocommit=True) as maker:
        maker.execute(f"CREATE DATABASE {name}")
    migrate(urlsplit(server)._replace(path=f"/{name}").geturl(), Path(os.environ[BINARIES]))
    connection.settings_dict["TEST"]["TEMPLATE"] = name


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

    import mailing.selectors
    from cms import face
    from config import access_log
    from petitions import archive, limits, networks, places, regions, related, similar, switches, waiting
    from responses import finding
    from search import facets, topics
    from search.engines.elastic.breaker import breaker
    from signatures.challenge import modes
    from signatures.views import signed

    # Lines are read as soon as they are written, also after config.wsgi was imported.
    access_log.lines = access_log.Lines()
    # Nothing is switched, and known: where queries are counted, nobody asks again.
    switches.remember(switches.Switches(), seconds=3600)
    face.remember(face.INSTALLED, seconds=3600)
    yield
    mailing.selectors.forget()
    signed.forget()
    limits.forget()
    networks.forget()
    places.forget()
    related.forget()
    similar.forget()
    for kept in (regions.figures, finding.offices, topics.counted, archive.by_month):
        kept.forget()
    facets.departments.forget()
    facets.topics.forget()
    switches.forget()
    waiting.forget()
    breaker.close()
    face.forget()
    modes.forget()
    for name in ("default", "limits"):
        caches[name].clear()


@pytest.fixture
def refused_port(settings: Settings) -> Iterator[None]:
    """Redis' address answers nothing: the port is refused, and nobody else's meanwhile."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        settings.REDIS_LIMITS_URL = f"redis://127.0.0.1:{holder.getsockname()[1]}/0"
        yield


@pytest.fixture
def hanging_port(settings: Settings) -> Iterator[None]:
    """Redis' address takes the connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.REDIS_LIMITS_URL = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        yield
