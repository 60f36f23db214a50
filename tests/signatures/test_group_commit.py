"""Signatures that come at the same time are stored together, each as if it had come alone."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import DataError, connection, transaction
from django.utils import timezone

from mailing.models import Mail, Suppression
from petitions.buckets import TAKEN
from petitions.models import Petition
from signatures import door, group_commit, intake, persons, statements
from signatures.fraud import suspicion
from signatures.group_commit import Brought, GroupCommit
from signatures.models import Disowned, DomainRule, MailedAddress, Signature, SignatureState
from signatures.persons import Signer
from signatures.statements import Row
from tests.factories import make_closed_petition, make_open_petition
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


def brought(number: int, *, mailbox: int | None = None, petition: int = 1) -> Brought:
    key = (number if mailbox is None else mailbox).to_bytes(16)
    return Brought({"petition_id": petition, "signer_key": key, "address_key": key, "number": number})


class Store:
    """Gives each row its number back, and notes which came together. The first call lasts until it is told to end."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.begun, self.may_end = threading.Event(), threading.Event()

    def __call__(self, brought: Sequence[Brought]) -> list[int | None]:
        numbers = [one.row["number"] for one in brought]
        self.groups.append(numbers)
        if not self.begun.is_set():
            self.begun.set()
            assert self.may_end.wait(30)
        if 13 in numbers:
            raise DataError("unlucky")
        return [number * 10 for number in numbers]


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def together(store: Store) -> GroupCommit:
    return GroupCommit(store)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(24) as pool:
        yield pool


@pytest.fixture
def first(
    store: Store, together: GroupCommit, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> Future[int | None]:
    """Number 1, who is being stored until the store may end; nobody else loses patience."""
    monkeypatch.setattr(group_commit, "PATIENCE", 30)
    storing = pool.submit(together.accept, brought(1))
    assert store.begun.wait(30)
    return storing


def test_who_comes_while_one_is_stored_is_stored_with_all_who_came(
    store: Store, together: GroupCommit, pool: ThreadPoolExecutor, first: Future[int | None]
) -> None:
    others = [pool.submit(together.accept, brought(number)) for number in range(2, 8)]
    until(lambda: len(together._waiting) == 6)
    store.may_end.set()
    assert [one.result(30) for one in (first, *others)] == [10, 20, 30, 40, 50, 60, 70]
    assert [sorted(group) for group in store.groups] == [[1], [2, 3, 4, 5, 6, 7]]


def test_those_on_their_way_are_waited_for_and_nobody_else(
    store: Store, together: GroupCommit, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "FOR_OTHERS", 30)
    store.may_end.set()
    came, may_go_on = threading.Event(), threading.Event()

    def late() -> int | None:
        with together.coming():
            came.set()
            may_go_on.wait(30)
            return together.accept(brought(2))

    def turned_back() -> None:
        with together.coming():
            came.wait(30)

    pool.submit(turned_back)
    second = pool.submit(late)
    came.wait(30)
    first = pool.submit(together.accept, brought(1))
    until(lambda: bool(together._leaders))
    may_go_on.set()
    assert (first.result(30), second.result(30)) == (10, 20)
    assert store.groups == [[1, 2]]
    assert together.accept(brought(3)) == 30, "nobody is on the way any more"


def test_one_that_cannot_be_stored_fails_alone(
    store: Store, together: GroupCommit, pool: ThreadPoolExecutor, first: Future[int | None]
) -> None:
    unlucky, lucky = pool.submit(together.accept, brought(13)), pool.submit(together.accept, brought(4))
    until(lambda: len(together._waiting) == 2)
    store.may_end.set()
    assert lucky.result(30) == 40
    with pytest.raises(DataError):
        unlucky.result(30)
    assert together.accept(brought(5)) == 50
    assert not together._leaders


def test_one_mailbox_and_one_signer_are_stored_one_after_the_other(
    store: Store, together: GroupCommit, pool: ThreadPoolExecutor, first: Future[int | None]
) -> None:
    same = [pool.submit(together.accept, brought(number, mailbox=99, petition=number % 2)) for number in range(2, 6)]
    until(lambda: len(together._waiting) == 4)
    store.may_end.set()
    assert [one.result(30) for one in same] == [20, 30, 40, 50]
    assert [len(group) for group in store.groups] == [1, 1, 1, 1, 1]


def test_a_group_that_is_held_up_holds_nobody_else_up(
    store: Store, together: GroupCommit, pool: ThreadPoolExecutor
) -> None:
    held = pool.submit(together.accept, brought(1))
    store.begun.wait(30)
    assert pool.submit(together.accept, brought(2)).result(30) == 20
    assert not held.done()
    store.may_end.set()
    assert held.result(30) == 10
    until(lambda: not together._leaders)


def test_a_hundred_at_a_time_all_get_their_own_number(together: GroupCommit, store: Store) -> None:
    store.may_end.set()
    with ThreadPoolExecutor(100) as pool:
        for _round in range(20):
            assert list(pool.map(together.accept, map(brought, range(100, 200)))) == [n * 10 for n in range(100, 200)]
    assert not together._leaders
    assert not together._waiting


def test_where_groups_take_longer_than_patience_each_is_stored_once_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(group_commit, "PATIENCE", 0.002)
    monkeypatch.setattr(group_commit, "FOR_OTHERS", 0.001)
    stored: list[int] = []

    def slowly(rows: Sequence[Brought]) -> list[int | None]:
        time.sleep(0.004)
        stored.extend(one.row["number"] for one in rows)
        return [one.row["number"] for one in rows]

    together = GroupCommit(slowly)

    def bring(number: int) -> int | None:
        with together.coming():
            return together.accept(brought(number))

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(bring, range(1000))) == list(range(1000))
    assert sorted(stored) == list(range(1000))
    assert not together._leaders
    assert not together._coming


def signed(petition: Petition, email: str, **changed: Any) -> Row:
    """The row of a signature, as the hot path makes it."""
    rows: list[Row] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(group_commit, "accept", lambda row, _visit: rows.append(row) or 1)
        signer = Signer("Mary Poppins", email, "SW1A 1AA", "GB", False, "en", "192.0.2.1")
        intake.accept(petition_id=petition.pk, signer=signer, now=timezone.now())
    return {**rows[0], **changed}


def test_what_is_stored_together_is_stored_as_if_each_had_come_alone() -> None:
    petition, other = make_open_petition(), make_open_petition()
    statements.accept([signed(petition, "confirmed@example.org")])
    Signature.objects.update(state=SignatureState.CONFIRMED, confirmed_at=timezone.now())
    before = statements.accept([signed(petition, "again@example.org")])
    Suppression.objects.create(address_key=persons.address_key("never@example.org"), reason="asked")
    Disowned.objects.create(petition_id=petition.pk, signer_key=persons.signer_key("not@example.org", petition))
    DomainRule.objects.create(domain="blocked.example", verdict="block", note="test")
    suspicion.forget()
    capped = persons.address_key("capped@example.org")
    MailedAddress.objects.create(address_key=capped, sent=[timezone.now()] * 10, about=list(range(10)))
    Mail.objects.all().delete()
    closed = make_closed_petition()
    rows = [
        signed(petition, "new@example.org"),
        signed(other, "new.too@example.org"),
        signed(petition, "confirmed@example.org", at=timezone.now() + timedelta(minutes=2)),
        signed(petition, "again@example.org", at=timezone.now() + timedelta(minutes=2)),
        signed(petition, "hasty@example.org"),
        signed(petition, "never@example.org"),
        signed(petition, "not@example.org"),
        signed(petition, "a@blocked.example"),
        signed(petition, "capped@example.org"),
        {**signed(petition, "late@example.org"), "petition_id": closed.pk},
        signed(petition, "outdated@example.org", key_version=9),
        signed(petition, "ended@example.org", at=petition.closes_at + timedelta(seconds=1)),
    ]
    found = statements.accept(rows)
    assert found[9:] == [None, None, None]
    assert None not in found[:9]
    assert found[3] == before[0]
    mails = {mail.row_id: mail for mail in Mail.objects.all()}
    assert {mails[number].kind for number in (found[0], found[1], found[3], found[4])} == {"confirm"}
    assert mails[found[2]].kind == "already_signed"
    assert len(mails) == 5
    assert mails[found[1]].petition_id == other.pk
    for row, row_id in zip(rows[:9], found[:9], strict=True):
        stored = Signature.objects.get(petition_id=row["petition_id"], id=row_id)
        assert bytes(stored.signer_key) == row["signer_key"]
        assert stored.suspicion == row["suspicion"]
        assert stored.state == ("confirmed" if row_id == found[2] else "pending")
        assert persons.unsealed(stored).name == "Mary Poppins"


def test_those_who_must_wait_are_not_stored_with_the_others() -> None:
    petition = make_open_petition()
    visits = [door.visit("192.0.2.1", petition.pk) for _time in range(12)] + [door.visit("192.0.2.2", petition.pk)]
    rows = [signed(petition, f"mary{number}@example.org") for number in range(13)]
    found = group_commit.store([Brought(row, visit) for row, visit in zip(rows, visits, strict=True)])
    assert [row_id is None for row_id in found] == [False] * 10 + [True] * 2 + [False]
    assert [visit.away is None for visit in visits] == [row_id is not None for row_id in found]
    assert visits[11].away.reason == door.Reason.NETWORK
    assert Signature.objects.count() == 11
    again = group_commit.store([Brought(rows[0], visits[0])])
    assert again == found[:1], "a turn that was taken is not asked for again"
    assert group_commit.store([Brought(rows[11], door.Visit())]) == [None], "a blocked network"


def test_where_nothing_can_be_signed_who_came_to_the_door_has_knocked_all_the_same() -> None:
    signer = Signer("Mary Poppins", "mary@example.org", "SW1A 1AA", "GB", False, "en", "192.0.2.1")
    visit = door.visit("192.0.2.1", 404)
    with pytest.raises(intake.NotSignable):
        intake.accept(petition_id=404, signer=signer, visit=visit, now=timezone.now())
    assert visit.turn == TAKEN
    for petition_id in (404, make_open_petition().pk):
        with pytest.raises(door.TurnedBack) as turned_back:
            intake.accept(petition_id=petition_id, signer=signer, visit=door.Visit(), now=timezone.now())
        assert turned_back.value.away.reason == door.Reason.BLOCKED
    assert not Signature.objects.exists()


def test_a_row_that_somebody_holds_lets_the_others_through() -> None:
    petition = make_open_petition()
    signer = [Signer("Mary", f"mary{n}@example.org", "SW1A 1AA", "GB", False, "en", "192.0.2.1") for n in range(9)]
    intake.accept(petition_id=petition.pk, signer=signer[0], now=timezone.now())

    def sign(number: int) -> int:
        try:
            return intake.accept(petition_id=petition.pk, signer=signer[number], now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(9) as pool:
        with transaction.atomic():
            held = Signature.objects.select_for_update().get()
            waiting = pool.submit(sign, 0)
            time.sleep(0.2)
            assert len({one.result(30) for one in [pool.submit(sign, number) for number in range(1, 9)]}) == 8
            assert not waiting.done()
        assert waiting.result(30) == held.id
    assert Signature.objects.count() == 9
