from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from audit.services import record

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client: Client) -> Client:
    from django.contrib.auth.models import Group

    from accounts.groups import make_groups

    make_groups()
    user = User.objects.create_user("auditor")
    user.groups.add(Group.objects.get(name="Auditors"))
    client.force_login(user)
    return client


@pytest.fixture
def entries() -> list[Entry]:
    ada, bea = User.objects.create_user("ada"), User.objects.create_user("bea")
    record(action="petition.hide", subject_kind="petition", subject_id=7, actor_id=ada.pk, reason="Libel.")
    record(action="petition.close", subject_kind="petition", subject_id=8)
    record(
        action="limits.change",
        subject_kind="limits",
        subject_id=1,
        actor_id=bea.pk,
        details={"changed": {"a": [1, None]}},
    )
    return list(Entry.objects.order_by("id"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET reason = 'other'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "UPDATE audit_entry SET reason = 'other' WHERE false",
    ],
)
def test_the_database_refuses_to_change_or_delete_entries(entries: list[Entry], statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # else TRUNCATE fails for another reason inside this transaction
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Entry.objects.count() == 3


def test_an_entry_stands_or_falls_with_the_act() -> None:
    def act_and_fail() -> None:
        with transaction.atomic():
            record(action="petition.hide", subject_kind="petition", subject_id=7)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act_and_fail()

    assert not Entry.objects.exists()


def test_the_auditor_reads_the_newest_first_and_filters(auditor: Client, entries: list[Entry]) -> None:
    def found(**query: Any) -> list[str]:
        response = auditor.get(reverse("audit_entries"), query)
        assert response.status_code == 200
        return [entry.action for entry in response.context["object_list"]]

    assert found() == ["limits.change", "petition.close", "petition.hide"]
    assert found(action="petition") == ["petition.close", "petition.hide"]
    assert found(subject_kind="petition", subject_id="7") == ["petition.hide"]
    assert found(actor=str(entries[0].actor_id)) == ["petition.hide"]
    assert found(actor="null") == ["petition.close"]
    tomorrow = (timezone.now() + timedelta(days=1)).date().isoformat()
    assert found(at_from=tomorrow) == []
    assert len(found(at_to=tomorrow)) == 3


@pytest.mark.parametrize(
    "query",
    [
        {"subject_id": "9" * 40},
        {"subject_id": "x"},
        {"actor": "99999999999999999999"},
        {"at_from": "yesterday"},
        {"p": "-3"},
        {"p": "x"},
        {"export": "csv"},
        {"ordering": "reason"},
    ],
)
def test_a_wrong_filter_is_no_fault(auditor: Client, entries: list[Entry], query: dict[str, str]) -> None:
    response = auditor.get(reverse("audit_entries"), query)

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/html")


def test_the_log_is_read_only(auditor: Client, entries: list[Entry]) -> None:
    assert auditor.post(reverse("audit_entries")).status_code == 405


def test_details_are_shown_in_words(auditor: Client, entries: list[Entry]) -> None:
    html = auditor.get(reverse("audit_entries")).content.decode()

    assert "changed: a 1 → –" in html
    assert "Libel." in html
