"""Access logging: route name, ids, status, time. Never the path: it may hold a token."""

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from config.logs import Line

log = logging.getLogger("access")


def access_log(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that writes one line for each request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        tell(
            (match.view_name or match.route) if match else None,
            {name: value for name, value in match.kwargs.items() if isinstance(value, int)} if match else {},
            method=request.method if request.method in {"GET", "HEAD", "POST", "OPTIONS"} else "other",
            status=response.status_code,
            began=began,
        )
        return response

    return middleware


def tell(route: str | None, ids: dict[str, int], *, method: str, status: int, began: float) -> None:
    """Write the line of a request that ``began`` then, by ``time.perf_counter``."""
    line = {
        "route": route,
        **ids,
        "method": method,
        "status": status,
        "ms": round((time.perf_counter() - began) * 1000, 1),
        "event": "request",
        "level": "info",
        "logger": "access",
        "timestamp": datetime.now(UTC).isoformat().removesuffix("+00:00") + "Z",
    }
    log.info(Line(json.dumps(line)))
