"""Staff at the fraud desk, and crowds of signatures written straight into the table."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.demo import make_demo_staff
from accounts.groups import make_groups
from accounts.models import User
from petitions.models import Petition
from signatures import persons, tally
from signatures.fraud import suspicion
from signatures.models import Delta, Signature
from signatures.persons import Signer
from tests.factories import make_open_petition

_numbers = count(1)


@pytest.fixture(autouse=True)
def _no_rules_left() -> Iterator[None]:
    yield
    suspicion.forget()


@pytest.fixture
def petition(db: None) -> Petition:
    return make_open_petition(title="Plant more trees")


@pytest.fixture
def staff(db: None) -> dict[str, User]:
    """One member of staff for each role, by the role's name."""
    make_groups()
    make_demo_staff()
    return {user.username: user for user in User.objects.all()}


@pytest.fixture
def moderator(staff: dict[str, User]) -> User:
    return staff["moderator"]


@pytest.fixture
def desk(moderator: User) -> Client:
    """A moderator's browser."""
    client = Client()
    client.force_login(moderator)
    return client


def make_signature(petition: Petition, **columns: Any) -> Signature:
    """A confirmed signature, counted by the next ``fold``, unless told otherwise. Person's fields by their names."""
    number = next(_numbers)
    at: datetime = columns.pop("at", timezone.now() - timedelta(minutes=2))
    state = columns.pop("state", "confirmed")
    person = Signer(
        name=columns.pop("name", f"Mary Poppins {'abcdefghij'[number % 10] * (number // 10 + 1)}"),
        email=columns.pop("email", f"fraud{number}@example.org"),
        postcode=columns.pop("postcode", "SW1A 1AA"),
        country=columns.pop("country", "GB"),
        notify=False,
        language="en",
        network=columns.pop("network", f"10.{number % 250}.{number // 250}.1"),
    )
    confirmed_at = None if state == "pending" else at
    values: dict[str, Any] = {
        "state": state,
        "confirmed_at": confirmed_at,
        "created_at": at,
        **persons.columns(person, petition),
    }
    row = Signature.objects.create(petition_id=petition.pk, **{**values, **columns})
    row.refresh_from_db(fields=["id"])
    if state == "confirmed":
        Delta.objects.create(
            petition_id=petition.pk, region_code=row.region_code, country_code=row.country_code, at=at, amount=1
        )
    return row


def counted(petition: Petition) -> int:
    """The petition's count once everything that waits is counted."""
    tally.fold(timezone.now())
    petition.refresh_from_db()
    return petition.signature_count


def state_of(row: Signature) -> tuple[str, str]:
    """State and suspicion of a row as stored."""
    row.refresh_from_db()
    return row.state, row.suspicion
