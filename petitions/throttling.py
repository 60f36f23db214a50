"""How often one network may use the forms that few people need."""

import ipaddress

from django.http import HttpRequest
from django_ratelimit.core import get_usage

# A provider gives a household a /64 of its own.
IPV6_HOUSEHOLD = 64


def network(request: HttpRequest) -> str:
    """The caller's network: an IPv4 address, or the /64 of an IPv6 address. REMOTE_ADDR is believed."""
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, IPV6_HOUSEHOLD), strict=False).network_address)
    return str(address)


def seconds_to_wait(request: HttpRequest, *, group: str, rate: str) -> int:
    """Count one use and return 0, or how long this network must wait before the next. ``rate`` as in "10/h".

    Without Redis nobody waits: these forms write little, and their text is read by a person before it is shown.
    """
    usage = get_usage(request, group=group, key=lambda _group, caller: network(caller), rate=rate, increment=True)
    return max(1, usage["time_left"]) if usage and usage["should_limit"] else 0
