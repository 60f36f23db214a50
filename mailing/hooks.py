"""Where the mail provider reports what became of mails. Reading and checking the reports is django-anymail's work."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from anymail import urls as anymail_urls
from anymail.exceptions import AnymailError
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

log = structlog.get_logger(__name__)


def routes(provider: str) -> list[URLPattern]:
    """The address for the reports of this provider (its name at django-anymail), and no other one's.

    The secret in ``ANYMAIL["WEBHOOK_SECRET"]`` is asked first. Raises ImproperlyConfigured for an unknown provider.
    """
    views = {pattern.name: pattern.callback for pattern in anymail_urls.urlpatterns}
    view = views.get(f"{provider}_tracking_webhook") or views.get(f"{provider}_webhook")
    if view is None:
        raise ImproperlyConfigured(f"MAIL_PROVIDER: django-anymail takes no reports of {provider!r}")
    return [path(f"{provider}/", _steady(view), name="mail_report")]


def _steady(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What can't be read is the sender's mistake, not ours."""

    @csrf_exempt
    @wraps(view)
    def steady(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, **kwargs)
        except SuspiciousOperation:
            log.warning("mail_report_refused")
        except (AnymailError, ValueError, LookupError, TypeError, AttributeError) as error:
            log.warning("mail_report_unread", error=type(error).__name__)
        return HttpResponseBadRequest("Not a report.", content_type="text/plain")

    return steady
