"""What is asked for at the same time is made in one turn, and nobody waits for ever."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from config.front.gate import Busy
from config.together import Together
from tests.waiting import until

LONG = 30.0


class Maker:
    """Doubles each number, and notes which came together. The first turn lasts until it is told to end."""

    def __init__(self) -> None:
        self.turns: list[list[int]] = []
        self.begun, self.may_end = threading.Event(), threading.Event()

    def __call__(self, asked: Sequence[int]) -> list[int | None]:
        self.turns.append(list(asked))
        if not self.begun.is_set():
            self.begun.set()
            assert self.may_end.wait(LONG)
        if 13 in asked:
            raise ValueError("unlucky")
        return [None if number == 7 else number * 2 for number in asked]


@pytest.fixture
def maker() -> Maker:
    return Maker()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as pool:
        yield pool


def begun(pool: ThreadPoolExecutor, maker: Maker, together: Together[int, int]) -> Future[int | None]:
    """Number 1, which is being made until the maker may end."""
    first = pool.submit(together, 1)
    assert maker.begun.wait(LONG)
    return first


def test_one_alone_waits_for_nobody(maker: Maker) -> None:
    maker.may_end.set()
    together: Together[int, int] = Together(maker, most=8, patience=LONG)
    assert [together(number) for number in (1, 2, 7)] == [2, 4, None]
    assert maker.turns == [[1], [2], [7]]


def test_who_comes_meanwhile_is_made_together_no_more_than_so_many(maker: Maker, pool: ThreadPoolExecutor) -> None:
    together: Together[int, int] = Together(maker, most=4, patience=LONG)
    first = begun(pool, maker, together)
    others = {number: pool.submit(together, number) for number in range(2, 12)}
    until(lambda: len(together._waiting) == len(others))
    maker.may_end.set()
    assert first.result(LONG) == 2
    assert {number: other.result(LONG) for number, other in others.items()} == {
        number: None if number == 7 else number * 2 for number in others
    }
    assert [len(turn) for turn in maker.turns] == [1, 4, 4, 2]
    assert sorted(number for turn in maker.turns for number in turn) == list(range(1, 12))
    assert together(5) == 10


def test_where_a_turn_fails_its_leader_hears_of_it_and_the_next_turn_is_taken(
    maker: Maker, pool: ThreadPoolExecutor
) -> None:
    together: Together[int, int] = Together(maker, most=2, patience=LONG)
    first = begun(pool, maker, together)
    leader = pool.submit(together, 13)
    until(lambda: len(together._waiting) == 1)
    others = []
    for waiting, number in enumerate((20, 21), start=2):
        others.append(pool.submit(together, number))
        until(lambda waiting=waiting: len(together._waiting) == waiting)
    maker.may_end.set()
    assert first.result(LONG) == 2
    with pytest.raises(ValueError, match="unlucky"):
        leader.result(LONG)
    assert [other.result(LONG) for other in others] == [None, 42]


def test_who_waits_too_long_is_told_and_is_not_made_any_more(maker: Maker, pool: ThreadPoolExecutor) -> None:
    together: Together[int, int] = Together(maker, most=8, patience=0.05)
    first = begun(pool, maker, together)
    with pytest.raises(Busy):
        together(2)
    maker.may_end.set()
    assert first.result(LONG) == 2
    assert together(3) == 6
    assert maker.turns == [[1], [3]]
