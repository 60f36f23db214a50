"""The one place that reads the environment: every knob with its type and its safe default."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import environ

env = environ.Env()


def number(name: str, default: int) -> int:
    """A whole number; an empty value counts as not given. Raises ImproperlyConfigured for anything else."""
    text = env.str(name, default="").strip() or str(default)
    if not text.isascii() or not text.isdecimal():
        raise environ.ImproperlyConfigured(f"{name} must be a whole number, not {text!r}.")
    return int(text)


BASE_DIR = Path(__file__).resolve().parents[2]
STATE_DIR = Path(env.str("REDRESS_STATE", default=str(BASE_DIR / "var"))).resolve()

ROLE = env.str("REDRESS_ROLE", default="command")  # web, worker, beat or command; says which connections to keep
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOG_FOLDER = env.str("LOG_FOLDER", default="")

SECRET_KEY = env.str("SECRET_KEY", default="")
REDRESS_KEYS = env.str("REDRESS_KEYS", default="")
ERASURE_LEDGER = Path(env.str("ERASURE_LEDGER", default=str(STATE_DIR / "erasures.jsonl")))
BASE_URL = env.str("BASE_URL", default=f"http://localhost:{number('PORT', 8000)}").rstrip("/")
STAFF_HOST = env.str("STAFF_HOST", default="").lower()
STAFF_IDLE_MINUTES = number("STAFF_IDLE_MINUTES", 30)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
TRUSTED_PROXIES = number("TRUSTED_PROXIES", 0)

DATABASE_URL = env.str("DATABASE_URL", default="")
TEST_DATABASE_NAME = env.str("TEST_DATABASE_NAME", default="")
DATABASE_POOL_SIZE = number("DATABASE_POOL_SIZE", 4)  # connections of one web process
PAGE_CACHE_SECONDS = number("PAGE_CACHE_SECONDS", 2)  # 0: every page is made anew
REDIS_URL = env.str("REDIS_URL", default="")
WEB_WORKERS = number("WEB_WORKERS", 2)  # web processes on this machine, started by the Procfile
ELASTICSEARCH_URL = env.str("ELASTICSEARCH_URL", default="")
ELASTICSEARCH_INDEX = env.str("ELASTICSEARCH_INDEX", default="redress")
EMAIL_URL = env.str("EMAIL_URL", default="")
MAIL_PER_DOMAIN = number("MAIL_PER_DOMAIN", 30)
MAIL_PROVIDER = env.str("MAIL_PROVIDER", default="")  # one of django-anymail's, such as postmark
MAIL_PROVIDER_SETTINGS: dict[str, str] = env.json("MAIL_PROVIDER_SETTINGS", default={})
MAIL_HOOK_SECRET = env.str("MAIL_HOOK_SECRET", default="")

METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_NETWORKS = [ip_network(name) for name in env.list("METRICS_NETWORKS", default=["127.0.0.0/8", "::1/128"])]

SITE_NAME = env.str("SITE_NAME", default="Redress")
MAIL_FROM = env.str("MAIL_FROM", default="")
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(STATE_DIR / "static")))
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(STATE_DIR / "media")))
DUMPS_ROOT = Path(env.str("DUMPS_ROOT", default=str(STATE_DIR / "dumps")))
DATA_LICENCE = env.str("DATA_LICENCE", default="Creative Commons Attribution 4.0")
DATA_LICENCE_URL = env.str("DATA_LICENCE_URL", default="https://creativecommons.org/licenses/by/4.0/")


def is_set(name: str) -> bool:
    """Whether the environment names this setting at all."""
    return bool(env.str(name, default=""))


def database(url: str) -> dict[str, Any]:
    """Django's description of the database at `url` (a TCP address, or `postgresql://user@/name?host=/folder`)."""
    described = environ.Env.db_url_config(url)
    if described.get("ENGINE") != "django.db.backends.postgresql":
        raise environ.ImproperlyConfigured("DATABASE_URL must be the address of a PostgreSQL database.")
    return dict(described)


def redis_database(number: int) -> str:
    """Address of the database `number` places after the one that REDIS_URL names (the first one unless it says)."""
    parts = urlsplit(REDIS_URL or "redis://127.0.0.1:6379")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.scheme == "unix":
        return f"unix://{parts.path}?{urlencode({**query, 'db': int(query.get('db', 0)) + number})}"
    first = int(parts.path.strip("/") or 0)
    return urlunsplit(parts._replace(path=f"/{first + number}"))


def broker(address: str) -> str:
    """The same Redis address as Celery writes it: it has a scheme of its own for sockets."""
    parts = urlsplit(address)
    if parts.scheme != "unix":
        return address
    number = parse_qs(parts.query)["db"][-1]
    return f"redis+socket://{parts.path}?{urlencode({'virtual_host': number})}"
