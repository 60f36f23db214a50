"""The checker finds what it is there to find: each invariant broken once, by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

import audit.services
from audit import sealing
from petitions.models import Petition
from signatures import intake, tally
from signatures.models import Signature
from signatures.persons import Signer
from tests.factories import make_open_petition
from tests.invariants import ACK, SIGNED, Invariants, Ledger

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "thornbeck@mailbox.example"
NAME = "Quillon Thornbeck"


@pytest.fixture
def petition() -> Petition:
    """With one confirmed and counted signature."""
    petition = make_open_petition(title="Mend the bridge")
    now = timezone.now()
    signer = Signer(
        name=NAME, email=ADDRESS, postcode="N1 9GU", country="GB", notify=False, language="en", network="192.0.2.1"
    )
    row_id = intake.accept(petition_id=petition.pk, signer=signer, now=now)
    intake.confirm(petition_id=petition.pk, row_id=row_id, generation=0, now=now)
    tally.fold(now)
    return petition


@pytest.fixture
def invariants(petition: Petition, tmp_path: Path) -> Invariants:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.write(ACK, petition_id=petition.pk, address=ADDRESS)
    ledger.write(SIGNED, petition_id=petition.pk, address=ADDRESS)
    logs = tmp_path / "log"
    logs.mkdir()
    (logs / "web.jsonl").write_text(
        '{"route": "petitions:detail", "status": 200}\n{"status": 503}\ncelery@host.local\n'
    )
    return Invariants(ledger=ledger, connect=_connect, logs=logs, secrets={NAME})


def _connect() -> psycopg.Connection[Any]:
    return psycopg.connect(
        **connection.get_connection_params() | {"autocommit": True, "cursor_factory": psycopg.Cursor}
    )


def _log(line: str) -> Callable[[Invariants, Petition], object]:
    return lambda invariants, _petition: (invariants.logs / "web.jsonl").write_text(line)


def _execute(statement: str) -> Callable[[Invariants, Petition], None]:
    def act(_invariants: Invariants, _petition: Petition) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return act


BREAKS: list[tuple[str, Callable[[Invariants, Petition], object]]] = [
    ("i1", lambda invariants, petition: Signature.objects.filter(petition_id=petition.pk).delete()),
    ("i1", _execute("UPDATE signatures_signature SET state = 'pending', confirmed_at = NULL")),
    ("i1", _execute("DELETE FROM mailing_mail")),
    ("i2", _execute("UPDATE petitions_petition SET signature_count = signature_count + 1")),
    ("i2", _execute("UPDATE petitions_regioncount SET signed = signed + 1")),
    ("i4", _log('{"route": "signatures:sign", "status": 500}')),
    ("i5", _log(f"could not mail {ADDRESS}")),
    ("i5", _log(f"{NAME} signed")),
    ("i5", _log("GET /fr/confirm/AAEBAAAAAAAPQkEAAAAAAAAAAQAAaynaJHRSQTJtdNVk5qT8otmlT-o/")),
    ("i5", _log("GET /petitions/1000001/support/AAEBAAAAAAAPQkEAAAAAAAAAAQAAaynaJHRSQTJtdNVk5qT8/")),
]


def test_a_sound_site_breaks_nothing(invariants: Invariants) -> None:
    assert invariants.is_settled()
    assert invariants.breaches() == []


@pytest.mark.parametrize(("number", "act"), BREAKS)
def test_each_break_is_found(
    invariants: Invariants, petition: Petition, number: str, act: Callable[[Invariants, Petition], object]
) -> None:
    act(invariants, petition)
    assert {breach[:2] for breach in invariants.breaches()} >= {number}


def test_an_audit_log_that_can_be_changed_is_found(invariants: Invariants) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_no_change")
        try:
            assert [breach[:2] for breach in invariants.breaches()] == ["i6"] * 3
        finally:
            cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER audit_no_change")


def test_a_sealed_entry_that_was_changed_is_found(invariants: Invariants) -> None:
    audit.services.record(action="petition.hide", subject_kind="petition", subject_id=1, details={"ü": [1.5]})
    assert sealing.seal(timezone.now()) == 1
    assert invariants.breaches() == []
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE audit_entry SET reason = 'other'")
        cursor.execute("SET session_replication_role = DEFAULT")
    assert [breach[:10] for breach in invariants.breaches()] == ["i6: link 1"]


def test_one_person_counted_twice_is_found(invariants: Invariants, petition: Petition) -> None:
    constraint = "ALTER TABLE signatures_signature {} CONSTRAINT one_signature_per_signer {}"
    with connection.cursor() as cursor:
        cursor.execute(constraint.format("DROP", ""))
        try:
            row = Signature.objects.get(petition_id=petition.pk)
            fields = {field.attname: getattr(row, field.attname) for field in Signature._meta.concrete_fields}
            Signature.objects.create(**{**fields, "id": row.id + 1})
            assert "i3" in {breach[:2] for breach in invariants.breaches()}
            Signature.objects.filter(petition_id=petition.pk, id=row.id + 1).delete()
        finally:
            cursor.execute(constraint.format("ADD", "UNIQUE (petition_id, signer_key)"))
