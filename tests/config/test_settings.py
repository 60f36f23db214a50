"""The environment is read once; production refuses to start half-told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings

from config import schedule
from config.settings.environment import broker

ROOT = Path(__file__).resolve().parents[2]
COMPLETE = {
    "DATABASE_URL": "postgresql://redress@127.0.0.1:9/redress",
    "REDIS_URL": "redis://127.0.0.1:9",
    "EMAIL_URL": "smtp+tls://user:word@mail.example:587",
    "MAIL_FROM": "petitions@example.org",
    "BASE_URL": "https://petitions.example",
    "TRUSTED_PROXIES": "1",
    "SECRET_KEY": "secret",
    "REDRESS_KEYS": "/keys",
}


def loaded(module: str, names: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Import a settings module in a fresh process and print some of its values as JSON."""
    code = f"import json; from {module} import {names}; print(json.dumps([{names}], default=str))"
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("missing", COMPLETE)
def test_production_names_what_it_was_not_told(missing: str) -> None:
    told = loaded("config.settings.production", "DEBUG", **{**COMPLETE, missing: ""})
    assert told.returncode != 0
    assert f"Production needs these environment variables: {missing}" in told.stderr


def test_production_only_tightens() -> None:
    names = (
        "DEBUG, DEMO, SESSION_COOKIE_SECURE, SECURE_SSL_REDIRECT, MAIL_FOLDER, ALLOWED_HOSTS, EMAIL_HOST, EMAIL_USE_TLS"
    )
    told = loaded("config.settings.production", names, **COMPLETE)
    assert json.loads(told.stdout) == [False, False, True, True, None, ["petitions.example"], "mail.example", True]


def test_production_refuses_plain_http() -> None:
    told = loaded("config.settings.production", "DEBUG", **{**COMPLETE, "BASE_URL": "http://petitions.example"})
    assert "BASE_URL must begin with https://" in told.stderr


def test_other_databases_than_postgresql_are_refused() -> None:
    told = loaded("config.settings.demo", "DATABASES", DATABASE_URL="sqlite:///db.sqlite3")
    assert "DATABASE_URL must be the address of a PostgreSQL database" in told.stderr


@pytest.mark.parametrize(
    ("given", "broker_url", "limits_url"),
    [
        ("redis://127.0.0.1:6379", "redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/2"),
        (
            "redis://:word@redis.example:6380/10",
            "redis://:word@redis.example:6380/10",
            "redis://:word@redis.example:6380/12",
        ),
        (
            "unix:///run/a%20b/redis.sock",
            "redis+socket:///run/a%20b/redis.sock?virtual_host=0",
            "unix:///run/a%20b/redis.sock?db=2",
        ),
        ("unix:///run/redis.sock?db=3", "redis+socket:///run/redis.sock?virtual_host=3", "unix:///run/redis.sock?db=5"),
    ],
)
def test_broker_cache_and_limits_have_a_redis_database_each(given: str, broker_url: str, limits_url: str) -> None:
    told = loaded("config.settings.demo", "CELERY_BROKER_URL, REDIS_LIMITS_URL", REDIS_URL=given)
    assert json.loads(told.stdout) == [broker_url, limits_url]
    assert broker("redis://127.0.0.1/1") == "redis://127.0.0.1/1"


def test_only_web_processes_pool_connections_and_bound_statements() -> None:
    url = {"DATABASE_URL": COMPLETE["DATABASE_URL"]}
    web = json.loads(loaded("config.settings.demo", "DATABASES", **url, REDRESS_ROLE="web").stdout)[0]["default"]
    worker = json.loads(loaded("config.settings.demo", "DATABASES", **url, REDRESS_ROLE="worker").stdout)[0]["default"]
    assert web["CONN_MAX_AGE"] == 0
    assert "statement_timeout=3000" in web["OPTIONS"]["options"]
    assert "pool" not in worker["OPTIONS"]
    assert worker["CONN_MAX_AGE"] > 0


def test_every_periodic_job_exists_has_a_queue_and_does_not_pile_up() -> None:
    current_app.loader.import_default_modules()
    unknown = [task for task, _, _ in schedule.JOBS.values() if task not in current_app.tasks]
    assert unknown == []
    for job in settings.CELERY_BEAT_SCHEDULE.values():
        assert job["options"]["queue"] in {"confirm", "default", "bulk"}
        assert job["options"]["expires"] == job["schedule"]
    worker = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("worker:"))
    assert "--queues confirm,default,bulk" in worker


def test_production_refuses_a_provider_that_is_not_named() -> None:
    url = {"EMAIL_URL": "anymail:"}
    assert "MAIL_PROVIDER names no provider" in loaded("config.settings.production", "DEBUG", **COMPLETE | url).stderr
    named = loaded("config.settings.production", "EMAIL_BACKEND", **COMPLETE | url, MAIL_PROVIDER="postmark")
    assert json.loads(named.stdout) == ["anymail.backends.postmark.EmailBackend"]
