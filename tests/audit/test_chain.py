"""The chained log: sealed in batches, its head published once a day, and any break named."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from structlog.testing import capture_logs

from audit import chain, sealing, tasks, verification
from audit.models import Entry, Head, Link, Seal, Unsealed
from audit.services import record
from vault import keys

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)


def write(number: int) -> None:
    for subject_id in range(1, number + 1):
        record(
            action="petition.hide",
            subject_kind="petition",
            subject_id=subject_id,
            reason="Naïve “reason”",
            details={"b": [1, None, 2.5], "a": {"ü": "ž"}},
        )


@pytest.fixture
def entries() -> list[Entry]:
    """Nine entries in three batches of three."""
    for batch in range(3):
        write(3)
        sealing.seal(NOW + timedelta(minutes=batch))
    return list(Entry.objects.order_by("id"))


@pytest.fixture
def as_intruder() -> Iterator[Callable[..., None]]:
    """SQL of somebody who may do everything in the database."""

    def run(statement: str, *values: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement, values)
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")

    return run


def verify(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_audit", *arguments, stdout=out)
    return out.getvalue()


def test_entries_wait_until_they_are_sealed_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 3)
    write(4)
    assert (Unsealed.objects.count(), Link.objects.count()) == (4, 0)
    assert "0 entries in 0 seals, 4 waiting" in verify()

    assert [sealing.seal(NOW), sealing.seal(NOW), sealing.seal(NOW)] == [3, 1, 0]
    assert list(Seal.objects.values_list("number", flat=True)) == [3, 4]
    assert not Unsealed.objects.exists()
    assert "4 entries in 2 seals, 0 waiting" in verify()


def test_a_link_can_be_made_again_from_the_rows_as_the_documentation_says(entries: list[Entry]) -> None:
    digest = bytes(32)
    for number, entry in enumerate(entries, start=1):
        at = round(entry.at.timestamp() * 1_000_000)
        columns = [entry.pk, at, None, entry.action, "petition", entry.subject_id, entry.reason, entry.details]
        content = sha256(json.dumps(columns, sort_keys=True, separators=(",", ":")).encode()).digest()
        digest = sha256(digest + number.to_bytes(8, "big") + content).digest()
    newest = Seal.objects.get(number=9)
    assert bytes(newest.digest) == digest == bytes(Link.objects.get(number=9).digest)
    assert f"Head 9:{digest.hex()}" in verify()


def test_the_way_in_which_an_entry_becomes_bytes_never_changes() -> None:
    content = chain.content(
        id=7,
        at=datetime(2026, 3, 2, 12, 30, 0, 5, tzinfo=UTC),
        actor_id=None,
        action="case.open",
        subject_kind="case",
        subject_id=3,
        reason="é",
        details={"b": 1, "a": None},
    )
    assert content == sha256(b'[7,1772454600000005,null,"case.open","case",3,"\\u00e9",{"a":null,"b":1}]').digest()


CHANGE = "UPDATE audit_entry SET reason = 'other' WHERE id = %s"
BREAKS = [
    ("changed", 5, CHANGE, "entry"),
    ("changed", 5, "UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE id = %s", "entry"),
    ("changed", 5, "UPDATE audit_entry SET details = details || '{\"c\": 1}' WHERE id = %s", "entry"),
    ("removed", 5, "DELETE FROM audit_entry WHERE id = %s", "entry"),
    ("removed", 9, "DELETE FROM audit_link WHERE entry_id = %s + 4", "entry"),
    ("removed", 5, "DELETE FROM audit_link WHERE entry_id = %s", "entry"),
    (
        "reordered",
        4,
        "UPDATE audit_link SET entry_id = CASE number WHEN 4 THEN %s ELSE %s - 1 END, content = (SELECT content "
        "FROM audit_link AS other WHERE other.number = 9 - audit_link.number) WHERE number IN (4, 5)",
        "entry entry",
    ),
    ("rewritten", 6, "UPDATE audit_seal SET mark = sha256('guess') WHERE number = 6", ""),
    ("rewritten", 6, "UPDATE audit_seal SET key_version = 77 WHERE number = 6", ""),
    ("rewritten", 9, "DELETE FROM audit_seal WHERE number = 9", ""),
]


@pytest.mark.parametrize(("how", "number", "statement", "values"), BREAKS)
def test_the_first_broken_row_is_named(
    entries: list[Entry], as_intruder: Callable[..., None], how: str, number: int, statement: str, values: str
) -> None:
    assert verification.first_break() is None
    if "UPDATE audit_link SET entry_id" in statement:
        as_intruder("ALTER TABLE audit_link DROP CONSTRAINT audit_link_entry_id_key")
    as_intruder(statement, *(entries[4].pk for _ in values.split()))

    found = verification.first_break()
    assert (found.how, found.number) == (how, number)  # type: ignore[union-attr]
    with pytest.raises(CommandError, match=f"broken at link {number}.*{how}"):
        verify()


def test_an_entry_put_in_beside_the_chain_is_named(entries: list[Entry], as_intruder: Callable[..., None]) -> None:
    as_intruder(
        "INSERT INTO audit_entry (id, action, subject_kind, subject_id, reason, details) "
        "VALUES (-3, 'case.open', 'case', 1, '', '{}')"
    )
    with pytest.raises(CommandError, match="outside of the chain, entry -3: inserted"):
        verify()


def test_an_entry_removed_before_it_was_sealed_is_named(as_intruder: Callable[..., None]) -> None:
    write(2)
    gone = Entry.objects.order_by("id").first()
    as_intruder("DELETE FROM audit_entry WHERE id = %s", gone.pk)
    assert sealing.seal(NOW) == 1

    with pytest.raises(CommandError, match=f"entry {gone.pk}: removed"):
        verify()


def seal_again(as_intruder: Callable[..., None]) -> None:
    """Let the site itself make the whole chain anew, with its own key."""
    for table in ("link", "seal"):
        as_intruder(f"DELETE FROM audit_{table}")
    as_intruder("INSERT INTO audit_unsealed SELECT id FROM audit_entry")
    sealing.seal(NOW)


def test_a_chain_made_anew_is_told_by_the_published_head(
    entries: list[Entry], as_intruder: Callable[..., None]
) -> None:
    head = sealing.publish_head(NOW)
    kept = f"{head.number}:{head.digest.hex()}"
    assert "holds" in verify("--head", kept)
    as_intruder(CHANGE, entries[4].pk)
    seal_again(as_intruder)
    with pytest.raises(CommandError, match="broken at link 9: rewritten"):
        verify()

    as_intruder("DELETE FROM audit_head")
    assert "holds" in verify()
    with pytest.raises(CommandError, match="broken at link 9: rewritten"):
        verify("--head", kept)
    with pytest.raises(CommandError, match="removed"):
        verify("--head", "10:" + "00" * 32)
    with pytest.raises(CommandError, match="NUMBER:DIGEST"):
        verify("--head", "9")


def test_whoever_has_the_database_alone_cannot_make_a_seal(
    entries: list[Entry], as_intruder: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    as_intruder(CHANGE, entries[4].pk)
    with monkeypatch.context() as patch:
        patch.setattr(sealing, "mark", lambda number, digest, version: bytes(32))
        seal_again(as_intruder)
    with pytest.raises(CommandError, match="broken at link 9: rewritten .*our key"):
        verify()


def test_the_head_is_published_once_a_day_and_logged(entries: list[Entry]) -> None:
    with capture_logs() as logs:
        head = sealing.publish_head(NOW)
        assert sealing.publish_head(NOW + timedelta(hours=3)) is None
    assert [line["digest"] for line in logs if line["event"] == "audit_head"] == [bytes(head.digest).hex()]
    write(1)
    sealing.seal(NOW)
    assert sealing.publish_head(NOW + timedelta(days=1)).number == 10
    assert list(Head.objects.values_list("day", "number")) == [
        (timezone.localdate(NOW) + timedelta(days=1), 10),
        (timezone.localdate(NOW), 9),
    ]


def test_nothing_is_published_of_an_empty_log() -> None:
    assert sealing.publish_head(NOW) is None


def test_the_day_s_publication_alarms_when_the_log_is_broken(
    entries: list[Entry], as_intruder: Callable[..., None]
) -> None:
    as_intruder(CHANGE, entries[4].pk)
    with capture_logs() as logs:
        assert tasks.publish_head()
    (alarm,) = [line for line in logs if line["event"] == "audit_broken"]
    assert (alarm["log_level"], alarm["how"], alarm["link"], alarm["entry"]) == ("error", "changed", 5, entries[4].pk)


def test_a_second_sealer_waits_for_nobody_and_gives_no_number_twice(entries: list[Entry]) -> None:
    write(1)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO audit_unsealed VALUES (%s)", [entries[0].pk])  # as an old copy may bring back
    assert sealing.seal(NOW) == 1
    assert verification.first_break() is None


@pytest.mark.parametrize("table", ["link", "seal", "head"])
@pytest.mark.parametrize("statement", ["UPDATE audit_{0} SET number = number", "DELETE FROM audit_{0}"])
def test_what_is_sealed_can_only_grow(entries: list[Entry], table: str, statement: str) -> None:
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_old_keys_still_open_old_seals(entries: list[Entry]) -> None:
    seal = Seal.objects.first()
    assert bytes(seal.mark) == sealing.mark(seal.number, seal.digest, keys.keyring().current)
    with pytest.raises(keys.UnknownKey):
        sealing.mark(seal.number, seal.digest, 999)
