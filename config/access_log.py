"""Access logging: route name, ids, status, time. Never the path: it may hold a token.

A web process writes its lines four times a second: a write for each is a tenth of what a signature costs (decision
0099). Lines of the last quarter second are lost with a process that is killed.
"""

import atexit
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import orjson
from django.http import HttpRequest, HttpResponse

from config.logs import Line

SECONDS_BETWEEN_WRITES = 0.25
LARGEST_ID = 2**63 - 1  # a larger number in an address is nobody's, and no number that a line could hold

log = logging.getLogger("access")


class Lines:
    """The lines of this process that are not written yet."""

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._writes = False

    def write_in_time(self) -> None:
        """Keep lines from now on, and write them in a thread of their own, and when the process ends."""
        self._writes = True
        atexit.register(self.write)
        threading.Thread(target=self._write_on, name="access-log", daemon=True).start()

    def add(self, line: str) -> None:
        """Write this line, at once or in time."""
        self._kept.append(line)
        if not self._writes:
            self.write()

    def write(self) -> None:
        """Write what is kept, as one record."""
        kept, self._kept = self._kept, []
        if kept:
            log.info(Line("\n".join(kept)))

    def _write_on(self) -> None:
        while True:
            time.sleep(SECONDS_BETWEEN_WRITES)
            self.write()


lines = Lines()


def access_log(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that writes one line for each request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        tell(
            (match.view_name or match.route) if match else None,
            {name: value for name, value in match.kwargs.items() if isinstance(value, int) and value <= LARGEST_ID}
            if match
            else {},
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
    lines.add(orjson.dumps(line).decode())
