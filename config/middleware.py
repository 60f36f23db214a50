"""Small middleware of the whole site: who calls, in which language, and what staff pages may load."""

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation

GetResponse = Callable[[HttpRequest], HttpResponse]


def client_address(get_response: GetResponse) -> GetResponse:
    """Make REMOTE_ADDR the caller's real address, so that everything after this may simply read it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.META["REMOTE_ADDR"] = caller_address(request.META)
        return get_response(request)

    return middleware


def caller_address(environ: Mapping[str, Any]) -> str:
    """Where a request came from: '' if that is not known.

    Of X-Forwarded-For only the entries added by our own TRUSTED_PROXIES proxies are believed, counted from the right;
    whatever a caller put before them, or into any other header, is ignored. What is no address leaves the peer.
    """
    peer: str = environ.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if 0 < settings.TRUSTED_PROXIES <= len(hops):
        return plain_address(hops[-settings.TRUSTED_PROXIES]) or peer
    return peer


def plain_address(entry: str) -> str:
    """The address in one entry of X-Forwarded-For: without port, brackets and zone, IPv4 never written as IPv6.

    '' for what is no address.
    """
    if entry.startswith("["):
        entry = entry[1:].partition("]")[0]
    elif entry.count(":") == 1:
        entry = entry.partition(":")[0]
    try:
        address = ipaddress.ip_address(entry.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)


def language_of_path(get_response: GetResponse) -> GetResponse:
    """Set the language from the path alone: no cookie, no Accept-Language, hence no Vary."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware


def staff_headers(get_response: GetResponse) -> GetResponse:
    """Give staff pages the looser policy that Wagtail's editor needs, and keep them on STAFF_HOST when one is set."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(settings.STAFF_PATH):
            return get_response(request)
        if settings.STAFF_HOST and request.get_host().split(":")[0].lower() != settings.STAFF_HOST:
            raise Http404
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", settings.STAFF_CONTENT_SECURITY_POLICY)
        return response

    return middleware
