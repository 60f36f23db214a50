"""Logs name routes, ids and places, and nothing that somebody typed."""

import io
import json
import logging
import time

import pytest
import structlog
from django.db import IntegrityError, connection
from django.dispatch import Signal
from django.test import Client

from config import access_log
from config.logs import formatter

SECRET = "ada@example.org"


@pytest.fixture
def lines() -> io.StringIO:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)


def events(stream: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.django_db
def test_a_request_is_one_line_without_its_path(client: Client, lines: io.StringIO) -> None:
    client.get("/confirm/a-token-that-must-stay-secret/?email=ada@example.org")
    client.get("/staff/login/")
    text = lines.getvalue()
    assert "secret" not in text
    assert SECRET not in text
    requests = [event for event in events(lines) if event["event"] == "request"]
    assert [request["status"] for request in requests][1:] == [200]
    assert requests[1]["route"] == "wagtailadmin_login"
    assert requests[1]["method"] == "GET"
    assert requests[1]["ms"] > 0


def test_a_web_process_writes_the_lines_of_a_moment_together(
    lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_log, "SECONDS_BETWEEN_WRITES", 3600)
    kept = access_log.Lines()
    kept.write_in_time()
    for number in range(3):
        kept.add(json.dumps({"event": "request", "number": number}))
    assert not events(lines)
    kept.write()
    kept.write()
    assert [event["number"] for event in events(lines)] == [0, 1, 2]


def test_a_web_process_waits_a_moment_only(lines: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_log, "SECONDS_BETWEEN_WRITES", 0.01)
    kept = access_log.Lines()
    kept.write_in_time()
    kept.add(json.dumps({"event": "request"}))
    deadline = time.monotonic() + 30
    while not events(lines):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_exception_is_named_with_its_places_but_not_its_message(lines: io.StringIO) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("somewhere").exception("it failed")
        structlog.get_logger("elsewhere").exception("it failed too")
    assert SECRET not in lines.getvalue()
    first, second = events(lines)
    assert first["exception"] == second["exception"] == ["builtins.ValueError"]
    assert "test_logs.py" in first["at"][0]


@pytest.mark.django_db
def test_a_database_error_keeps_its_code_and_loses_its_values(lines: io.StringIO) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE once (word text UNIQUE) ON COMMIT DROP")
            cursor.execute("INSERT INTO once VALUES (%s), (%s)", [SECRET, SECRET])
    except IntegrityError:
        logging.getLogger("somewhere").exception("not stored")
    assert SECRET not in lines.getvalue()
    assert any("23505" in name for name in events(lines)[-1]["exception"])


@pytest.mark.parametrize("level", ["warning", "error"])
def test_celery_does_not_repeat_arguments_or_messages(lines: io.StringIO, level: str) -> None:
    told = {
        "name": "mailing.tasks.send_due",
        "id": "1",
        "description": "raised unexpected",
        "exc": SECRET,
        "args": SECRET,
    }
    getattr(logging.getLogger("celery.app.trace"), level)("Task %(name)s[%(id)s] %(description)s: %(exc)s", told)
    assert SECRET not in lines.getvalue()
    assert events(lines)[0]["task"] == "mailing.tasks.send_due"


@pytest.mark.django_db
def test_a_refused_host_or_address_is_not_repeated(client: Client, lines: io.StringIO) -> None:
    client.get("/", headers={"host": "ada.example.org"})
    client.get("/petitions/1/a-secret-token/")
    assert "ada.example" not in lines.getvalue()
    assert "a-secret-token" not in lines.getvalue()


def test_a_receiver_of_a_signal_fails_without_its_words(lines: io.StringIO) -> None:
    def fails(**_ids: object) -> None:
        raise ValueError(SECRET)

    happened = Signal()
    happened.connect(fails)
    happened.send_robust(sender=None)
    [event] = events(lines)
    assert event["event"] == "receiver failed"
    assert event["exception"] == ["builtins.ValueError"]
    assert SECRET not in lines.getvalue()
