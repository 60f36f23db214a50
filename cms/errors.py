"""The pages that say what went wrong. They read no table, so that they work when the database does not."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template
from django.utils import translation
from django.utils.functional import Promise

from cms.caching import mark_unstored
from cms.languages import language_of

API, API_PAGE = "/api/", "/api/docs/"
PARTNERS = "/v1/"
STATUSES = frozenset({400, 403, 404, 410, 413, 429, 500, 503})


def error_page(
    request: HttpRequest, status: int, *, message: str | Promise = "", retry_after: int | None = None
) -> HttpResponse:
    """The page for this status in the language of the path, or a small JSON object where programs ask.

    `message` replaces the page's first sentence. `retry_after` in seconds is said on the page and in the header.
    A status without a page is a ValueError.
    """
    if status not in STATUSES:
        raise ValueError(f"no page for status {status}")
    with translation.override(language_of(request.path)):
        response: HttpResponse
        if is_data(request.path):
            response = JsonResponse({"error": str(message) or _reason(status)}, status=status)
            response["Access-Control-Allow-Origin"] = "*"  # or a page of another site would not learn what is wrong
        else:
            context = {"message": message, "retry_after": retry_after, "status": status}
            response = HttpResponse(get_template(f"{status}.html").render(context, request), status=status)
    mark_unstored(response)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def is_data(path: str) -> bool:
    """Whether programs ask for what stands at this path."""
    if path.endswith(".json") or path.startswith(PARTNERS):
        return True
    return path.startswith(API) and not path.startswith(API_PAGE)


class Closed(PermissionDenied):
    """Refused, for a reason (a translatable sentence) that the page shows."""


def _reason(status: int) -> str:
    return HttpResponse(status=status).reason_phrase


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler for refused requests. Of exceptions only Closed is shown."""
    return error_page(request, 403, message=str(exception) if isinstance(exception, Closed) else "")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler for unknown addresses. Never shows the exception: it may name what is hidden."""
    return error_page(request, 404)
