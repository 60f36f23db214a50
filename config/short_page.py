"""The short way to a petition's page as everybody sees it: past what Django does for any request.

Its headers are the long way's: they are learned from a page that came the long way. Whatever is not plainly such a
page, or is not there, goes the long way, which can explain.
"""

import re
import time
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import translation

from config.access_log import tell
from config.learned import LANGUAGE, Application, Environ, Learned, Reply
from petitions import selectors, views
from petitions.visibility import Visibility

log = structlog.get_logger(__name__)

OK = "200 OK"
# A request with one of these may be answered by something else than the page.
SPECIAL = ("SCRIPT_NAME", "QUERY_STRING", "HTTP_COOKIE", "HTTP_AUTHORIZATION")

_PATH = re.compile(rf"{LANGUAGE}/petitions/(?P<petition_id>[1-9]\d{{0,17}})/", re.ASCII)


class PlainRequest(HttpRequest):
    """As much of a request as a page is drawn from: reading all of it takes as long as a tenth of the drawing."""

    def __init__(self, environ: Environ) -> None:
        self.method, self.META, self.path = "GET", environ, environ["PATH_INFO"]


class ShortPage:
    """A WSGI application before Django's."""

    def __init__(self, django: Application) -> None:
        self._django = django
        self._learned = Learned(lambda status, _headers: status == OK, own=frozenset({"content-length"}))

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = _PATH.fullmatch(environ.get("PATH_INFO", "")) if is_plain(environ) else None
        if found is None:
            return self._django(environ, start_response)
        headers = self._learned.headers(environ, found["language"])
        if headers is None:
            return self._django(environ, self._learned.learning(environ, found["language"], start_response))
        began = time.perf_counter()
        petition_id = int(found["petition_id"])
        page = drawn(environ, petition_id, found["language"] or settings.LANGUAGE_CODE)
        if page is None:
            connection.close_if_unusable_or_obsolete()
            return self._django(environ, start_response)
        start_response(OK, [*headers, ("Content-Length", str(len(page)))])
        tell("petitions:detail", {"petition_id": petition_id}, method="GET", status=200, began=began)
        return Reply([page])


def is_plain(environ: Environ) -> bool:
    """Whether this asks for a page with nothing that makes it another one."""
    return environ["REQUEST_METHOD"] == "GET" and not any(environ.get(name) for name in SPECIAL)


def drawn(environ: Environ, petition_id: int, language: str) -> bytes | None:
    """The page; None where the long way must be gone."""
    try:
        with translation.override(language):
            found, seen = selectors.whole_by_number(petition_id)
            if seen is not Visibility.PAGE or found is None:
                return None
            return views.page(PlainRequest(environ), found, path=environ["PATH_INFO"]).encode()
    except Exception as error:
        # Django meets the same again and knows what to say. Where it does not, this line is all there is.
        log.warning("page_not_drawn", petition_id=petition_id, error=type(error).__name__)
        return None
