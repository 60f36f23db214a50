"""Probes for supervisors: `/healthz` (this process answers) and `/readyz` (it can serve)."""

from collections.abc import Callable

from django.core.cache import caches
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse


def probes(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware in front of everything: probes come by any host name, over plain HTTP, and are not logged."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return get_response(request)
        if request.path_info == "/healthz":
            return _uncached(JsonResponse({"alive": True}))
        if request.path_info == "/readyz":
            state = readiness()
            return _uncached(JsonResponse(state, status=200 if state["ready"] else 503))
        return get_response(request)

    return middleware


def readiness() -> dict[str, object]:
    """What this process needs: a database with all migrations. Redis is reported, but its absence stops nothing."""
    database = _database_state()
    return {"ready": database == "ok", "database": database, "redis": "ok" if _redis_answers() else "away"}


def _database_state() -> str:
    try:
        executor = MigrationExecutor(connection)
        return "behind" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"
    except Error:
        return "away"
    finally:
        connection.close()


def _redis_answers() -> bool:
    # The cache swallows outages: only a value that comes back proves an answer.
    cache = caches["default"]
    cache.set("readyz", 1, timeout=60)
    return cache.get("readyz") == 1


def _uncached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
