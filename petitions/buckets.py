"""The generic cell rate algorithm: one number for each rule and key, asked and charged together.

Unlike a fixed window it lets no double rate through at an edge, and unlike a log of hits it does not grow with an
attack. Redis' clock decides for all processes, in one round trip. Without Redis each process keeps smaller limits.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from hashlib import sha1
from typing import Any, NamedTuple

import redis
import structlog
from django.conf import settings
from redis.exceptions import NoScriptError, RedisError

log = structlog.get_logger(__name__)

MINUTE, HOUR = 60, 3600
MOST_SECONDS_LOST = 0.1
# After a failure Redis is left alone for so long, so that its absence costs one request in a second its patience.
PAUSE_SECONDS = 1.0
# Redis may come back having forgotten everything: for so long each process' own limits hold besides.
MENDING_SECONDS = 60.0
LOCAL_BUCKETS = 50_000


class Rule(NamedTuple):
    """At most ``count`` at once, refilled evenly over ``seconds``, for what ``key`` stands for.

    ``kind`` names the rule; ``refused_of`` for whom it is counted by minute that this key was refused, '' for nobody.
    """

    kind: str
    key: str
    count: int
    seconds: int
    refused_of: str = ""


class Turn(NamedTuple):
    """Whether a turn was taken: ``wait`` is 0, or in how many seconds to try again, as the rule of ``kind`` says."""

    wait: float
    kind: str = ""


TAKEN = Turn(0)

# For each rule the time at which its bucket would be empty again is kept, in microseconds. Arguments come in threes:
# after which time one more is allowed, how long the bucket takes to empty, whom a refusal is counted for. A bucket is
# counted once a minute: who tries on and on alone makes no crowd.
SCRIPT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local kept = redis.call('MGET', unpack(KEYS))
local wait, worst, full = 0, 0, {}
for i = 1, #KEYS do
    full[i] = math.max(tonumber(kept[i] or now), now) + ARGV[3 * i - 2]
    local late = full[i] - ARGV[3 * i - 1] - now
    if late > wait then wait, worst = late, i end
end
if wait > 0 then
    local whose = ARGV[3 * worst]
    if whose ~= '' then
        local minute = 'refused:' .. math.floor(clock[1] / 60)
        if redis.call('SET', minute .. ':' .. KEYS[worst], 1, 'NX', 'EX', 60) then
            redis.call('HINCRBY', minute, whose, 1)
            redis.call('EXPIRE', minute, 180)
        end
    end
    return {math.ceil(wait), worst}
end
for i, key in ipairs(KEYS) do
    redis.call('SET', key, string.format('%.0f', full[i]), 'PX', math.ceil((full[i] - now) / 1000))
end
return {0, 0}
"""
DIGEST = sha1(SCRIPT.encode(), usedforsecurity=False).hexdigest()  # how Redis names scripts


class SharedBuckets:
    """Buckets in Redis, shared by all processes."""

    def __init__(self) -> None:
        self._away_until = 0.0
        self._mending_until = 0.0
        self._was_away = False
        # A pool's bookkeeping costs as much again as the round trip: idle connections lie here, newest last.
        self._idle: deque[Any] = deque()
        self._url = ""

    @property
    def is_mending(self) -> bool:
        """Whether Redis came back a moment ago."""
        return time.monotonic() < self._mending_until

    def take(self, asked: Sequence[Rule]) -> Turn | None:
        """Take one turn of every rule, or of none; None while Redis is away."""
        turns = self.take_each([asked])
        return turns[0] if turns else None

    def take_each(self, asked: Sequence[Sequence[Rule]]) -> list[Turn] | None:
        """The same for each of many, in one round trip."""
        if time.monotonic() < self._away_until:
            return None
        try:
            found = self._asked(asked)
        except RedisError as error:
            self._away_until = time.monotonic() + PAUSE_SECONDS
            self._was_away = True
            self._idle.clear()
            log.warning("limits_in_process", error=type(error).__name__)
            return None
        if self._was_away:
            self._was_away = False
            self._mending_until = time.monotonic() + MENDING_SECONDS
        return [
            Turn(wait / 1_000_000, rules[worst - 1].kind) if wait else TAKEN
            for rules, (wait, worst) in zip(asked, found, strict=True)
        ]

    def refused(self) -> dict[str, int]:
        """How many keys were refused in the last whole minute, by whom they were counted for. Raises RedisError."""
        client = redis.Redis.from_url(settings.REDIS_LIMITS_URL, decode_responses=True, **settings.REDIS_CLIENT_OPTIONS)
        with client:
            minute = int(client.time()[0]) // 60 - 1
            return {whose: int(number) for whose, number in client.hgetall(f"refused:{minute}").items()}

    def _asked(self, asked: Sequence[Sequence[Rule]]) -> list[tuple[int, int]]:
        arguments = [_arguments(rules) for rules in asked]
        connection = self._connection()
        try:
            found = _replies(connection, [_packed("EVALSHA", DIGEST, *each) for each in arguments])
            if None in found:  # Redis was started anew, and knows no script
                found = _replies(connection, [_packed("EVAL", SCRIPT, *each) for each in arguments])
        except BaseException:
            connection.disconnect()  # half an answer may be on its way
            raise
        self._idle.append(connection)
        return [(reply[0], reply[1]) for reply in found]

    def _connection(self) -> Any:
        if self._url != settings.REDIS_LIMITS_URL:
            self._idle.clear()
            self._url = settings.REDIS_LIMITS_URL
        try:
            return self._idle.pop()
        except IndexError:
            options = settings.REDIS_CLIENT_OPTIONS | {"socket_timeout": MOST_SECONDS_LOST}
            return redis.ConnectionPool.from_url(self._url, **options).make_connection()


def _arguments(rules: Sequence[Rule]) -> list[str | int]:
    arguments: list[str | int] = [len(rules), *(rule.key for rule in rules)]
    for rule in rules:
        arguments += (rule.seconds * 1_000_000 // rule.count, rule.seconds * 1_000_000, rule.refused_of)
    return arguments


def _replies(connection: Any, commands: Sequence[bytes]) -> list[Any]:
    """What Redis answers to these, sent at once; None where it knows no such script."""
    connection.send_packed_command([b"".join(commands)], check_health=False)
    return [_reply(connection) for _command in commands]


def _reply(connection: Any) -> Any:
    try:
        return connection.read_response()
    except NoScriptError:
        return None


def _packed(*arguments: str | int) -> bytes:
    """A command as Redis reads it: redis-py's own packing takes twice as long."""
    parts = [str(argument).encode() for argument in arguments]
    return b"*%d\r\n" % len(parts) + b"".join([b"$%d\r\n%b\r\n" % (len(part), part) for part in parts])


class LocalBuckets:
    """Buckets of this process alone, smaller, and no more of them than it can hold."""

    def __init__(self) -> None:
        self._full: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, asked: Sequence[Rule]) -> Turn:
        """Take one turn of every rule, or of none."""
        now = time.monotonic()
        with self._lock:
            full = [max(self._full.get(rule.key, now), now) + _interval(rule) for rule in asked]
            wait, worst = max((at - rule.seconds - now, rule.kind) for at, rule in zip(full, asked, strict=True))
            if wait > 0:
                return Turn(wait, worst)
            for at, rule in zip(full, asked, strict=True):
                self._full[rule.key] = at
                self._full.move_to_end(rule.key)
            while len(self._full) > LOCAL_BUCKETS:
                self._full.popitem(last=False)
        return TAKEN


def _interval(rule: Rule) -> float:
    return rule.seconds / max(1, rule.count // settings.LIMITS_LOCAL_SHARE)


shared = SharedBuckets()
local = LocalBuckets()


def take(asked: Sequence[Rule]) -> Turn:
    """Take one turn of every rule, or of none. Never raises, and never takes longer than Redis is given."""
    return take_each([asked])[0]


def take_each(asked: Sequence[Sequence[Rule]]) -> list[Turn]:
    """The same for each of many, in one round trip."""
    turns = [local.take(rules) if shared.is_mending else TAKEN for rules in asked]
    further = [number for number, turn in enumerate(turns) if not turn.wait]
    rest = [asked[number] for number in further]
    if rest:
        for number, turn in zip(further, shared.take_each(rest) or map(local.take, rest), strict=True):
            turns[number] = turn
    return turns


def forget() -> None:
    """Let this process begin anew: with Redis, and with empty buckets of its own."""
    global shared, local
    shared, local = SharedBuckets(), LocalBuckets()
