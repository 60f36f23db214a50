"""The public site. Only tightens, and refuses to start while something it must be told is missing."""

from django.core.exceptions import ImproperlyConfigured

from config.settings import environment as given
from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_URL, TRUSTED_PROXIES

DEMO = False
REQUIRED = (
    "SECRET_KEY",
    "REDRESS_KEYS",
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "MAIL_FROM",
    "BASE_URL",
    "TRUSTED_PROXIES",
)
missing = [name for name in REQUIRED if not given.is_set(name)]
if missing:
    raise ImproperlyConfigured(
        f"Production needs these environment variables: {', '.join(missing)} (docs/operations.md)."
    )
if not BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("BASE_URL must begin with https:// in production: links in mails carry secrets.")

if given.EMAIL_URL.startswith("anymail:") and not given.MAIL_PROVIDER:
    raise ImproperlyConfigured("EMAIL_URL is anymail: but MAIL_PROVIDER names no provider: no mail would leave.")

SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Subdomains and preload lists are the operator's decision for a whole domain, not ours.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
