"""Group commit: signatures that come at the same time ask for their turns together, in one round trip, and are stored
together, in another that is one transaction.

Who finds nobody storing stores: alone at once, in a crowd as soon as those who are on their way have come. Who comes
meanwhile waits for the next turn. So one alone waits for nobody, and a crowd shares the flush to disk, the statement
and the connection (decision 0099).
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from django.db import Error, connection

from signatures import door, statements
from signatures.door import Visit
from signatures.statements import Row

MOST_TOGETHER = 32
# For so long those are waited for who are on their way: reading a form takes a tenth of it.
FOR_OTHERS = 0.005
# Somebody's lock may hold a group up. Who has waited for so long goes ahead with those who are not in it.
PATIENCE = 0.1


class Brought(NamedTuple):
    """A signature's row, and the visit that must be let in before it is stored; None for one that was."""

    row: Row
    visit: Visit | None = None

    @property
    def keys(self) -> tuple[bytes, tuple[int, bytes]]:
        """Mailbox and signer: two rows of one of them can't be stored together."""
        return self.row["address_key"], (self.row["petition_id"], self.row["signer_key"])


class _Waiting:
    """What one thread brought: ``called`` opens when it is stored, or is to store."""

    __slots__ = ("alone", "brought", "called", "leads", "row_id")

    def __init__(self, brought: Brought) -> None:
        self.brought = brought
        self.row_id: int | None = None
        self.leads = self.alone = False
        self.called = threading.Lock()
        self.called.acquire()


class GroupCommit:
    """Stores what many threads bring, in as few turns as there is time for.

    ``store`` takes what was brought and gives one result for each. One call is under way at a time, unless it lasts.
    """

    def __init__(self, store: Callable[[Sequence[Brought]], list[int | None]]) -> None:
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

    def accept(self, brought: Brought) -> int | None:
        """What ``store`` gave for this one. Raises what it raised for this one alone."""
        mine = _Waiting(brought)
        with self._lock:
            self._waiting.append(mine)
            self._came()
            mine.leads = not self._leaders
            self._leaders += mine.leads
        if not mine.leads:
            self._wait(mine)
        if mine.leads:
            self._lead(mine)
        return self._store([brought])[0] if mine.alone else mine.row_id

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
            for one, row_id in zip(group, self._store([one.brought for one in group]), strict=True):
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
        """``mine``, and all others who can be stored with it: of one mailbox only one at a time, and none who leads."""
        with self._lock:
            self._all_came.wait_for(lambda: not self._coming, timeout=FOR_OTHERS)
            group, seen = [mine], set(mine.brought.keys)
            for other in self._waiting:
                if not other.leads and len(group) < MOST_TOGETHER and seen.isdisjoint(other.brought.keys):
                    seen.update(other.brought.keys)
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


def store(brought: Sequence[Brought]) -> list[int | None]:
    """Take the turns of all who have not yet, then store those who are let in; each one's row id, None for the others
    and where ``statements.accept`` gives none.
    """
    door.take_turns(one.visit for one in brought if one.visit)
    let_in = [not one.visit or not one.visit.away for one in brought]
    rows = [one.row for one, enters in zip(brought, let_in, strict=True) if enters]
    stored = iter(statements.accept(rows) if rows else ())
    return [next(stored) if enters else None for enters in let_in]


_together = GroupCommit(store)
coming = _together.coming


def accept(row: Row, visit: Visit | None = None) -> int | None:
    """Store one signature, with those that others bring: what ``store`` gives for it.

    Inside a transaction it is stored at once, and is part of that.
    """
    brought = Brought(row, visit)
    if connection.in_atomic_block:
        return store([brought])[0]
    connection.close_if_unusable_or_obsolete()  # who waits holds no connection that whoever stores may need
    return _together.accept(brought)
