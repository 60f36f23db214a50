"""How many signatures one network may hand in, and how many the whole site takes. All is asked in one round trip."""

import math
from collections.abc import Sequence

from petitions import buckets, limits
from petitions.buckets import HOUR, MINUTE, Rule, Turn
from petitions.networks import Caller
from signatures import metrics

SITE, PARTNER = "site", "partner"
# Bursts of the whole site are evened out over so many seconds.
SITE_SECONDS = 2
# Without a proof of work: three at once and two a minute, so that no minute sees more than five (docs/door.md).
SLOW, SLOW_COUNT, SLOW_SECONDS = "slow", 3, 90


def rules(caller: Caller, petition_id: int) -> list[Rule]:
    """What holds for this caller on this petition, by staff's limits: an IPv4 address or IPv6 /64 by minute and hour
    and on one petition by hour, an IPv6 /48 by hour, and the whole site.
    """
    current, factor, whose = limits.current(), caller.factor, str(petition_id)
    minute, hour = current.sign_per_minute * factor, current.sign_per_hour * factor
    found = [
        Rule("network", f"sign:m:{caller.near}", minute, MINUTE, whose),
        Rule("network", f"sign:h:{caller.near}", hour, HOUR, whose),
        Rule("petition", f"sign:p:{caller.on(petition_id)}", current.sign_per_hour_petition * factor, HOUR, whose),
        # Too many for the site says nothing against this petition's signers.
        Rule(SITE, "sign:site", current.sign_per_second_site * SITE_SECONDS, SITE_SECONDS),
    ]
    if caller.wide:
        found.append(Rule("wide", f"sign:w:{caller.wide}", current.sign_per_hour_wide * factor, HOUR, whose))
    return found


def partner_rules(key_id: int, *, per_minute: int, per_hour: int) -> list[Rule]:
    """What holds for a partner's key: its own limits, and the whole site."""
    return [
        Rule(PARTNER, f"sign:k:m:{key_id}", per_minute, MINUTE),
        Rule(PARTNER, f"sign:k:h:{key_id}", per_hour, HOUR),
        Rule(SITE, "sign:site", limits.current().sign_per_second_site * SITE_SECONDS, SITE_SECONDS),
    ]


def take_each(asked: Sequence[Sequence[Rule]]) -> list[Turn]:
    """Take one turn for each of these signatures: ``wait`` is 0, or in how many seconds to try again. A turn that must
    wait takes nothing from any rule. Never raises and never takes longer than Redis is given.
    """
    turns = buckets.take_each(asked)
    for turn in turns:
        metrics.VERDICTS[turn.kind if turn.wait else "passed"].inc()
    return turns


def take_slowly(caller: Caller) -> Turn:
    """Take one turn of those few that need no proof of work. Allowed networks have no more of them."""
    turn = buckets.take([Rule(SLOW, f"sign:s:{caller.near}", SLOW_COUNT, SLOW_SECONDS)])
    metrics.VERDICTS[SLOW if turn.wait else "passed_slowly"].inc()
    return turn


def whole_seconds(turn: Turn) -> int:
    """For ``Retry-After``: never too early."""
    return math.ceil(turn.wait)
