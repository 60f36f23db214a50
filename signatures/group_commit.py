"""Group commit: signatures that come at the same time are stored together, in one round trip and one transaction.

Who finds nobody storing stores: alone at once, in a crowd as soon as those who are on their way have come. Who comes
meanwhile waits for the next turn. So one alone waits for nobody, and a crowd shares the flush to disk, the statement
and the connection (decision 0099).
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.db import Error, connection

from signatures import statements
from signatures.statements import Row

MOST_TOGETHER = 32
# For so long those are waited for who are on their way: reading a form takes a tenth of it.
FOR_OTHERS = 0.005
# Somebody's lock may hold a group up. Who has waited for so long goes ahead with those who are not in it.
PATIENCE = 0.1


class _Waiting:
    """One signature, and the thread that brought it: ``called`` opens when it is stored, or is to store."""

    __slots__ = ("alone", "called", "leads", "row", "row_id")

    def __init__(self, row: Row) -> None:
        self.row = row
        self.row_id: int | None = None
        self.leads = self.alone = False
        self.called = threading.Lock()
        self.called.acquire()


class GroupCommit:
    """Stores what many threads bring, in as few turns as there is time for.

    ``store`` takes rows and gives one result for each. One call of it is under way at a time, but for a late one.
    """

    def __init__(self, store: Callable[[Sequence[Row]], list[int | None]]) -> None:
        self._store = store
        self._waiting: list[_Waiting] = []
        self._leaders = 0
        self._coming = 0
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._all_came = threading.Condition(self._lock)

    @contextmanager
    def coming(self) -> Iterator[None]:
        """Say that this thread will probably bring a row before the block ends."""
        with self._lock:
            self._coming += 1
        self._mine.comes = True
        try:
            yield
        finally:
            with self._lock:
                self._came()

    def accept(self, row: Row) -> int | None:
        """What ``store`` gave for this row. Raises what it raised for this row alone."""
        mine = _Waiting(row)
        with self._lock:
            self._waiting.append(mine)
            self._came()
            mine.leads = not self._leaders
            self._leaders += mine.leads
        if not mine.leads:
            self._wait(mine)
        if mine.leads:
            self._lead(mine)
        return self._store([row])[0] if mine.alone else mine.row_id

    def _came(self) -> None:
        if getattr(self._mine, "comes", False):
            self._mine.comes = False
            self._coming -= 1
            if not self._coming:
                self._all_came.notify_all()

    def _wait(self, mine: _Waiting) -> None:
        if mine.called.acquire(timeout=PATIENCE):
            return
        with self._lock:
            if mine in self._waiting and not mine.leads:
                mine.leads = True
                self._leaders += 1
                return
        mine.called.acquire()

    def _lead(self, mine: _Waiting) -> None:
        group = self._gathered(mine)
        try:
            for one, row_id in zip(group, self._store([one.row for one in group]), strict=True):
                one.row_id = row_id
        except Error:
            # It may be anybody's fault: each tries alone, and hears of its own.
            for one in group:
                one.alone = True
        finally:
            self._hand_on()
            for one in group[1:]:
                one.called.release()

    def _gathered(self, mine: _Waiting) -> list[_Waiting]:
        """``mine``, and all others who can be stored with it: of one mailbox only one at a time."""
        with self._lock:
            self._all_came.wait_for(lambda: not self._coming, timeout=FOR_OTHERS)
            group, seen = [mine], set(_keys(mine.row))
            for other in self._waiting:
                if other is not mine and len(group) < MOST_TOGETHER and seen.isdisjoint(_keys(other.row)):
                    seen.update(_keys(other.row))
                    group.append(other)
            self._waiting = [one for one in self._waiting if one not in group]
        return group

    def _hand_on(self) -> None:
        """Call whoever is to store next."""
        with self._lock:
            following = next((one for one in self._waiting if not one.leads), None)
            if following is None:
                self._leaders -= 1
            else:
                following.leads = True
                following.called.release()


def _keys(row: Row) -> tuple[bytes, tuple[int, bytes]]:
    return row["address_key"], (row["petition_id"], row["signer_key"])


_together = GroupCommit(statements.accept)
coming = _together.coming


def accept(row: Row) -> int | None:
    """Store one signature, with those that others bring: what ``statements.accept`` gives for it.

    Inside a transaction it is stored at once, and is part of that.
    """
    return statements.accept([row])[0] if connection.in_atomic_block else _together.accept(row)
