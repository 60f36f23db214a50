"""What is kept is read by one while the others go on with what is known."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from django.db import OperationalError

from cms.kept import Kept


def test_a_value_is_read_again_after_its_time_and_when_it_was_forgotten() -> None:
    numbers = count(1)
    lasting, fleeting = Kept(lambda: next(numbers), seconds=3600), Kept(lambda: next(numbers), seconds=0)
    assert [lasting(), lasting()] == [1, 1]
    assert [fleeting(), fleeting()] == [2, 3]
    lasting.forget()
    assert lasting() == 4


def test_one_reads_anew_and_nobody_waits_for_it() -> None:
    reading, may_end, numbers = threading.Event(), threading.Event(), count(1)

    def read() -> int:
        number = next(numbers)
        if number > 1:
            reading.set()
            assert may_end.wait(30)
        return number

    kept = Kept(read, seconds=0)
    assert kept() == 1
    with ThreadPoolExecutor(1) as pool:
        anew = pool.submit(kept)
        assert reading.wait(30)
        assert [kept() for _time in range(5)] == [1] * 5
        may_end.set()
        assert anew.result(30) == 2


def test_the_first_ones_wait_for_one_who_reads() -> None:
    numbers, begin = count(1), threading.Barrier(8)
    kept = Kept(lambda: next(numbers), seconds=3600)

    def ask(_who: int) -> int:
        begin.wait(30)
        return kept()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {1}


def test_where_the_database_does_not_answer_what_is_known_holds_on() -> None:
    tries = iter([None, 1, None, 3])

    def read() -> int:
        if (found := next(tries)) is None:
            raise OperationalError("away")
        return found

    kept = Kept(read, seconds=0)
    with pytest.raises(OperationalError, match="away"):
        kept()
    assert [kept(), kept(), kept()] == [1, 1, 3]
