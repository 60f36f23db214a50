"""Error handlers of the whole site; the pages themselves are `cms`'s."""

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.translation import gettext as _

from cms.errors import error_page
from config.front.database import database

RETRY_SECONDS = 30


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when the body was too large."""
    return error_page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 on staff pages. Public pages that take a POST ask for no token, since they carry no authority; any
    other one was asked for something it never does: 405.
    """
    if request.path_info.startswith(settings.STAFF_PATH):
        return error_page(request, 403)
    return HttpResponseNotAllowed(["GET", "HEAD"])


def server_error(request: HttpRequest) -> HttpResponse:
    """500; or 503 that says nothing was recorded, when the database is away or gave up on us."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        database.lost(error)
        return error_page(
            request,
            503,
            retry_after=RETRY_SECONDS,
            message=_("We could not reach our records. Nothing was recorded. Please try again in a minute."),
        )
    return error_page(request, 500)


def too_many_requests(request: HttpRequest, exception: Exception) -> HttpResponse:
    """429 with Retry-After, for the forms that django-ratelimit guards."""
    return error_page(request, 429, retry_after=60)
