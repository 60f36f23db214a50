"""What holds everywhere. Values from the environment come from `config.settings.environment` only."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ as django_environ
from csp.constants import NONE, SELF
from redis.backoff import NoBackoff
from redis.retry import Retry

from config import schedule
from config.logs import logging_settings
from config.settings import environment as given
from config.settings.staff import *  # noqa: F403

BASE_DIR = given.BASE_DIR
STATE_DIR = given.STATE_DIR
SECRET_KEY = given.SECRET_KEY
REDRESS_KEYS = given.REDRESS_KEYS
ERASURE_LEDGER = given.ERASURE_LEDGER
BASE_URL = given.BASE_URL
STAFF_HOST = given.STAFF_HOST
TRUSTED_PROXIES = given.TRUSTED_PROXIES
ELASTICSEARCH_URL = given.ELASTICSEARCH_URL
ELASTICSEARCH_INDEX = given.ELASTICSEARCH_INDEX
DEBUG = False
ALLOWED_HOSTS = [host for host in {urlsplit(BASE_URL).hostname, STAFF_HOST, *given.ALLOWED_HOSTS} if host]

# --- Rooms
INSTALLED_APPS = [
    "config",
    "search",
    "opendata",
    "signatures",
    "responses",
    "petitions",
    "cms",
    "accounts",
    "mailing",
    "audit",
    "vault",
    "wagtail.contrib.settings",
    "wagtail.contrib.typed_table_block",
    "accounts.wagtail_users.StaffUsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.sites",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
]
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

# Session, user and messages are lazy: a public page that never asks for them sets no cookie and no Vary.
# Files are served before Django (config.wsgi).
# Django's LocaleMiddleware is not here: the language comes from the path alone (config.middleware.language_of_path).
MIDDLEWARE = [
    "config.health.probes",
    "config.access_log.access_log",
    "config.middleware.client_address",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.staff_headers",
    "config.middleware.language_of_path",
    "config.guard.guard",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.staff_sessions",
    "allauth.account.middleware.AccountMiddleware",
    "responses.middleware.RecordRefusedActs",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_ratelimit.middleware.RatelimitMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
    {
        # Pieces of pages, and pages that are made often (decision 0098).
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "cms.environment.environment",
            "keep_trailing_newline": True,
        },
    },
]

# --- Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("ar", "العربية")]
STAFF_LANGUAGES = [("en", "English"), ("fr", "Français")]  # of the staff side and of mails to staff
FORMAT_MODULE_PATH = ["config.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = given.TIME_ZONE

# --- Load: what one web process does at once, and for how long it keeps a public page (config.front)
REQUESTS_AT_ONCE = given.DATABASE_POOL_SIZE
PAGE_CACHE_SECONDS = given.PAGE_CACHE_SECONDS

# --- Metrics: each process counts into files of its own; who runs a command or a test counts for itself alone
METRICS_TOKEN = given.METRICS_TOKEN
METRICS_NETWORKS = given.METRICS_NETWORKS
METRICS_FOLDER: Path | None = None
if given.ROLE in ("web", "worker", "beat"):
    METRICS_FOLDER = STATE_DIR / "metrics"
    (METRICS_FOLDER / given.ROLE).mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_FOLDER / given.ROLE)  # before anybody imports the library

# --- Database
DATABASES: dict[str, dict[str, Any]] = {"default": given.database(given.DATABASE_URL)} if given.DATABASE_URL else {}
if DATABASES:
    database = DATABASES["default"]
    options = database.setdefault("OPTIONS", {})
    options["connect_timeout"] = 3
    # Without a number nothing is ever prepared; with this one what asks for it is (petitions.whole and versions).
    options["prepare_threshold"] = 1_000_000_000
    # The web asks no connection first whether it lives (decision 0081): config.front renews those that were lost.
    database["CONN_HEALTH_CHECKS"] = given.ROLE != "web"
    database["TEST"] = {"NAME": given.TEST_DATABASE_NAME or None}
    if given.ROLE == "web":
        # A pool belongs to the many threads of a web process; workers keep one connection each. Of three more than
        # requests may run at once one is for probes, one for signatures and one for pages on the short ways.
        # What a crowd needed goes soon after it: fewer connections taken in turn find more of what they know at hand.
        options["pool"] = {
            "min_size": 1,
            "max_size": REQUESTS_AT_ONCE + 3,
            "timeout": 2,
            "reconnect_timeout": 4,
            "max_idle": 8,
        }
        options["options"] = (
            "-c statement_timeout=3000 -c lock_timeout=2000 -c idle_in_transaction_session_timeout=10000"
            " -c jit=off"  # compiling a search takes longer than the search
        )
        database["CONN_MAX_AGE"] = 0
    else:
        database["CONN_MAX_AGE"] = 600

# --- Redis: 0 broker, 1 cache, 2 limits. Nothing in it that can't be rebuilt; its absence costs milliseconds
REDIS_CLIENT_OPTIONS = {"socket_connect_timeout": 0.1, "socket_timeout": 0.3, "retry": Retry(NoBackoff(), 0)}
REDIS_PAGES_URL = given.redis_database(1)
REDIS_LIMITS_URL = given.redis_database(2)
# Without Redis each web process allows one part in so many of a limit by itself.
LIMITS_LOCAL_SHARE = max(4, given.WEB_WORKERS)


def redis_cache(number: int) -> dict[str, object]:
    """A cache in one Redis database that answers "not there" while Redis is away."""
    return {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": given.redis_database(number),
        "OPTIONS": {"IGNORE_EXCEPTIONS": True, "CONNECTION_POOL_KWARGS": REDIS_CLIENT_OPTIONS},
    }


CACHES = {"default": redis_cache(1), "limits": redis_cache(2)}
RATELIMIT_USE_CACHE = "limits"
RATELIMIT_FAIL_OPEN = True
RATELIMIT_VIEW = "config.errors.too_many_requests"

# --- Celery: tables are the queues, beat is the alarm clock
CELERY_BROKER_URL = given.broker(given.redis_database(0))
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "queue_order_strategy": "priority",  # in the order in which the worker names its queues: confirm first
    "socket_connect_timeout": 2,
    "retry_on_timeout": False,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TIMEZONE = "UTC"
CELERY_TASK_ROUTES = schedule.routes()
CELERY_BEAT_SCHEDULE = schedule.beat_schedule()

# --- Mail
MAIL_FOLDER: Path | None = None  # mails are written here as files when set (demo, journeys)
if given.EMAIL_URL and not given.EMAIL_URL.startswith("anymail:"):
    globals().update(django_environ.Env.email_url_config(given.EMAIL_URL))
    if urlsplit(given.EMAIL_URL).scheme.startswith("smtp"):
        EMAIL_BACKEND = "mailing.backends.ServerBackend"
EMAIL_TIMEOUT = 10
if given.MAIL_PROVIDER and given.EMAIL_URL.startswith("anymail:"):
    EMAIL_BACKEND = f"anymail.backends.{given.MAIL_PROVIDER}.EmailBackend"
# The provider reports to /hooks/mail/<provider>/, which exists only with a secret (user:password, HTTP basic auth).
MAIL_PROVIDER = given.MAIL_PROVIDER if given.MAIL_HOOK_SECRET else ""
MAIL_HOOK_PATH = "/hooks/mail/"
ANYMAIL = {**given.MAIL_PROVIDER_SETTINGS, "WEBHOOK_SECRET": given.MAIL_HOOK_SECRET}
# Mails a second to one receiving domain, and as many again in bulk; 0 where a provider paces them itself.
MAIL_PER_DOMAIN = given.MAIL_PER_DOMAIN
DEFAULT_FROM_EMAIL = given.MAIL_FROM or f"petitions@{urlsplit(BASE_URL).hostname}"
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Files
STATIC_URL = "/static/"
STATIC_ROOT = given.STATIC_ROOT
MEDIA_URL = "/media/"
MEDIA_ROOT = given.MEDIA_ROOT
# Share cards: made again where they are not there, and handed out by us alone, since a petition may be taken away.
CARDS_FOLDER = STATE_DIR / "cards"
DUMPS_ROOT = given.DUMPS_ROOT
DATA_LICENCE, DATA_LICENCE_URL = given.DATA_LICENCE, given.DATA_LICENCE_URL
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- What a client may send
# config.guard holds the public side to PUBLIC_*; these are for staff, whose page editor posts long forms.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
PUBLIC_BODY_MAX_BYTES = 64 * 1024
# With a link that asks for a contribution: its files.
CONTRIBUTION_BODY_MAX_BYTES = 20 * 1024 * 1024
PUBLIC_MAX_FIELDS = 200
PUBLIC_QUERY_MAX_BYTES = 4096

# --- Headers and cookies
STAFF_PATH = "/staff/"
LOGIN_URL = "wagtailadmin_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = STAFF_PATH  # public pages never even see them
SESSION_COOKIE_AGE = 12 * 3600  # and then one signs in again, whatever one did meanwhile
STAFF_IDLE_MINUTES = given.STAFF_IDLE_MINUTES
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
WAGTAILADMIN_PERMITTED_LANGUAGES = STAFF_LANGUAGES

LOGGING_CONFIG = "config.logs.configure"
LOGGING = logging_settings(level=given.LOG_LEVEL, folder=given.LOG_FOLDER, role=given.ROLE)
