"""The gate: so many requests run at once, so many of each kind wait, and everybody else is told at once."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from config.front.kinds import Kind

# Who waits longer than this many seconds is turned away. Those who came furthest are worth a wait.
PATIENCE = {Kind.CONFIRM: 5.0, Kind.STAFF: 5.0, Kind.SIGN: 3.0, Kind.WRITE: 0.5, Kind.PAGE: 0.5}
ROOM = {Kind.CONFIRM: 32, Kind.STAFF: 8, Kind.SIGN: 32, Kind.WRITE: 8, Kind.PAGE: 8}
FIRST = frozenset({Kind.CONFIRM, Kind.SIGN})
# Every so many places go to who stands last, or a count would stay as it was for as long as a crowd signs.
LAST_FIRST = 8


class Busy(Exception):
    """There is no place for this request. `why`: "full" or "waited"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Turn:
    """One who waits: a lock that is opened by whoever leaves."""

    __slots__ = ("granted", "lock")

    def __init__(self) -> None:
        self.granted = False
        self.lock = threading.Lock()
        self.lock.acquire()


class Gate:
    """Lets `slots` requests run at once. All but signing and confirming together leave one slot free for these."""

    def __init__(self, slots: int) -> None:
        self._free = slots
        self._most_others = max(slots - 1, 1)
        self._others = 0
        self._left = 0
        self._waiting: dict[Kind, deque[Turn]] = {kind: deque() for kind in Kind}
        self._lock = threading.Lock()

    @contextmanager
    def passed(self, kind: Kind) -> Iterator[None]:
        """Hold a slot for as long as the block lasts. Raises Busy."""
        self.enter(kind)
        try:
            yield
        finally:
            self.leave(kind)

    def enter(self, kind: Kind) -> None:
        """Take a slot, after a wait in the order of kinds where there is none free. Raises Busy."""
        with self._lock:
            if self._free and self._may_run(kind):
                self._take(kind)
                return
            room = self._waiting[kind]
            if len(room) >= ROOM[kind]:
                raise Busy("full")
            turn = Turn()
            room.append(turn)
        if turn.lock.acquire(timeout=PATIENCE[kind]):
            return
        with self._lock:
            if turn.granted:
                return
            room.remove(turn)
        raise Busy("waited")

    def leave(self, kind: Kind) -> None:
        """Give a slot back, to whoever waits and comes first."""
        with self._lock:
            self._free += 1
            self._others -= kind not in FIRST
            self._left += 1
            rooms = list(self._waiting.items())
            for next_kind, room in reversed(rooms) if self._left % LAST_FIRST == 0 else rooms:
                while room and self._free and self._may_run(next_kind):
                    turn = room.popleft()
                    turn.granted = True
                    self._take(next_kind)
                    turn.lock.release()

    def _may_run(self, kind: Kind) -> bool:
        return kind in FIRST or self._others < self._most_others

    def _take(self, kind: Kind) -> None:
        self._free -= 1
        self._others += kind not in FIRST
