"""The web process: `granian --interface wsgi config.wsgi:application`."""

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")
os.environ["REDRESS_ROLE"] = "web"

from django.core.wsgi import get_wsgi_application  # noqa: E402 - settings read the role above
from django.utils.http import parse_header_parameters  # noqa: E402

django_application = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django's application. It parses the content type before any middleware runs: one that cannot be parsed would be a
    500 there, so it becomes one that nobody takes.
    """
    try:
        parse_header_parameters(environ.get("CONTENT_TYPE", ""))
    except (LookupError, ValueError):
        environ["CONTENT_TYPE"] = "application/octet-stream"
    return django_application(environ, start_response)
