"""The page itself, and who may see it."""

import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from config.metering.files import Counted
from config.metering.tables import Tables


def metrics(request: HttpRequest) -> HttpResponse:
    """All figures for Prometheus; 404 for everybody who may not see them, as for a page that is not there.

    REMOTE_ADDR must be the caller's own address already (config.middleware.client_address).
    """
    if not may_see(request):
        return HttpResponseNotFound()
    registry = CollectorRegistry(auto_describe=False)
    for collector in (Counted(), Tables()):
        registry.register(collector)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def may_see(request: HttpRequest) -> bool:
    """Whether the caller brings the token, or comes from one of the networks that need none."""
    given = request.headers.get("Authorization", "")
    if settings.METRICS_TOKEN and hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        return True
    if not settings.TRUSTED_PROXIES and "X-Forwarded-For" in request.headers:
        return False  # through a proxy that nobody told us of: the address is the proxy's
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in network for network in settings.METRICS_NETWORKS)
