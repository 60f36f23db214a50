"""Every test runs on a real PostgreSQL and Redis: those of DATABASE_URL and REDIS_URL, else our own, made here.

A plugin (``-p tests.servers``) and no conftest: the servers must be there before any conftest imports a model.
"""

import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest

from config.stack import Stack, StackError

os.environ.pop("DJANGO_SETTINGS_MODULE", None)  # or pytest-django reads the settings before the servers are there
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the thread of the tests

SERVERS = pytest.StashKey[Stack]()
FOLDER = pytest.StashKey[Path]()
BINARIES = "REDRESS_TEST_BINARIES"  # where pg_dump of our own server is, for the workers of xdist too
PREFIX = "redress-test-"
DEAD_AFTER_SECONDS = 600  # a run younger than this may be about to take its lock


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Start what is missing, then let Django read its settings. Workers of xdist use what their parent started."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        _use_own_redis(int(worker.removeprefix("gw")))
    else:
        _start_servers(early_config)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django

    django.setup()


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
    if stack.postgresql:
        os.environ[BINARIES] = str(stack.postgresql.binaries)
    if not keys.exists():
        from vault.keys import write_new

        write_new(keys)


def _use_own_redis(worker: int) -> None:
    """Three databases for each worker of xdist, so that one never empties another's caches."""
    from config.settings import environment

    environment.REDIS_URL = os.environ["REDIS_URL"] = environment.redis_database(3 * (worker + 1))


def _clear_dead_runs() -> None:
    """End the servers of test runs that were killed, and remove their folders."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            found = folder.stat()
        except FileNotFoundError:
            continue  # another run was quicker
        if found.st_uid == os.geteuid() and time.time() - found.st_mtime > DEAD_AFTER_SECONDS:
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
