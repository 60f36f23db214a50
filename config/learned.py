"""What the short ways past Django share: how they tell languages apart, headers learned from the long way, a reply."""

import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Application = Callable[..., Any]
StartResponse = Callable[..., Any]

MOST_KNOWN = 64

_others = "|".join(re.escape(code) for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)
# How a path begins, as part of a pattern: the prefix of a language, or none for the first one.
LANGUAGE = rf"(?:/(?P<language>{_others or '(?!)'}))?"


class Reply(list[bytes]):
    """A whole reply, such as Django's own: not streamed, and to be closed."""

    streaming = False

    def close(self) -> None:
        """Give the thread's connection back."""
        connection.close_if_unusable_or_obsolete()


class Learned:
    """The headers of replies that came the long way, by site and language.

    ``is_such`` tells from status and headers whether a reply is of the kind that is learned; ``own`` are the names,
    in small letters, of headers that each reply makes itself.
    """

    def __init__(self, is_such: Callable[[str, Headers], bool], *, own: frozenset[str]) -> None:
        self._is_such = is_such
        self._own = own
        self._known: OrderedDict[tuple[str | None, ...], Headers] = OrderedDict()

    def headers(self, environ: Environ, language: str | None) -> Headers | None:
        """Those for this request; None before any reply of its site and language came."""
        return self._known.get(_key(environ, language))

    def learning(
        self, environ: Environ, language: str | None, start_response: Callable[..., Any]
    ) -> Callable[..., Any]:
        """``start_response``, remembering the headers of such a reply."""
        key = _key(environ, language)

        def start(status: str, headers: Headers, *more: Any) -> Any:
            if self._is_such(status, headers):
                self._known[key] = [header for header in headers if header[0].lower() not in self._own]
                while len(self._known) > MOST_KNOWN:
                    self._known.popitem(last=False)
            return start_response(status, headers, *more)

        return start


def _key(environ: Environ, language: str | None) -> tuple[str | None, ...]:
    return (environ.get("HTTP_HOST"), environ["wsgi.url_scheme"], environ.get("HTTP_X_FORWARDED_PROTO"), language)
