"""The short way to a petition's page as everybody sees it: past what Django does for any request.

Its headers are the long way's: they are learned from a page that came the long way. Whatever is not plainly such a
page, or is not there, goes the long way, which can explain. Pages that are asked for together are made together: one
question for all their rows, then one after the other (decision 0098).
"""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import translation

from config.access_log import tell
from config.front.gate import PATIENCE
from config.front.kinds import Kind
from config.learned import LANGUAGE, Application, Environ, Learned, Reply
from config.together import MOST_TOGETHER, Together
from petitions import selectors, views
from petitions.selectors import Seen
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


class Asked(NamedTuple):
    """Whose page, and how it was asked for."""

    environ: Environ
    petition_id: int
    language: str


class ShortPage:
    """A WSGI application before Django's. Raises Busy for who waits too long."""

    def __init__(self, django: Application) -> None:
        self._django = django
        self._learned = Learned(lambda status, _headers: status == OK, own=frozenset({"content-length"}))
        self._drawn = Together(drawn, most=MOST_TOGETHER, patience=PATIENCE[Kind.PAGE])

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = _PATH.fullmatch(environ.get("PATH_INFO", "")) if is_plain(environ) else None
        if found is None:
            return self._django(environ, start_response)
        headers = self._learned.headers(environ, found["language"])
        if headers is None:
            return self._django(environ, self._learned.learning(environ, found["language"], start_response))
        began = time.perf_counter()
        petition_id = int(found["petition_id"])
        page = self._drawn(Asked(environ, petition_id, found["language"] or settings.LANGUAGE_CODE))
        if page is None:
            connection.close_if_unusable_or_obsolete()
            return self._django(environ, start_response)
        start_response(OK, [*headers, ("Content-Length", str(len(page)))])
        tell("petitions:detail", {"petition_id": petition_id}, method="GET", status=200, began=began)
        return Reply([page])


def is_plain(environ: Environ) -> bool:
    """Whether this asks for a page with nothing that makes it another one."""
    return environ["REQUEST_METHOD"] == "GET" and not any(environ.get(name) for name in SPECIAL)


def drawn(asked: Sequence[Asked]) -> list[bytes | None]:
    """The pages; None where the long way must be gone.

    Django meets there again what failed here, and knows what to say. Where it does not, the lines written here are all
    there is.
    """
    numbers = [one.petition_id for one in asked]
    try:
        seen = selectors.wholes_by_number(numbers)
    except Exception as error:
        log.warning("pages_not_read", petition_ids=numbers, error=type(error).__name__)
        return [None] * len(asked)
    return [_page(one, seen[one.petition_id]) for one in asked]


def _page(asked: Asked, seen: Seen) -> bytes | None:
    found, visibility = seen
    if visibility is not Visibility.PAGE or found is None:
        return None
    try:
        with translation.override(asked.language):
            return views.page(PlainRequest(asked.environ), found, path=asked.environ["PATH_INFO"]).encode()
    except Exception as error:
        log.warning("page_not_drawn", petition_id=asked.petition_id, error=type(error).__name__)
        return None
