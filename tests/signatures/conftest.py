"""Signing as a person does it: forms posted, mails sent by the real sender, links followed."""

import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from mailing import sender
from petitions import buckets
from petitions.models import Petition
from signatures import persons
from signatures.models import Signature
from signatures.persons import Signer
from tests.factories import make_open_petition

_numbers = count(1)


def a_person(**fields: str) -> dict[str, str]:
    """What somebody types who may sign."""
    number = next(_numbers)
    return {
        "name": f"Mary Poppins {'x' * (number % 7)}",
        "email": f"person{number}@example.org",
        "postcode": "SW1A 1AA",
        "country": "GB",
        "eligible": "on",
        **fields,
    }


@pytest.fixture(autouse=True)
def _fresh_buckets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Empty buckets, and patience with a Redis that shares its machine with many tests."""
    monkeypatch.setattr(buckets, "MOST_SECONDS_LOST", 2.0)
    yield
    buckets.forget()


@pytest.fixture(autouse=True)
def erasure_ledger(tmp_path: Path, settings: Any) -> Path:
    """Where erasures are written down in a test."""
    settings.ERASURE_LEDGER = tmp_path / "kept apart" / "erasures.jsonl"
    return settings.ERASURE_LEDGER


def until_429(post: Callable[[], HttpResponse]) -> HttpResponse:
    """The first reply that says *too many*, within fifty."""
    for _time in range(50):
        if (response := post()).status_code == 429:
            return response
    raise AssertionError("fifty passed")


@pytest.fixture
def petition(db: None) -> Petition:
    return make_open_petition(title="Plant more trees")


@pytest.fixture
def plain_client() -> Client:
    """A browser that no view can rely on: no CSRF token, no cookie but those it was given."""
    return Client(enforce_csrf_checks=True)


Sign = Callable[..., HttpResponse]


@pytest.fixture
def sign(plain_client: Client) -> Sign:
    """Post the sign form of a petition, with a person's details unless told otherwise."""

    def post(petition: Petition, client: Client = plain_client, **fields: str) -> HttpResponse:
        # Each from a network of its own: limits are tested where they are meant.
        network = f"10.0.{next(_numbers) % 250}.{next(_numbers) % 250}"
        return client.post(f"/petitions/{petition.pk}/sign/", a_person(**fields), REMOTE_ADDR=network)

    return post


def send_mails() -> list[Any]:
    """Let the sender run; the mails that left in this run."""
    before = len(mail.outbox)
    sender.send_due(timezone.now())
    return mail.outbox[before:]


def path_in(message: Any, piece: str) -> str:
    """The path of the first link in the mail that contains ``piece``."""
    found = re.search(rf"https?://\S+{piece}\S*", message.body)
    assert found, f"no link with {piece}"
    return urlsplit(found[0]).path


def without_tokens(text: str) -> str:
    """A mail or a page but for the tokens of its links, whose letters are by chance those of a word."""
    return re.sub(r"[\w-]{50,}", "", text)


def row_of(petition: Petition) -> Signature:
    return Signature.objects.get(petition_id=petition.pk)


def sign_as(petition: Petition, *, role: str = "signer", email: str = "", **columns: Any) -> Signature:
    """A confirmed signature with its sealed person, written straight into the table."""
    person = Signer(
        name="Mary Poppins",
        email=email or f"{role}{next(_numbers)}@example.org",
        postcode="SW1A 1AA",
        country="GB",
        notify=columns.pop("notify", False),
        language=columns.pop("language", "en"),
        network="192.0.2.1",
    )
    now = timezone.now()
    values = {
        "state": "confirmed",
        "confirmed_at": now,
        "created_at": now,
        **persons.columns(person, petition),
        **columns,
    }
    row = Signature.objects.create(petition_id=petition.pk, role=role, **values)
    row.refresh_from_db(fields=["id"])
    return row
