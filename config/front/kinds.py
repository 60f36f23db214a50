"""What a request is for, told from its method, path and cookies alone, before anything is spent on it."""

import re
from enum import StrEnum
from typing import Any

from django.conf import settings

Environ = dict[str, Any]


class Kind(StrEnum):
    """In the order in which they are let in. What stands last is turned away first."""

    CONFIRM = "confirm"  # completes what somebody began, or shows that it was recorded
    STAFF = "staff"
    SIGN = "sign"
    WRITE = "write"  # everything else that writes, and the pages with the forms for it
    PAGE = "page"


PROBES = frozenset({"/healthz", "/readyz", "/metrics"})

_others = "|".join(re.escape(code) for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)
_LANGUAGE = rf"(?:/(?:{_others}))?" if _others else ""
_CONFIRM = re.compile(
    rf"{_LANGUAGE}/(?:(?:confirm|unsubscribe|not-me|never|follow|unfollow)/.|petitions/\d+/sign/(?:check-email|code)/)"
)
_SIGN = re.compile(rf"{_LANGUAGE}/petitions/\d+/(?:sign|support)/|/v1/signatures(?:\.|$)")
_FORM = re.compile(
    rf"{_LANGUAGE}/(?:petitions/(?:new|\d+/(?:sign|support|report|follow))|creator|rate|mailbox|contribute)(?:/|$)"
)


def kind_of(environ: Environ) -> Kind:
    """The kind of a request. Never raises, whatever the path holds."""
    path = environ.get("PATH_INFO") or "/"
    reads = environ["REQUEST_METHOD"] != "POST"
    if _CONFIRM.match(path):
        return Kind.CONFIRM
    if path.startswith(settings.STAFF_PATH):
        # Who is not logged in has no more right to be served than any visitor.
        return Kind.STAFF if settings.SESSION_COOKIE_NAME in environ.get("HTTP_COOKIE", "") else Kind.WRITE
    if reads:
        return Kind.WRITE if _FORM.match(path) else Kind.PAGE
    return Kind.SIGN if _SIGN.match(path) else Kind.WRITE


def may_be_held(environ: Environ, kind: Kind) -> bool:
    """Whether the answer could be the same for everybody: a page asked for without any cookie or name."""
    return (
        kind is Kind.PAGE
        and environ["REQUEST_METHOD"] in ("GET", "HEAD")
        and not environ.get("HTTP_COOKIE")
        and not environ.get("HTTP_AUTHORIZATION")
    )
