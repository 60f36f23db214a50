"""What many threads ask for at the same time, made by one of them for all: who waits wakes once, to what is there."""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from config.front.gate import Busy

MOST_TOGETHER = 16

Asked = TypeVar("Asked")
Made = TypeVar("Made")


class _Waiting(Generic[Asked, Made]):
    """What one thread asked for: ``called`` opens when it is made, or when this thread is to make."""

    __slots__ = ("asked", "called", "leads", "made")

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.made: Made | None = None
        self.leads = False
        self.called = threading.Lock()
        self.called.acquire()


class Together(Generic[Asked, Made]):
    """Call it with what is asked for, to get what is made of it.

    Who finds nobody making makes, at once; who comes meanwhile is part of the next turn, ``most`` of them. ``make``
    gives one result for each, None where it failed; where it raises, the others of its turn get None. Raises Busy for
    who waits longer than ``patience`` seconds.
    """

    def __init__(self, make: Callable[[Sequence[Asked]], Sequence[Made | None]], *, most: int, patience: float) -> None:
        self._make = make
        self._most = most
        self._patience = patience
        self._waiting: list[_Waiting[Asked, Made]] = []
        self._is_led = False
        self._lock = threading.Lock()

    def __call__(self, asked: Asked) -> Made | None:
        mine: _Waiting[Asked, Made] = _Waiting(asked)
        with self._lock:
            self._waiting.append(mine)
            mine.leads = not self._is_led
            self._is_led = True
        if not mine.leads:
            self._wait(mine)
        if mine.leads:
            self._lead(mine)
        return mine.made

    def _wait(self, mine: _Waiting[Asked, Made]) -> None:
        if mine.called.acquire(timeout=self._patience):
            return
        with self._lock:
            if mine.leads:
                return
            if mine in self._waiting:
                self._waiting.remove(mine)
        raise Busy("waited")

    def _lead(self, mine: _Waiting[Asked, Made]) -> None:
        with self._lock:
            self._waiting.remove(mine)
            group = [mine, *self._waiting[: self._most - 1]]
            del self._waiting[: self._most - 1]
        try:
            for one, made in zip(group, self._make([one.asked for one in group]), strict=True):
                one.made = made
        finally:
            self._hand_on()
            for one in group[1:]:
                one.called.release()

    def _hand_on(self) -> None:
        with self._lock:
            self._is_led = bool(self._waiting)
            if self._waiting:
                self._waiting[0].leads = True
                self._waiting[0].called.release()
