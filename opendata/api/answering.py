"""How the API answers: with ETag, to pages of every site, and with a problem in JSON where it cannot."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from cms.caching import mark_public, mark_unstored
from opendata.api import limits
from opendata.replies import JSON, answer, open_data

View = Callable[..., HttpResponse]

DESCRIPTION_SECONDS = 300


class Api(NinjaAPI):
    """Answers and refuses as all open data of this site does."""

    def create_response(
        self,
        request: HttpRequest,
        data: Any,
        *,
        status: int | None = None,
        temporal_response: HttpResponse | None = None,
    ) -> HttpResponse:
        """The document, which anybody may keep for two seconds; 304 to who has it. Refusals never come here."""
        response = answer(request, data)
        mark_public(response)
        return response

    def set_default_exception_handlers(self) -> None:
        """Refusals are problems in JSON; whatever else goes wrong is the site's to answer."""
        self.add_exception_handler(HttpError, _refused)
        self.add_exception_handler(ValidationError, _misunderstood)


def problem(status: int, message: str = "", *, fields: dict[str, str] | None = None) -> HttpResponse:
    """Why there is no document, as a `Problem`, which nobody keeps."""
    body = orjson.dumps({"error": message or HTTPStatus(status).phrase, "fields": fields or {}})
    response = HttpResponse(body, content_type=JSON, status=status)
    mark_unstored(response)
    return response


def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.status_code, error.message)


def _misunderstood(request: HttpRequest, error: Any) -> HttpResponse:
    fields = {str(one["loc"][-1]): str(one["msg"]) for one in error.errors}
    return problem(HTTPStatus.BAD_REQUEST, "Some parameters cannot be understood.", fields=fields)


def api_view(view: View) -> View:
    """Decorate a view of the API: read-only, for pages of every site, so often for one network, HEAD as GET."""

    @open_data
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wait := limits.seconds_to_wait(request):
            response = problem(HTTPStatus.TOO_MANY_REQUESTS, f"Too many requests: ask again in {wait} seconds.")
            response["Retry-After"] = str(wait)
            return response
        asked = request.method
        request.method = "GET"
        try:
            return view(request, *args, **kwargs)
        finally:
            request.method = asked

    return wrapper


@api_view
def nothing_here(request: HttpRequest, path: str = "") -> HttpResponse:
    """An address below the API's that stands for nothing."""
    return problem(HTTPStatus.NOT_FOUND)
