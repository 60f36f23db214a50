"""What tests of the We the People API share."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import User
from opendata.models import PartnerKey
from opendata.wethepeople import keys
from opendata.wethepeople.keys import Terms
from petitions import buckets
from petitions.models import Petition

_numbers = count(1)
TERMS = Terms(
    partner="The Trees Trust",
    declaration="Whoever signs with us ticks that they live in the country.",
    country="GB",
    language="en",
    trusted=False,
    per_minute=1_000,
    per_hour=10_000,
)
ENVELOPE = ["status", "developerMessage", "userMessage", "errorCode", "moreInfo"]


@pytest.fixture(autouse=True)
def _fresh_buckets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(buckets, "MOST_SECONDS_LOST", 2.0)
    yield
    buckets.forget()


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser("administrator", "administrator@staff.example")


Issue = Callable[..., tuple[PartnerKey, str]]


@pytest.fixture
def issue(administrator: User) -> Issue:
    """Issue a key; its row and the key itself."""

    def issued(**terms: Any) -> tuple[PartnerKey, str]:
        return keys.issue(actor=administrator, terms=Terms(**(TERMS.__dict__ | terms)), now=timezone.now())

    return issued


def a_signature(petition: Petition | str, **fields: Any) -> dict[str, Any]:
    """What a partner sends of somebody who may sign."""
    number = petition if isinstance(petition, str) else str(petition.pk)
    person = {"email": f"person{next(_numbers)}@example.org", "first_name": "Mary", "last_name": "Poppins"}
    return {"petition_id": number, **person, "zip": "SW1A 1AA", **fields}


def post(client: Client, key: str, sent: Any, **more: Any) -> HttpResponse:
    """Hand a signature in, as programs do."""
    return client.post(f"/v1/signatures.json?api_key={key}", sent, content_type="application/json", **more)


def info(response: HttpResponse, status: int) -> dict[str, Any]:
    """What the envelope says, which says the same status as HTTP."""
    said = response.json()["metadata"]["responseInfo"]
    assert list(said) == ENVELOPE
    assert response.status_code == said["status"] == status, said
    return said
