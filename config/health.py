"""For supervisors: `/healthz` (this process answers), `/readyz` (it can serve), `/metrics` (how it is)."""

import threading
import time
from collections.abc import Callable
from functools import cache

from django.core.cache import caches
from django.db import Error, ProgrammingError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse

from config.metering.page import metrics
from config.middleware import client_address

HELD_SECONDS = 1.0


def probes(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware in front of everything: probes come by any host name, over plain HTTP, and are not logged."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return get_response(request)
        if request.path_info == "/healthz":
            return _uncached(JsonResponse({"alive": True}))
        if request.path_info == "/readyz":
            state = readiness.state()
            return _uncached(JsonResponse(state, status=200 if state["ready"] else 503))
        if request.path_info == "/metrics":
            return _uncached(figures(request))
        return get_response(request)

    return middleware


figures = client_address(metrics)


class Readiness:
    """What this process needs: a database with all migrations. Redis is reported, but its absence stops nothing.

    Looked up once a second at most, however many ask.
    """

    def __init__(self) -> None:
        self._state: dict[str, object] = {}
        self._until = 0.0
        self._lock = threading.Lock()

    def state(self) -> dict[str, object]:
        """`ready`, `database` (ok, behind, away), `redis` (ok, away)."""
        with self._lock:
            if time.monotonic() >= self._until:
                database = _database_state()
                redis = "ok" if _redis_answers() else "away"
                self._state = {"ready": database == "ok", "database": database, "redis": redis}
                self._until = time.monotonic() + HELD_SECONDS
            return self._state


readiness = Readiness()


def _database_state() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            return "ok" if _last_migrations() <= set(cursor.fetchall()) else "behind"
    except ProgrammingError:
        return "behind"  # not even the table is there
    except Error:
        return "away"
    finally:
        connection.close()


@cache
def _last_migrations() -> frozenset[tuple[str, str]]:
    """The last migration of each app, as this code knows them."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


def _redis_answers() -> bool:
    # The cache swallows outages: only a value that comes back proves an answer.
    cache = caches["default"]
    cache.set("readyz", 1, timeout=60)
    return cache.get("readyz") == 1


def _uncached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
