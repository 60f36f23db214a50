"""How often one network may use the forms that few people need."""

import math

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django_ratelimit.core import get_usage

from cms.errors import Closed
from petitions import buckets, networks
from petitions.buckets import Rule

PERIODS = {"m": buckets.MINUTE, "h": buckets.HOUR}


def seconds_to_wait(request: HttpRequest, *, group: str, rate: str) -> int:
    """Count one use and return 0, or how long this network must wait before the next. ``rate`` as in "10/h".

    Networks that staff allow more have twenty times the rate. Without Redis each process counts by itself, and allows
    less. Raises Closed for a blocked network. REMOTE_ADDR is believed.
    """
    caller = networks.caller(request.META.get("REMOTE_ADDR", ""))
    if caller.is_blocked:
        raise Closed(_("Nothing is taken from your network at present. Use another one, or write to us."))
    number, _slash, period = rate.partition("/")
    count = int(number) * caller.factor
    usage = get_usage(request, group=group, key=lambda *_: caller.near, rate=f"{count}/{period}", increment=True)
    if usage is None:  # Redis is away
        rule = Rule(group, f"{group}:{caller.near}", count, PERIODS[period])
        return math.ceil(buckets.local.take([rule]).wait)
    return max(1, usage["time_left"]) if usage["should_limit"] else 0
