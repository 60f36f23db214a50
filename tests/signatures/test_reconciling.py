"""Counts compared with rows: nothing is found where all is well; what differs is kept and told, never repaired."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
import structlog
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.groups import make_groups
from accounts.models import User
from accounts.roles import TABLE, Role
from audit.models import Entry
from mailing import sender
from petitions.models import CountryCount, Crossing, HourCount, Petition, RegionCount
from petitions.refusals import Refused
from signatures import intake, leaving, reconciling, tally
from signatures.fraud import moves
from signatures.models import Act, CountCheck, Delta, Drift, Signature
from signatures.persons import Signer
from tests import factories

_numbers = count(1)
PLACES = [("H", "GB"), ("J", "GB"), ("", "FR")]
START = datetime.fromisoformat("2026-03-01T10:30:00+00:00")


def sign(petition: Petition, place: int = 0, at: datetime = START) -> int:
    """A pending signature, written straight into the table; its number."""
    region, country = PLACES[place]
    tags = dict.fromkeys(("domain_tag", "name_tag", "network_tag"), b"12345678")
    row = Signature.objects.create(
        petition_id=petition.pk,
        signer_key=next(_numbers).to_bytes(16, "big"),
        region_code=region,
        country_code=country,
        created_at=at,
        sealed=b"",
        **tags,
    )
    row.refresh_from_db(fields=["id"])
    return row.id


EMAILS: dict[int, str] = {}


def sign_up(petition: Petition, place: int, at: datetime = START) -> int:
    """A pending signature as the form makes it, in one of three places; its number."""
    email = f"reconciled{next(_numbers)}@example.org"
    row_id = accept(petition, email, at)
    region, country = PLACES[place]
    Signature.objects.filter(petition_id=petition.pk, id=row_id).update(region_code=region, country_code=country)
    EMAILS[row_id] = email
    return row_id


def accept(petition: Petition, email: str, now: datetime) -> int:
    signer = Signer(
        name="Mary Poppins", email=email, postcode="", country="GB", notify=False, language="en", network="192.0.2.1"
    )
    return intake.accept(petition_id=petition.pk, signer=signer, now=now)


def sign_again(petition: Petition, row_id: int, now: datetime) -> None:
    assert accept(petition, EMAILS[row_id], now) == row_id


def confirm(petition: Petition, row_id: int, now: datetime) -> None:
    intake.confirm(petition_id=petition.pk, row_id=row_id, generation=generation(row_id), now=now)


def generation(row_id: int) -> int:
    return Signature.objects.values_list("generation", flat=True).get(id=row_id)


def withdraw(petition: Petition, row_id: int, now: datetime) -> None:
    leaving.withdraw(petition_id=petition.pk, row_id=row_id, generation=generation(row_id))


def moved(act: Act) -> Any:
    return lambda petition, row_id, now: moves.move(act, petition_id=petition.pk, row_ids=[row_id], now=now)


def fold(petition: Petition, row_id: int, now: datetime) -> None:
    tally.fold(now)


ACTS: dict[str, Any] = {
    "sign": sign_again,
    "confirm": confirm,
    "withdraw": withdraw,
    "hold": moved(Act.HOLD),
    "release": moved(Act.RELEASE),
    "invalidate": moved(Act.REJECT),
    "reinstate": moved(Act.REINSTATE),
    "fold": fold,
}


def confirmed(petition: Petition) -> int:
    return Signature.objects.filter(petition_id=petition.pk, state="confirmed").count()


def sums(petition: Petition) -> set[int]:
    """The total, and the sums by region, country and hour."""
    kinds = ((petition.region_counts, "signed"), (petition.country_counts, "signed"), (petition.hour_counts, "count"))
    return {
        Petition.objects.values_list("signature_count", flat=True).get(pk=petition.pk),
        *(sum(cells.values_list(column, flat=True)) for cells, column in kinds),
    }


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 3), st.integers(0, 400), st.booleans()), max_size=25
    )
)
def test_whatever_happens_to_signatures_all_figures_agree(db: None, steps: list[tuple[str, int, int, bool]]) -> None:
    petition = factories.make_open_petition(opened_at=START - timedelta(hours=1))
    rows = [sign_up(petition, number % 3) for number in range(4)]
    now = START
    for act, row, minutes, again in steps:
        now += timedelta(minutes=minutes)
        for _time in range(1 + again):
            ACTS[act](petition, rows[row], now)
        assert reconciling.compare([petition.pk]) == {}
    tally.fold(now)
    assert sums(petition) == {confirmed(petition)}
    assert not HourCount.objects.filter(petition=petition, count__lt=0).exists()
    assert reconciling.compare([petition.pk]) == {}


@pytest.fixture
def counted(petition: Petition) -> Petition:
    """Four counted signatures, one confirmed that is not folded yet, one pending."""
    rows = [sign(petition, number % 3) for number in range(6)]
    for row_id in rows[:4]:
        confirm(petition, row_id, START)
    tally.fold(START)
    confirm(petition, rows[4], START)
    return petition


@pytest.fixture
def administrator(db: None) -> User:
    make_groups()
    user = User.objects.create_user("administrator", "administrator@staff.example")
    user.groups.add(*User.groups.rel.model.objects.filter(name=TABLE[Role.ADMINISTRATOR].label))
    return user


def spoil(petition: Petition) -> None:
    Petition.objects.filter(pk=petition.pk).update(signature_count=7)
    RegionCount.objects.filter(petition=petition, region_code="H").update(signed=5)
    CountryCount.objects.filter(petition=petition, country_code="FR").delete()
    HourCount.objects.filter(petition=petition).update(count=9)


SPOILT = [
    reconciling.Cell("total", "", 4, 7),
    reconciling.Cell("region", "H", 2, 5),
    reconciling.Cell("hour", "2026-03-01T10", 4, 9),
    reconciling.Cell("country", "FR", 1, 0),
]


def test_what_differs_is_named_and_nothing_else(counted: Petition) -> None:
    assert reconciling.compare([counted.pk]) == {}
    spoil(counted)
    # Of the five confirmed, one still waits to be folded: it is no difference.
    assert reconciling.compare([counted.pk]) == {counted.pk: SPOILT}


def test_imported_figures_are_not_held_against_the_rows(db: None) -> None:
    petition = factories.make_open_petition(source="uk", source_id="1", imported_count=50, signature_count=50)
    RegionCount.objects.create(petition=petition, region_code="H", imported=40)
    CountryCount.objects.create(petition=petition, country_code="", name="Yugoslavia", imported=50)
    HourCount.objects.create(petition=petition, hour=START.replace(minute=0), count=30)
    confirm(petition, sign(petition), timezone.now())
    tally.fold(timezone.now())
    assert reconciling.compare([petition.pk]) == {}


def test_a_drift_is_kept_logged_and_told_once_and_not_repaired(counted: Petition, administrator: User) -> None:
    spoil(counted)
    now = timezone.now()
    with structlog.testing.capture_logs() as logs:
        assert reconciling.check_due(now) == 1
    assert [line for line in logs if line["event"] == "count_drift"] == [
        {"event": "count_drift", "log_level": "error", "petition": counted.pk, "off_by": 3, "cells": 4}
    ]
    reconciling.check_due(now + timedelta(days=1))
    drift = Drift.objects.get()
    assert (drift.off_by, drift.seen_at, drift.settled_at) == (3, now + timedelta(days=1), None)
    assert drift.cells[0] == ["total", "", 4, 7]
    assert Petition.objects.get(pk=counted.pk).signature_count == 7
    sender.send_due(now + timedelta(days=1))
    (message,) = [message for message in mail.outbox if message.to == [administrator.email]]
    assert "/staff/counting/" in message.body


def test_each_petition_has_its_turn_and_those_that_changed_sooner(db: None) -> None:
    now = timezone.now()
    still, busy = factories.make_open_petition(), factories.make_open_petition()
    Petition.objects.update(updated_at=now - timedelta(days=2))
    reconciling.check_due(now)
    Petition.objects.filter(pk=busy.pk).update(updated_at=now + timedelta(minutes=1))
    for minutes, turns in ((10, set()), (31, {busy.pk}), (24 * 60, {still.pk})):
        later = now + timedelta(minutes=minutes)
        reconciling.check_due(later)
        assert set(CountCheck.objects.filter(checked_at=later).values_list("petition_id", flat=True)) == turns


def test_a_repair_makes_the_figures_what_the_rows_say_and_is_audited(counted: Petition) -> None:
    spoil(counted)
    now = timezone.now()
    reconciling.check([counted.pk], now=now)
    with pytest.raises(Refused):
        reconciling.repair(counted.pk, reason=" ", now=now)
    assert reconciling.repair(counted.pk, reason="Restored from a backup.", now=now) == SPOILT
    assert reconciling.compare([counted.pk]) == {}
    assert sums(counted) == {4}
    entry = Entry.objects.get(action="petition.repair_counts")
    assert (entry.reason, entry.details["total"]) == ("Restored from a backup.", -3)
    assert Drift.objects.get().settled_at == now
    assert reconciling.repair(counted.pk, reason="Again.", now=now) == []
    assert Entry.objects.filter(action="petition.repair_counts").count() == 1
    tally.fold(now)
    assert sums(counted) == {5}


def test_a_repair_crosses_what_was_reached_unnoticed(db: None) -> None:
    petition = factories.make_open_petition()
    petition.thresholds.update(count=3)
    rows = [sign(petition) for _number in range(3)]
    for row_id in rows:
        confirm(petition, row_id, START)
    Delta.objects.all().delete()
    reconciling.repair(petition.pk, reason="Deltas were lost.", now=START)
    assert Crossing.objects.filter(petition=petition).count() == 2


def test_the_command_reports_and_repairs_only_with_a_reason(counted: Petition, capsys: Any) -> None:
    call_command("reconcile_counts")
    assert "All counts agree." in capsys.readouterr().out
    spoil(counted)
    with pytest.raises(CommandError, match="differ. Nothing was changed"):
        call_command("reconcile_counts", "--petition", str(counted.pk))
    assert f"{counted.pk} total -: counted 7, signed 4" in capsys.readouterr().out
    with pytest.raises(CommandError, match="--reason"):
        call_command("reconcile_counts", "--repair")
    with pytest.raises(CommandError, match="no petition 5"):
        call_command("reconcile_counts", "--petition", "5")
    call_command("reconcile_counts", "--repair", "--reason", "Restored from a backup.")
    assert "4 figures repaired." in capsys.readouterr().out
    call_command("reconcile_counts")


def test_no_tick_of_the_tally_looks_at_the_signatures(counted: Petition) -> None:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        assert tally.fold(timezone.now()) == 1
    assert not [query for query in asked if "signatures_signature" in query["sql"]]
