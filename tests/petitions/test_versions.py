"""A petition's version changes with whatever its page shows, and with nothing else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from petitions import versions
from petitions.models import Correction, Event, Hearing, Note, OtherBusiness, Petition, PublicCase, Threshold
from petitions.services import CountChange, record_counts
from tests.factories import make_event, make_open_petition, make_topic

pytestmark = pytest.mark.django_db

CHANGES: dict[str, Callable[[Petition], object]] = {
    "its own row": lambda petition: Petition.objects.filter(pk=petition.pk).update(signature_count=7),
    "a topic": lambda petition: petition.topics.add(make_topic()),
    "an event": lambda petition: make_event(petition),
    "a threshold": lambda petition: Threshold.objects.filter(petition=petition).update(count=12),
    "a hearing": lambda petition: Hearing.objects.create(petition=petition),
    "other business": lambda petition: OtherBusiness.objects.create(petition=petition, subject="a", body="b"),
    "a correction": lambda petition: Correction.objects.create(
        petition=petition, title="a", ask="b", detail="", note={"en": "c"}, at=timezone.now()
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_the_version_changes_with(what: str) -> None:
    petition, other = make_open_petition(), make_open_petition()
    before, others = versions.version(petition.pk), versions.version(other.pk)
    assert versions.version(petition.pk) == before
    CHANGES[what](petition)
    assert versions.version(petition.pk) != before
    assert versions.version(other.pk) == others


def test_the_version_does_not_change_with_what_only_staff_see() -> None:
    petition = make_open_petition()
    before = versions.version(petition.pk)
    Note.objects.create(petition=petition, author=User.objects.create(username="moderator"), text="look again")
    assert versions.version(petition.pk) == before


def test_a_row_that_is_gone_changes_it_too() -> None:
    petition = make_open_petition()
    Hearing.objects.create(petition=petition)
    before = versions.version(petition.pk)
    Hearing.objects.filter(petition=petition).delete()
    assert versions.version(petition.pk) != before


def test_a_number_without_a_petition_has_none() -> None:
    assert versions.version(7) == versions.version(10**30) == ""


def test_every_public_table_of_petitions_is_looked_at() -> None:
    names = {table for table, _column in versions.tables()}
    for model in (Correction, Event, Hearing, OtherBusiness, PublicCase, Threshold):
        assert model._meta.db_table in names
    assert "petitions_hourcount" not in names


def test_what_is_written_with_the_petition_changes_its_row() -> None:
    petition = make_open_petition()
    before, now = versions.version(petition.pk), timezone.now()
    record_counts(
        changes=[CountChange(petition.pk, "", "GB", now - timedelta(hours=1), 1)],
        now=now,
    )
    assert versions.version(petition.pk) != before
