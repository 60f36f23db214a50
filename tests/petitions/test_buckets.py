"""The generic cell rate algorithm: in Redis for all processes, in each process without it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from pytest_django import Settings

from petitions import buckets
from petitions.buckets import TAKEN, LocalBuckets, Rule, SharedBuckets


class Clock:
    """The process's own clock: it stands still but for what a test lets pass."""

    def __init__(self) -> None:
        self.now = time.monotonic()

    def monotonic(self) -> float:
        return self.now

    def let_pass(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(buckets, "time", clock)
    return clock


def let_pass_in_redis(seconds: float, settings: Settings) -> None:
    """Let so many seconds pass for all buckets: the moments they keep are moved into the past."""
    with redis.Redis.from_url(settings.REDIS_LIMITS_URL, decode_responses=True) as client:
        for key in client.keys("test:*"):
            client.set(key, int(client.get(key)) - round(seconds * 1_000_000), px=3_600_000)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[None]:
    monkeypatch.setattr(buckets, "MOST_SECONDS_LOST", 2.0)
    with redis.Redis.from_url(settings.REDIS_LIMITS_URL) as client:
        client.flushdb()
    buckets.forget()
    yield
    buckets.forget()


def rule(count: int, seconds: int, key: str = "one", *, kind: str = "network", refused_of: str = "") -> Rule:
    return Rule(kind, f"test:{key}", count, seconds, refused_of)


def test_after_the_time_named_one_more_passes(settings: Settings) -> None:
    asked = [rule(20, 3600)]
    assert [buckets.take(asked) for _time in range(20)] == [TAKEN] * 20
    turn = buckets.take(asked)
    assert 0 < turn.wait <= 180
    let_pass_in_redis(turn.wait - 60, settings)
    assert 0 < buckets.take(asked).wait <= 60
    let_pass_in_redis(60, settings)
    assert buckets.take(asked) == TAKEN
    assert buckets.take(asked).wait > 0


def test_the_strictest_rule_decides_and_is_named() -> None:
    asked = [rule(50, 60), rule(2, 60, "narrow", kind="petition"), rule(50, 60, "site", kind="site")]
    assert [buckets.take(asked).kind for _time in range(3)] == ["", "", "petition"]


def test_a_turn_that_waits_is_charged_to_no_rule() -> None:
    wide, narrow = rule(10, 3600, "wide"), rule(2, 60, "narrow")
    for _time in range(30):
        buckets.take([wide, narrow])
    assert [buckets.take([wide]) for _time in range(8)] == [TAKEN] * 8
    assert buckets.take([wide]).wait > 0


def test_many_at_once_get_no_more_than_the_limit() -> None:
    with ThreadPoolExecutor(8) as pool:
        turns = list(pool.map(lambda _time: buckets.take([rule(20, 3600)]), range(100)))
    assert turns.count(TAKEN) == 20


def test_refused_networks_are_counted_once_a_minute_for_whom_the_rule_names(settings: Settings) -> None:
    for network in ("one", "two", "three"):
        for _time in range(5):
            buckets.take([rule(2, 3600, network, refused_of="17")])
            buckets.take([rule(1, 3600, "site", kind="site")])
    with redis.Redis.from_url(settings.REDIS_LIMITS_URL, decode_responses=True) as client:
        minutes = [key for key in client.keys("refused:*") if key.count(":") == 1]
        counts = [int(number) for minute in minutes for number in client.hvals(minute)]
        assert {name for minute in minutes for name in client.hkeys(minute)} == {"17"}
        assert 3 <= sum(counts) <= 6  # a minute may have ended meanwhile
        assert all(0 < client.ttl(key) <= 180 for key in client.keys("refused:*"))
        minute = int(client.time()[0]) // 60
        client.rename(minutes[0], "refused")
        for last in (minute - 1, minute):  # this one may end before the question
            client.hset(f"refused:{last}", mapping=client.hgetall("refused"))
    assert buckets.shared.refused() == {"17": counts[0]}


@pytest.mark.parametrize("fault", ["refused_port", "hanging_port"])
def test_without_redis_each_process_allows_one_part_of_the_limit(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, settings: Settings, fault: str
) -> None:
    monkeypatch.setattr(buckets, "MOST_SECONDS_LOST", 0.1)
    request.getfixturevalue(fault)
    turns = [buckets.take([rule(20, 3600)]) for _time in range(30)]
    assert turns.count(TAKEN) == 20 // settings.LIMITS_LOCAL_SHARE
    assert buckets.take([rule(20, 3600, "another")]) == TAKEN


def test_a_hanging_redis_costs_one_request_a_moment(
    hanging_port: None, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "MOST_SECONDS_LOST", 0.1)
    waited, asked = [], SharedBuckets._asked

    def noted(shared: SharedBuckets, each: list[list[Rule]]) -> list[tuple[int, int]]:
        waited.append(each)
        return asked(shared, each)

    monkeypatch.setattr(SharedBuckets, "_asked", noted)
    for times in (1, 2):
        for number in range(30):
            buckets.take([rule(20, 60, str(number))])
        assert len(waited) == times
        clock.let_pass(buckets.PAUSE_SECONDS)


def test_redis_is_used_again_when_it_is_back_with_own_limits_for_a_while(settings: Settings, clock: Clock) -> None:
    here = settings.REDIS_LIMITS_URL
    settings.REDIS_LIMITS_URL = "redis://127.0.0.1:1/0"
    assert buckets.take([rule(20, 60)]) == TAKEN
    settings.REDIS_LIMITS_URL = here
    assert buckets.shared.take([rule(20, 60)]) is None
    clock.let_pass(buckets.PAUSE_SECONDS)
    assert buckets.shared.take([rule(20, 60)]) == TAKEN
    assert buckets.shared.is_mending
    # What Redis has forgotten is not given out a second time.
    turns = [buckets.take([rule(20, 3600)]) for _time in range(30)]
    assert turns.count(TAKEN) <= 20 // settings.LIMITS_LOCAL_SHARE
    clock.let_pass(buckets.MENDING_SECONDS)
    assert not buckets.shared.is_mending


def test_a_connection_that_redis_has_closed_costs_nothing_but_a_moment(settings: Settings, clock: Clock) -> None:
    assert buckets.take([rule(20, 60)]) == TAKEN
    with redis.Redis.from_url(settings.REDIS_LIMITS_URL) as client:
        client.client_kill_filter(_type="normal", skipme=True)
    assert buckets.take([rule(20, 60)]) == TAKEN
    clock.let_pass(buckets.PAUSE_SECONDS)
    assert buckets.shared.take([rule(20, 60)]) == TAKEN


def test_turns_that_are_asked_for_together_are_taken_one_after_the_other() -> None:
    turns = buckets.take_each([[rule(2, 3600, "a"), rule(9, 3600, "all")] for _time in range(3)] + [[rule(2, 3600)]])
    assert [bool(turn.wait) for turn in turns] == [False, False, True, False]
    assert turns[2].kind == "network"
    assert buckets.take_each([]) == []


def test_without_redis_those_who_ask_together_get_what_the_process_allows(refused_port: None) -> None:
    turns = buckets.take_each([[rule(20, 3600)] for _time in range(20)])
    assert [bool(turn.wait) for turn in turns].count(False) == 20 // 4


def test_scripts_that_redis_has_forgotten_are_sent_again(settings: Settings) -> None:
    with redis.Redis.from_url(settings.REDIS_LIMITS_URL) as client:
        client.script_flush()
    assert buckets.shared.take([rule(1, 60)]) == TAKEN
    turn = buckets.shared.take([rule(1, 60)])
    assert turn is not None
    assert turn.wait > 0


def test_buckets_of_a_process_refill_and_do_not_grow_without_end(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "LOCAL_BUCKETS", 50)
    mine = LocalBuckets()
    turns = [mine.take([rule(8, 2)]) for _time in range(3)]
    assert turns[:2] == [TAKEN] * 2
    assert 0 < turns[2].wait <= 1
    clock.let_pass(turns[2].wait + 0.001)  # a sum of fractions may fall short of itself
    assert mine.take([rule(8, 2)]) == TAKEN
    for number in range(200):
        mine.take([rule(8, 60, str(number))])
    assert len(mine._full) == 50
