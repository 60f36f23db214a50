"""How many signatures one network may hand in: the generic cell rate algorithm, one number for each network and rule.

Unlike a fixed window it lets no double rate through at an edge, and unlike a log of hits it does not grow with an
attack. Redis' clock decides for all processes, in one round trip. Without Redis each process keeps smaller limits.
"""

import hashlib
import hmac
import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache

import redis
import structlog
from django.conf import settings
from redis.commands.core import Script
from redis.exceptions import RedisError

from petitions import limits
from signatures.persons import network
from vault import keys

log = structlog.get_logger(__name__)

MINUTE, HOUR = 60, 3600
MOST_SECONDS_LOST = 0.1
# After a failure Redis is left alone for so long, so that its absence costs one request in a second its patience.
PAUSE_SECONDS = 1.0
LOCAL_SHARE = 4  # each process alone allows one part in so many
LOCAL_NETWORKS = 20_000


@dataclass(frozen=True)
class Rule:
    """At most ``count`` at once, refilled evenly over ``seconds``, for what ``key`` stands for."""

    key: str
    count: int
    seconds: int

    @property
    def interval(self) -> float:
        """Seconds after which one more is allowed."""
        return self.seconds / self.count


def rules(address: str) -> list[Rule]:
    """What holds for a caller: an IPv4 address or IPv6 /64 by minute and hour, an IPv6 /48 by hour (staff's limits)."""
    current = limits.current()
    near, wide = network(address), network(address, ipv6_prefix=48)
    found = [
        Rule(_key("minute", near), current.sign_per_minute, MINUTE),
        Rule(_key("hour", near), current.sign_per_hour, HOUR),
    ]
    if wide != near:
        found.append(Rule(_key("wide", wide), current.sign_per_hour_wide, HOUR))
    return found


def seconds_to_wait(address: str) -> int:
    """Take one turn for a signature from ``address``: 0, or after how many whole seconds it may be tried again.

    A turn that must wait takes nothing from any rule. Never raises and never takes longer than Redis is given.
    """
    asked = rules(address)
    wait = _shared.take(asked)
    return math.ceil(_local.take(asked) if wait is None else wait)


def _key(kind: str, value: str) -> str:
    # Network addresses are personal data; Redis gets what stands for them.
    digest = hmac.new(keys.derive("throttle"), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()
    return f"sign:{digest[:32]}"


# For each rule the time at which its bucket would be empty again is kept, in microseconds.
SCRIPT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local wait, full = 0, {}
for i, key in ipairs(KEYS) do
    local interval, burst = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
    full[i] = math.max(tonumber(redis.call('GET', key) or now), now) + interval
    wait = math.max(wait, full[i] - burst - now)
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
    redis.call('SET', key, string.format('%.0f', full[i]), 'PX', math.ceil((full[i] - now) / 1000))
end
return 0
"""


@lru_cache(maxsize=4)
def _script(url: str) -> Script:
    options = settings.REDIS_CLIENT_OPTIONS | {"socket_timeout": MOST_SECONDS_LOST}
    return redis.Redis.from_url(url, **options).register_script(SCRIPT)


class SharedBuckets:
    """Buckets in Redis, shared by all processes."""

    def __init__(self) -> None:
        self.away_until = 0.0

    def take(self, asked: list[Rule]) -> float | None:
        """Seconds to wait, 0 if a turn was taken; None while Redis is away."""
        if time.monotonic() < self.away_until:
            return None
        numbers = [round(number * 1_000_000) for rule in asked for number in (rule.interval, rule.seconds)]
        try:
            wait = _script(settings.REDIS_LIMITS_URL)(keys=[rule.key for rule in asked], args=numbers)
        except RedisError as error:
            self.away_until = time.monotonic() + PAUSE_SECONDS
            log.warning("limits_in_process", error=type(error).__name__)
            return None
        return wait / 1_000_000


class LocalBuckets:
    """Buckets of this process alone, smaller, and no more of them than it can hold."""

    def __init__(self) -> None:
        self._full: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, asked: list[Rule]) -> float:
        """Seconds to wait, 0 if a turn was taken."""
        now = time.monotonic()
        with self._lock:
            full = {rule.key: max(self._full.get(rule.key, now), now) + self._interval(rule) for rule in asked}
            wait = max(0.0, *(full[rule.key] - rule.seconds - now for rule in asked))
            if wait > 0:
                return wait
            for key, at in full.items():
                self._full[key] = at
                self._full.move_to_end(key)
            while len(self._full) > LOCAL_NETWORKS:
                self._full.popitem(last=False)
        return 0.0

    def _interval(self, rule: Rule) -> float:
        return rule.seconds / max(1, rule.count // LOCAL_SHARE)


_shared = SharedBuckets()
_local = LocalBuckets()


def forget() -> None:
    """Let this process begin anew: with Redis, and with empty buckets of its own."""
    global _local
    _shared.away_until = 0.0
    _local = LocalBuckets()
