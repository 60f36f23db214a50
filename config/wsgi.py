"""The web process: `granian --interface wsgi config.wsgi:application`.

A request meets, in this order: files, probes, held pages, the gate, Django.
"""

import gc
import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")
os.environ["REDRESS_ROLE"] = "web"

from django.conf import settings  # noqa: E402 - settings read the role above
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.utils.http import parse_header_parameters  # noqa: E402

django_handler = get_wsgi_application()

from whitenoise import WhiteNoise  # noqa: E402
from whitenoise.responders import Headers  # noqa: E402

from config import access_log  # noqa: E402
from config.front.application import Front  # noqa: E402 - reads settings and translations
from config.metering import files  # noqa: E402
from config.short_page import ShortPage  # noqa: E402
from config.short_way import ShortWay  # noqa: E402

HASHED = r"\.[0-9a-f]{12}\.[\w.]+$"


def django_application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django's application. It parses the content type before any middleware runs: one that cannot be parsed would be a
    500 there, so it becomes one that nobody takes.
    """
    try:
        parse_header_parameters(environ.get("CONTENT_TYPE", ""))
    except (LookupError, ValueError):
        environ["CONTENT_TYPE"] = "application/octet-stream"
    return django_handler(environ, start_response)


def _file_headers(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


# What has been loaded stays: looking through it for garbage with every few hundred objects of a page costs a crowd of
# readers a twentieth (decision 0098).
gc.freeze()
gc.set_threshold(50_000, 20, 100)

files.forget_dead()
access_log.lines.write_in_time()
application = WhiteNoise(
    Front(django_application, slots=settings.REQUESTS_AT_ONCE, short_way=ShortWay, short_page=ShortPage),
    root=settings.STATIC_ROOT,
    prefix=settings.STATIC_URL,
    immutable_file_test=HASHED,
    add_headers_function=_file_headers,
)
