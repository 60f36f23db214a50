"""Answers for those who are turned away: made once when the process starts, nothing is rendered for anybody."""

import random
from enum import StrEnum
from typing import Any

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from django.test import RequestFactory
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms.errors import error_page, is_data
from cms.languages import codes, language_of, path_for
from config.front.answer import Answer
from config.front.kinds import Environ, Kind

# Not all of them shall come back in the same second.
RETRY_SECONDS = range(5, 16)


class Why(StrEnum):
    """Why somebody is turned away."""

    BUSY = "busy"
    AWAY = "away"  # the database is


WORDS: dict[tuple[Why, str], Promise] = {
    (Why.BUSY, "read"): _("Very many people are here right now. Please load this page again in a little while."),
    (Why.BUSY, "write"): _(
        "Very many people are here right now. Nothing was recorded. Please go back and send it again in a little while."
    ),
    (Why.BUSY, "sign"): _(
        "Very many people are here right now. Nothing was recorded: your signature has not been taken. "
        "Please go back and send it again in a little while."
    ),
    (Why.AWAY, "read"): _("We could not reach our records. Please load this page again in a minute."),
    (Why.AWAY, "write"): _(
        "We could not reach our records. Nothing was recorded. Please go back and send it again in a minute."
    ),
    (Why.AWAY, "sign"): _(
        "We could not reach our records. Nothing was recorded: your signature has not been taken. "
        "Please go back and send it again in a minute."
    ),
}


class TurnedAway:
    """All answers, by reason and by what was tried: in each language, and in JSON."""

    def __init__(self) -> None:
        self._pages = {
            (why, what, language): _made(path_for("/", language), message)
            for (why, what), message in WORDS.items()
            for language in codes()
        }
        self._documents = {(why, what): _made("/.json", message) for (why, what), message in WORDS.items()}

    def answer(self, environ: Environ, kind: Kind, why: Why) -> Answer:
        """503 with Retry-After, in the language of the path."""
        path, what = environ.get("PATH_INFO") or "/", _what(environ, kind)
        made = self._documents[why, what] if is_data(path) else self._pages[why, what, language_of(path)]
        seconds = str(random.choice(RETRY_SECONDS))  # noqa: S311
        return Answer(made.status, [*made.headers, ("Retry-After", seconds)], made.body)


def _what(environ: Environ, kind: Kind) -> str:
    if environ["REQUEST_METHOD"] != "POST":
        return "read"
    return "sign" if kind is Kind.SIGN else "write"


def _made(path: str, message: Promise) -> Answer:
    """What Django would answer with all its headers."""

    def view(request: HttpRequest) -> HttpResponse:
        response = error_page(request, 503, message=message)
        response["Content-Language"] = language_of(path)
        return response

    answered: Any = view
    for middleware in (XFrameOptionsMiddleware, CSPMiddleware, SecurityMiddleware):
        answered = middleware(answered)
    host = next((name for name in settings.ALLOWED_HOSTS if "*" not in name), "localhost").lstrip(".")
    with translation.override(language_of(path)):
        response = answered(RequestFactory().get(path, secure=True, headers={"host": host}))
    response["Content-Length"] = str(len(response.content))
    return Answer("503 Service Unavailable", list(response.items()), response.content)
