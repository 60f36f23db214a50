"""Copies of public pages in Redis, for when the database is away or there is no room to make them anew.

At most MOST_COPIES of them, an hour old at most. What staff do to a petition voids all copies made before it
(`void_before`): a text that was taken down must not come back with the next fault.
"""

import gzip
import hashlib
import json
import time
from functools import cached_property
from typing import cast

import redis
import structlog
from django.conf import settings
from redis.exceptions import RedisError

from config.front.answer import Answer
from config.front.pages import MOST_PAGES, Key, Page

log = structlog.get_logger(__name__)

KEPT_SECONDS = 3600
MOST_COPIES = 2000
SECONDS_BETWEEN_COPIES = 30
# As many as all held pages need. Where a crawler has more of them made, making them is not to wait for copies.
MOST_IN_A_SECOND = MOST_PAGES // SECONDS_BETWEEN_COPIES
PAUSE_SECONDS = 2.0
INDEX = "copies:index"
VOID = "copies:void-before"

KEEP = """
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[2], KEYS[1])
local over = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[4])
if over > 0 then
    local oldest = redis.call('ZPOPMIN', KEYS[2], over)
    for i = 1, #oldest, 2 do redis.call('DEL', oldest[i]) end
end
"""


def void_before(moment: float) -> None:
    """Let nobody see a copy made before this moment (seconds since 1970). Raises RedisError."""
    with redis.Redis.from_url(settings.REDIS_PAGES_URL, **settings.REDIS_CLIENT_OPTIONS) as client:
        client.set(VOID, repr(moment), ex=2 * KEPT_SECONDS)


class Copies:
    """The copies as one web process uses them. Nothing here raises; without Redis there are none."""

    def __init__(self) -> None:
        self._away_until = 0.0
        self._lost_at = 0.0  # a Redis that was away came back empty, for all we know
        self._second = 0
        self._left_in_it = 0

    @cached_property
    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(settings.REDIS_PAGES_URL, **settings.REDIS_CLIENT_OPTIONS)

    def keep(self, key: Key, page: Page) -> None:
        """Leave a copy now and then. Only of pages without a query: there are no more of them than there are pages."""
        now = time.monotonic()
        is_left = self._lost_at < page.copied and now < page.copied + SECONDS_BETWEEN_COPIES
        if key[3] or page.copy_of or is_left or now < self._away_until or not self._is_room(int(now)):
            return
        body = page.pack()
        told = {"at": page.made_at, "status": page.answer.status, "headers": page.answer.headers, "packed": bool(body)}
        copy = json.dumps(told).encode() + b"\n" + (body or page.answer.body)
        try:
            self._client.eval(KEEP, 2, name_of(key), INDEX, copy, page.made_at, KEPT_SECONDS, MOST_COPIES)
            page.copied = now
        except RedisError as error:
            self._pause(error)

    def _is_room(self, second: int) -> bool:
        if second != self._second:
            self._second, self._left_in_it = second, 0
        self._left_in_it += 1
        return self._left_in_it <= MOST_IN_A_SECOND

    def find(self, key: Key, held: Page | None) -> tuple[Answer, float] | None:
        """The newest copy and when it was made: Redis', or the one still held in this process; None for neither."""
        found, void = self._read(key)
        known = [(held.copy_of or held.answer, held.made_at)] if held else []
        if found:
            known.append(found)
        known = [copy for copy in known if max(void, time.time() - KEPT_SECONDS) < copy[1]]
        return max(known, key=lambda copy: copy[1], default=None)

    def drop(self, key: Key) -> None:
        """Forget the copy of a page that is not there any more."""
        if time.monotonic() >= self._away_until:
            try:
                self._client.delete(name_of(key))
            except RedisError as error:
                self._pause(error)

    def _read(self, key: Key) -> tuple[tuple[Answer, float] | None, float]:
        if time.monotonic() < self._away_until:
            return None, 0.0
        try:
            packed, void = cast("list[bytes | None]", self._client.mget(name_of(key), VOID))
        except RedisError as error:
            self._pause(error)
            return None, 0.0
        if packed is None:
            return None, float(void or 0)
        head, _line, body = packed.partition(b"\n")
        told = json.loads(head)
        if told["packed"]:
            body = gzip.decompress(body)
        answer = Answer(told["status"], [(name, value) for name, value in told["headers"]], body)
        return (answer, told["at"]), float(void or 0)

    def _pause(self, error: RedisError) -> None:
        self._lost_at = time.monotonic()
        self._away_until = self._lost_at + PAUSE_SECONDS
        log.warning("copies_away", error=type(error).__name__)


def name_of(key: Key) -> str:
    """Where the copy of a page lies."""
    return "copies:page:" + hashlib.blake2b("\n".join(key).encode(errors="replace"), digest_size=16).hexdigest()
