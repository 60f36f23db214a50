"""The door: turns away what no page of ours asks for, before any view sees it. Whatever a client sends, never a 500."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from cms.errors import error_page
from responses import contributing

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
FORM_TYPES = {"", "application/x-www-form-urlencoded", "multipart/form-data"}
# Where programs post, not pages.
TAKES_JSON = re.compile(r"/v1/signatures(?:\.\w+)?")
PAGES = {400, 404, 413}
LONGEST_NAME_BYTES = 255
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def guard(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that answers bad requests itself. Staff pages are only held to clean bytes and known methods."""

    def middleware(request: HttpRequest) -> HttpResponse:
        status = refusal(request)
        if status is None:
            return get_response(request)
        if status in PAGES:
            return error_page(request, status)
        # No browser of a person sends these: a word is enough.
        response = HttpResponse(status=status, content_type="text/plain")
        response.write(response.reason_phrase)
        if status == 405:
            response["Allow"] = ", ".join(METHODS)
        return response

    return middleware


def refusal(request: HttpRequest) -> int | None:
    """The status to refuse this request with; None when it may pass. May raise what Django itself answers with 400."""
    if request.method not in METHODS:
        return 405
    if CONTROL.search(request.path_info) or _too_long(request.path_info):
        return 404
    if any(CONTROL.search(value) for value in request.COOKIES.values()) or _has_null(request.GET):
        return 400
    if request.path_info.startswith(settings.STAFF_PATH):
        return None
    if len(request.META.get("QUERY_STRING", "")) > settings.PUBLIC_QUERY_MAX_BYTES:
        return 400
    if request.path_info.startswith(settings.MAIL_HOOK_PATH):
        return None  # in the provider's own format; its secret is asked before anything is read
    return _body_refusal(request) if request.method == "POST" else None


def _body_refusal(request: HttpRequest) -> int | None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdecimal()):
        return 400
    if int(length) > _most_bytes(request):
        return 413
    charset = (request.content_params or {}).get("charset", "utf-8")
    is_json = request.content_type == "application/json" and TAKES_JSON.fullmatch(request.path_info)
    if (request.content_type not in FORM_TYPES and not is_json) or charset.lower() not in {"utf-8", "utf8"}:
        return 415
    if sum(len(values) for _, values in request.POST.lists()) > settings.PUBLIC_MAX_FIELDS or _has_null(request.POST):
        return 400
    return None


def _most_bytes(request: HttpRequest) -> int:
    if contributing.may_upload(request.path_info, now=timezone.now()):
        return settings.CONTRIBUTION_BODY_MAX_BYTES
    return settings.PUBLIC_BODY_MAX_BYTES


def _too_long(path: str) -> bool:
    """No slug, token or file name of ours is longer than a file system allows a name to be."""
    return any(len(piece.encode(errors="replace")) > LONGEST_NAME_BYTES for piece in path.split("/"))


def _has_null(sent: QueryDict) -> bool:
    return any("\0" in name or any("\0" in value for value in values) for name, values in sent.lists())
