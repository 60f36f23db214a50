"""How often one network may ask. What is shown from memory counts for nobody."""

import math

from django.http import HttpRequest

from petitions import buckets, networks
from petitions.buckets import MINUTE, Rule

PER_MINUTE = 600


def seconds_to_wait(request: HttpRequest) -> int:
    """Take one turn and return 0, or in how many seconds this network has its next. REMOTE_ADDR is believed.

    Networks that staff allow more have twenty times as many. Without Redis each process counts by itself.
    """
    caller = networks.caller(request.META.get("REMOTE_ADDR", ""))
    turn = buckets.take([Rule("api", f"api:{caller.near}", PER_MINUTE * caller.factor, MINUTE)])
    return math.ceil(turn.wait)
