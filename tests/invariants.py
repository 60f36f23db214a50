"""What must hold after whatever happened: the six invariants of signing, checked against a ledger of its own.

The ledger is kept by whoever signs: one line for each "check your e-mail" and each "signed" that was shown, on disk
before the next request leaves.
"""

import json
import os
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from audit import chain

ACK = "ack"
SIGNED = "signed"
# Celery names its processes celery@host; everything else that looks like an address is somebody's.
ADDRESS = re.compile(rb"(?<![\w.+-])(?!celery@)[\w.+-]+@[\w-]+\.[\w.-]*\w")
PERSONAL_LINK = re.compile(
    rb"/(?:confirm|unsubscribe|not-me|never|creator|support|mailbox|new|follow|unfollow)/(?:\d+/)?[\w-]{24,}"
)
FAILED = re.compile(rb'"status": ?5(?!03)\d\d')


class Ledger:
    """A file of acknowledgements. May be written by many threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._file = path.open("ab")

    def write(self, kind: str, *, petition_id: int, address: str) -> None:
        """Note that somebody was shown the page. On disk when this returns."""
        line = json.dumps({"kind": kind, "petition_id": petition_id, "address": address}).encode() + b"\n"
        with self._lock:
            self._file.write(line)
            self._file.flush()
            os.fsync(self._file.fileno())

    def entries(self) -> Iterator[tuple[str, int, str]]:
        """Kind, petition and address of each line."""
        for line in self.path.read_text().splitlines():
            entry = json.loads(line)
            yield entry["kind"], entry["petition_id"], entry["address"]


@dataclass(frozen=True)
class Invariants:
    """Where to look. `secrets` are names and tokens of the test that no log may hold."""

    ledger: Ledger
    connect: Callable[[], psycopg.Connection[Any]]  # autocommit
    logs: Path
    secrets: set[str] = field(default_factory=set)

    def breaches(self) -> list[str]:
        """Everything that is broken, one sentence each; empty when all is well. Counts must have settled before."""
        with self.connect() as connection:
            found = [
                *self._ledger_is_stored(connection),
                *self._counts_agree(connection),
                *self._one_signature_a_person(connection),
                *self._audit_is_append_only(connection),
                *self._audit_is_as_it_was_sealed(connection),
            ]
        return [*found, *self._logs_are_clean()]

    def is_settled(self) -> bool:
        """Whether every confirmation has been counted."""
        with self.connect() as connection:
            return not connection.execute("SELECT EXISTS (SELECT FROM signatures_delta)").fetchone()[0]  # type: ignore[index]

    def _ledger_is_stored(self, connection: psycopg.Connection[Any]) -> Iterator[str]:
        """i1, and that nothing of it is half: an acknowledged row has its mail, a signed one its date."""
        kinds: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for kind, petition_id, address in self.ledger.entries():
            kinds[petition_id][address].add(kind)
        for petition_id, addresses in kinds.items():
            rows = _rows(connection, petition_id)
            keys = signer_keys(connection, petition_id, addresses)
            for address, acknowledged in addresses.items():
                row = rows.get(keys[address])
                if row is None:
                    yield f"i1: an acknowledged signature of petition {petition_id} is not in the database"
                elif SIGNED in acknowledged and row["confirmed_at"] is None:
                    yield f"i1: row {row['id']} of petition {petition_id} was shown as signed but is {row['state']}"
                elif not row["mails"]:
                    yield f"i1: row {row['id']} of petition {petition_id} has no mail: it is half a signature"

    def _counts_agree(self, connection: psycopg.Connection[Any]) -> Iterator[str]:
        """i2: confirmed rows and what was imported are the count, and the sum by region and by country."""
        for petition_id, *numbers in connection.execute(COUNTS).fetchall():
            if len(set(numbers)) != 1:
                words = dict(zip(("confirmed", "count", "regions", "countries"), numbers, strict=True))
                yield f"i2: petition {petition_id} is counted differently: {words}"

    def _one_signature_a_person(self, connection: psycopg.Connection[Any]) -> Iterator[str]:
        """i3."""
        for petition_id, number in connection.execute(DOUBLES).fetchall():
            yield f"i3: petition {petition_id} counts one person {number} times"

    def _audit_is_append_only(self, connection: psycopg.Connection[Any]) -> Iterator[str]:
        """i6: the database refuses to change or drop what was logged."""
        for statement in ("UPDATE audit_entry SET action = action", "DELETE FROM audit_entry", "TRUNCATE audit_entry"):
            try:
                with connection.transaction(force_rollback=True):
                    connection.execute(statement)
                yield f"i6: the audit log let “{statement}” pass"
            except psycopg.errors.InsufficientPrivilege:
                continue

    def _audit_is_as_it_was_sealed(self, connection: psycopg.Connection[Any]) -> Iterator[str]:
        """i6: each sealed entry is what its link says, and each link follows from the one before it."""
        before = chain.START
        with connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            for number, row in enumerate(cursor.execute(SEALED), start=1):
                place, content, digest = row.pop("number"), row.pop("content"), row.pop("digest")
                row["details"] = json.loads(row["details"] or "null")
                if place != number or row["id"] is None or chain.content(**row) != content:
                    yield f"i6: link {number} is not there, or its entry is not what was sealed"
                    return
                before = chain.link(before, number, content)
                if before != digest:
                    yield f"i6: link {number} does not follow from the one before it"
                    return

    def _logs_are_clean(self) -> Iterator[str]:
        """i4 and i5: no 500, no address, no token, no name in any line of any log."""
        secrets = {secret.encode() for secret in self.secrets}
        for path in sorted(self.logs.iterdir()):
            lines = path.read_bytes().splitlines()
            for number, line in enumerate(lines, start=1):
                for what in _indiscretions(line, secrets):
                    yield f"{what} in {path.name} line {number}: {line[:300]!r}"


def _indiscretions(line: bytes, secrets: Iterable[bytes]) -> Iterator[str]:
    if FAILED.search(line):
        yield "i4: a failure"
    if ADDRESS.search(line):
        yield "i5: an address"
    if PERSONAL_LINK.search(line):
        yield "i5: a personal link"
    if any(secret in line for secret in secrets):
        yield "i5: a name or token"


SEALED = """
SELECT link.number, link.content, link.digest, entry.id, entry.at, entry.actor_id, entry.action, entry.subject_kind,
    entry.subject_id, entry.reason, entry.details::text
FROM audit_link AS link LEFT JOIN audit_entry AS entry ON entry.id = link.entry_id ORDER BY link.number
"""
COUNTS = """
SELECT petition.id,
    petition.imported_count + (
        SELECT count(*) FROM signatures_signature AS signature
        WHERE signature.petition_id = petition.id AND signature.state = 'confirmed'
    ),
    petition.signature_count,
    (SELECT coalesce(sum(imported + signed), 0) FROM petitions_regioncount AS region
     WHERE region.petition_id = petition.id),
    (SELECT coalesce(sum(imported + signed), 0) FROM petitions_countrycount AS country
     WHERE country.petition_id = petition.id)
FROM petitions_petition AS petition WHERE petition.source = ''
"""
DOUBLES = """
SELECT petition_id, count(*) FROM signatures_signature WHERE state = 'confirmed'
GROUP BY petition_id, signer_key HAVING count(*) > 1
"""
ROWS = """
SELECT encode(signature.signer_key, 'hex') AS signer_key, signature.id, signature.state, signature.confirmed_at,
    EXISTS (
        SELECT FROM mailing_mail AS mail WHERE mail.petition_id = signature.petition_id AND mail.row_id = signature.id
    ) AS mails
FROM signatures_signature AS signature WHERE signature.petition_id = %s
"""


def _rows(connection: psycopg.Connection[Any], petition_id: int) -> dict[str, dict[str, Any]]:
    with connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        return {row["signer_key"]: row for row in cursor.execute(ROWS, [petition_id])}


def signer_keys(connection: psycopg.Connection[Any], petition_id: int, addresses: Iterable[str]) -> dict[str, str]:
    """The key of each address on this petition, made with the key file that the site shares with the tests."""
    from signatures.identity import canonical
    from vault.signer import signer_key

    salt, key_version, rules_version = connection.execute(
        "SELECT salt, key_version, rules_version FROM petitions_petition WHERE id = %s", [petition_id]
    ).fetchone()  # type: ignore[misc]
    return {
        address: signer_key(
            canonical(address, rules_version),
            petition_id=petition_id,
            salt=salt,
            key_version=key_version,
            rules_version=rules_version,
        ).hex()
        for address in addresses
    }
