"""Who is let in, who waits, who is turned away, and in which order."""

import threading

import pytest

from config.front import gate as gates
from config.front.gate import Busy, Gate
from config.front.kinds import Kind
from tests.waiting import until


class Queue:
    """Threads that go through one gate and note the order in which they were let in."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.order: list[Kind] = []
        self.threads: list[threading.Thread] = []

    def add(self, kind: Kind) -> None:
        """Let one more wait, and come back when it does."""
        before = self.waiting(kind)
        thread = threading.Thread(target=self._go, args=[kind])
        self.threads.append(thread)
        thread.start()
        until(lambda: self.waiting(kind) == before + 1)

    def waiting(self, kind: Kind) -> int:
        return len(self.gate._waiting[kind])

    def _go(self, kind: Kind) -> None:
        with self.gate.passed(kind):
            self.order.append(kind)

    def end(self) -> None:
        for thread in self.threads:
            thread.join(20)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody of these tests goes because the machine is slow."""
    monkeypatch.setattr(gates, "PATIENCE", dict.fromkeys(Kind, 60.0))


def test_kinds_are_let_in_in_their_order_whoever_came_first() -> None:
    queue = Queue(Gate(1))
    queue.gate.enter(Kind.SIGN)
    came = [Kind.PAGE, Kind.SIGN, Kind.WRITE, Kind.STAFF, Kind.CONFIRM, Kind.SIGN]
    for kind in came:
        queue.add(kind)
    queue.gate.leave(Kind.SIGN)
    queue.end()
    assert queue.order == [Kind.CONFIRM, Kind.STAFF, Kind.SIGN, Kind.SIGN, Kind.WRITE, Kind.PAGE]


def test_pages_are_made_even_while_a_crowd_signs() -> None:
    queue = Queue(Gate(1))
    queue.gate.enter(Kind.SIGN)
    queue.add(Kind.PAGE)
    for _ in range(2 * gates.LAST_FIRST):
        queue.add(Kind.SIGN)
    queue.gate.leave(Kind.SIGN)
    queue.end()
    assert queue.order.index(Kind.PAGE) < gates.LAST_FIRST


def test_no_more_run_than_there_are_slots_and_all_slots_come_back() -> None:
    gate, running, most = Gate(3), 0, 0
    lock = threading.Lock()

    def work(kind: Kind) -> None:
        nonlocal running, most
        for _ in range(200):
            with gate.passed(kind):
                with lock:
                    running += 1
                    most = max(most, running)
                with lock:
                    running -= 1

    threads = [threading.Thread(target=work, args=[kind]) for kind in Kind]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert 1 <= most <= 3
    for _ in range(3):
        gate.enter(Kind.SIGN)
    assert gate._free == 0


def test_a_full_room_turns_away_at_once_and_the_other_rooms_stay_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "ROOM", dict.fromkeys(Kind, 2))
    queue = Queue(Gate(1))
    queue.gate.enter(Kind.SIGN)
    for kind in (Kind.SIGN, Kind.SIGN):
        queue.add(kind)
    with pytest.raises(Busy) as refusal:
        queue.gate.enter(Kind.SIGN)
    assert refusal.value.why == "full"
    queue.add(Kind.CONFIRM)
    queue.gate.leave(Kind.SIGN)
    queue.end()
    assert queue.order == [Kind.CONFIRM, Kind.SIGN, Kind.SIGN]


def test_who_waited_in_vain_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(gates.PATIENCE, Kind.PAGE, 0.01)
    gate = Gate(1)
    gate.enter(Kind.SIGN)
    with pytest.raises(Busy) as refusal:
        gate.enter(Kind.PAGE)
    assert refusal.value.why == "waited"
    assert not gate._waiting[Kind.PAGE]
    gate.leave(Kind.SIGN)
    gate.enter(Kind.CONFIRM)


def test_one_slot_is_kept_for_signing_and_confirming() -> None:
    queue = Queue(Gate(2))
    queue.gate.enter(Kind.STAFF)
    queue.add(Kind.PAGE)
    queue.gate.enter(Kind.SIGN)
    queue.gate.leave(Kind.SIGN)
    assert queue.order == []
    queue.gate.leave(Kind.STAFF)
    queue.end()
    assert queue.order == [Kind.PAGE]
