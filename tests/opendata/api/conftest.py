"""A little of everything that the API tells of, and of what it must not."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from opendata.changes import numbering
from petitions.lifecycle import State
from petitions.models import Country, CountryCount, Hearing, Petition, PublicCase, Region, RegionCount
from petitions.models.petition import Source
from petitions.models.timeline import EventKind
from petitions.services import record_event
from responses.importing import import_answers
from responses.models import CaseLink
from tests import factories as make

DUE_ON = date(2030, 1, 7)
SECRET = "Nobody may read this yet"


@pytest.fixture
def get(client: Client) -> Any:
    """The document at an address of the API, with or without its host."""

    def get(path: str, status: int = 200) -> Any:
        response = client.get("/api/" + path.removeprefix("https://testserver/api/"))
        assert response.status_code == status, response.content[:500]
        return response.json()

    return get


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Petition]]:
    """Made once for a module, whose tests run inside this transaction; it is never committed."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around._from_testcase = True
        with around:
            found = make_petitions()
            found["answered"] = make_answered()
            numbering.number(timezone.now())
            with django_db_blocker.block():
                yield found
            transaction.set_rollback(True)


@pytest.fixture
def petitions(made: dict[str, Petition], db: None) -> dict[str, Petition]:
    """One in each state, public or not, each with its place in the feed."""
    return made


def make_petitions() -> dict[str, Petition]:
    """Those of this site; what is not public has its own words."""
    Region.objects.create(code="B", name="North West", gss_code="E12000002")
    Country.objects.create(code="FR", name="France")
    trees, office = make.make_topic("trees"), make.make_department("TREES")
    found = {
        "open": make.make_open_petition(signature_count=50, topics=[trees], departments=[office]),
        "owed": make.make_owed_petition(due_on=DUE_ON, title="Mend the quay"),
        "closed": make.make_closed_petition(signature_count=40),
        "withdrawn": make.make_withdrawn_petition(signature_count=30),
        "rejected": make.make_rejected_petition(signature_count=6, details="It is about a neighbour."),
        "draft": make.make_petition(state=State.DRAFT, title=SECRET),
        "gathering": make.make_petition(state=State.GATHERING_SUPPORT, title=SECRET),
        "moderation": make.make_petition(state=State.IN_MODERATION, title=SECRET),
        "hidden": make.make_hidden_petition(opened=False, title=SECRET),
        "taken_down": make.make_hidden_petition(opened=True, title=SECRET),
    }
    make.make_hours(found["open"], 3)
    RegionCount.objects.create(petition=found["open"], region_code="B", signed=41)
    RegionCount.objects.create(petition=found["open"], region_code="", signed=9)
    CountryCount.objects.create(petition=found["open"], country_code="FR", signed=3)
    Hearing.objects.create(petition=found["closed"], debated=True, debated_on=date(2025, 9, 1), texts={"en": "Heard."})
    record_event(
        petition_id=found["closed"].pk,
        kind=EventKind.OUTCOME,
        text={"en": "The rule was changed.", "fr": "La règle a changé."},
        details={"what": "policy", "on": "2025-10-01"},
        now=datetime(2025, 10, 1, 12, tzinfo=UTC),
    )
    make.make_event(found["open"], EventKind.NOTE, public=False, text={"en": SECRET})
    make.make_event(found["taken_down"], EventKind.OUTCOME, text={"en": SECRET})
    return found


def make_answered() -> Petition:
    """An imported petition, answered before it came here, with the page of its answer."""
    petition = make.make_closed_petition(
        id=241584, source=Source.UK, source_id="241584", exempt=True, response_state="answered", title="Keep the ferry",
        source_url="https://petition.parliament.uk/petitions/241584",
    )  # fmt: skip
    PublicCase.objects.create(
        petition=petition,
        state="published",
        summary={"en": "The ferry stays."},
        text={"en": "The ferry stays.\n\nIt sails at noon."},
        responded_on=date(2025, 3, 1),
        answered_at=datetime(2025, 3, 1, 9, tzinfo=UTC),
    )
    import_answers(now=timezone.now(), advance=lambda _number: None)
    case = CaseLink.objects.get(petition=petition).case_id
    PublicCase.objects.filter(petition=petition).update(ratings={"case": case, "yes": 15, "partly": 4, "no": 2})
    petition.refresh_from_db()
    return petition
