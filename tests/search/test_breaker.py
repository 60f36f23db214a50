"""A search server that fails is left alone for a while, by a clock of the test."""

import pytest
from django.core.cache import cache
from elastic_transport import ApiResponseMeta, HttpHeaders, NodeConfig
from elasticsearch import BadRequestError, ConnectionTimeout

from search.engines.elastic.breaker import LOOKED_SECONDS, SHORTEST, Away, Breaker


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def fails() -> str:
    raise ConnectionTimeout("no answer")


def test_after_a_failure_nobody_waits_until_one_tries_again():
    clock, asked = Clock(), []
    breaker = Breaker(clock=clock)

    def answers() -> str:
        asked.append(clock.now)
        return "found"

    assert breaker.call(answers) == "found"
    with pytest.raises(Away):
        breaker.call(fails)
    with pytest.raises(Away):
        breaker.call(answers)
    assert len(asked) == 1
    clock.now += SHORTEST
    assert breaker.call(answers) == "found"
    assert not breaker.is_open()


def test_each_failure_in_a_row_leaves_it_alone_for_longer():
    clock = Clock()
    breaker = Breaker(clock=clock)
    with pytest.raises(Away):
        breaker.call(fails)
    clock.now += SHORTEST
    with pytest.raises(Away):
        breaker.call(fails)
    clock.now += SHORTEST
    with pytest.raises(Away):
        breaker.call(lambda: pytest.fail("asked too soon"))
    clock.now += SHORTEST
    assert breaker.call(lambda: "found") == "found"


def test_while_one_tries_the_others_do_not():
    clock = Clock()
    breaker = Breaker(clock=clock)
    with pytest.raises(Away):
        breaker.call(fails)
    clock.now += SHORTEST

    def tries() -> str:
        with pytest.raises(Away):
            breaker.call(lambda: pytest.fail("two tried"))
        return "found"

    assert breaker.call(tries) == "found"


def test_processes_tell_each_other():
    clock = Clock()
    one, other = Breaker(clock=clock), Breaker(clock=clock)
    with pytest.raises(Away):
        one.call(fails)
    with pytest.raises(Away):
        other.call(lambda: pytest.fail("asked"))
    clock.now += SHORTEST
    assert one.call(lambda: "found") == "found"
    assert cache.get("search:away") is None
    clock.now += LOOKED_SECONDS
    assert other.call(lambda: "found") == "found"


def test_a_question_that_it_does_not_take_keeps_nobody_else_away():
    def is_refused() -> str:
        node = NodeConfig("http", "localhost", 9200)
        meta = ApiResponseMeta(400, "1.1", HttpHeaders(), duration=0.0, node=node)
        raise BadRequestError("too_many_nested_clauses", meta, {})

    breaker = Breaker(clock=Clock())
    with pytest.raises(Away):
        breaker.call(is_refused)
    assert not breaker.is_open()
    assert breaker.call(lambda: "found") == "found"


def test_an_error_of_ours_is_no_failure_of_the_server():
    breaker = Breaker(clock=Clock())
    with pytest.raises(ZeroDivisionError):
        breaker.call(lambda: 1 // 0)
    assert not breaker.is_open()
