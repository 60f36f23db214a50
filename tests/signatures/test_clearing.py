"""What is personal goes when a petition has been dealt with, and half a year later nobody can be found any more."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from petitions.models import Petition, ReviewRequest
from petitions.refusals import Refused
from petitions.services import reopen
from signatures import clearing, mailboxes, tasks
from signatures.models import Disowned, Retention, Signature
from tests.factories import (
    make_closed_petition,
    make_open_petition,
    make_petition,
    make_public_case,
    make_withdrawn_petition,
)
from tests.signatures.conftest import sign_as

pytestmark = pytest.mark.django_db
CLOSED = datetime(2025, 7, 11, tzinfo=UTC)
DAY = timedelta(days=1)


def is_cleared(petition: Petition) -> bool:
    return not Signature.objects.filter(petition_id=petition.pk, sealed__isnull=False).exists()


def cleared_at(petition: Petition, now: datetime) -> bool:
    clearing.clear_due(now)
    return is_cleared(petition)


def test_without_an_answer_the_data_go_a_year_after_closing() -> None:
    petition = make_closed_petition(closed_at=CLOSED)
    sign_as(petition)
    assert not cleared_at(petition, CLOSED.replace(year=2026) - DAY)
    assert cleared_at(petition, CLOSED.replace(year=2026))


def test_answered_the_data_go_six_months_after_the_answer() -> None:
    petition = make_closed_petition(closed_at=CLOSED)
    make_public_case(petition, answered_at=datetime(2026, 5, 1, tzinfo=UTC))
    sign_as(petition)
    assert not cleared_at(petition, datetime(2026, 10, 31, tzinfo=UTC))
    assert cleared_at(petition, datetime(2026, 11, 1, tzinfo=UTC))


def test_answered_early_the_data_stay_until_a_month_after_closing() -> None:
    petition = make_closed_petition(closed_at=CLOSED)
    make_public_case(petition, answered_at=CLOSED - 300 * DAY)
    sign_as(petition)
    assert not cleared_at(petition, CLOSED + 29 * DAY)
    assert cleared_at(petition, CLOSED + 30 * DAY)


def test_nothing_goes_while_a_petition_is_open_or_waits() -> None:
    now = timezone.now()
    long_ago = now - 900 * DAY
    answered = make_open_petition(opened_at=long_ago, closes_at=now + DAY)
    make_public_case(answered, answered_at=long_ago)
    kept = [answered, make_petition(state="gathering_support"), make_petition(state="in_moderation")]
    for petition in kept:
        sign_as(petition)
    clearing.clear_due(now)
    assert not any(is_cleared(petition) for petition in kept)


@pytest.mark.parametrize(
    "end",
    [
        lambda at: make_withdrawn_petition(withdrawn_at=at),
        lambda at: make_closed_petition(opened_at=at - 180 * DAY, closed_at=at),
    ],
    ids=["withdrawn", "closed"],
)
def test_every_way_to_end_has_its_year(end: Callable[[datetime], Petition]) -> None:
    now = timezone.now()
    petition = end(now - 366 * DAY)
    sign_as(petition)
    assert cleared_at(petition, now)


def test_what_is_cleared_counts_on_and_leads_to_its_owner_still(petition: Petition, client: Client) -> None:
    row = sign_as(petition, email="mary@example.org", notify=True)
    now = timezone.now()
    Petition.objects.update(state="closed", closed_at=now - 400 * DAY)
    assert clearing.clear_due(now) == 1
    row.refresh_from_db()
    assert (row.state, row.sealed, row.notify) == ("confirmed", None, False)
    assert [bytes(tag) for tag in (row.domain_tag, row.name_tag, row.network_tag)] == [b""] * 3
    assert row.region_code or row.country_code
    assert [entry.signature for entry in mailboxes.find("mary@example.org").entries] == [row]
    assert Entry.objects.filter(action="signatures.clear", subject_id=petition.pk).count() == 1
    assert clearing.clear_due(now) == 0


def test_many_are_cleared_in_batches_and_a_killed_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clearing, "BATCH", 2)
    petition = make_closed_petition(closed_at=CLOSED)
    for _number in range(5):
        sign_as(petition)
    now = CLOSED + 400 * DAY
    monkeypatch.setattr(clearing, "BATCHES", 1)
    assert clearing.clear_due(now) == 2
    assert Retention.objects.get().unsealed_at is None
    assert clearing.clear_due(now) == 2
    assert clearing.clear_due(now) == 1
    assert is_cleared(petition)
    assert Retention.objects.get().unsealed_at == now


def test_a_run_is_bounded_over_petitions_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clearing, "BATCHES", 2)
    for _number in range(3):
        sign_as(make_closed_petition(closed_at=CLOSED))
    now = CLOSED + 400 * DAY
    assert clearing.clear_due(now) == 2
    assert clearing.clear_due(now) == 1


def test_cleared_and_opened_again_the_new_signatures_have_their_own_time() -> None:
    petition = make_closed_petition(closed_at=CLOSED)
    sign_as(petition)
    now = CLOSED + 400 * DAY
    assert cleared_at(petition, now)
    Petition.objects.update(closed_at=now + 10 * DAY)
    sign_as(petition)
    assert not cleared_at(petition, now + 300 * DAY)
    assert cleared_at(petition, now + 376 * DAY)


def test_half_a_year_later_the_salt_goes_and_no_address_finds_its_row() -> None:
    petition = make_closed_petition(closed_at=CLOSED)
    row = sign_as(petition, email="mary@example.org")
    Disowned.objects.create(petition_id=petition.pk, signer_key=b"k" * 16)
    now = CLOSED + 400 * DAY
    clearing.clear_due(now)
    assert clearing.unlink_due(now + 182 * DAY) == 0
    assert clearing.unlink_due(now + 184 * DAY) == 1
    petition.refresh_from_db()
    assert petition.salt is None
    assert mailboxes.find("mary@example.org").entries == []
    assert Signature.objects.get().id == row.id
    assert not Disowned.objects.exists()
    assert Retention.objects.get().unlinked_at == now + 184 * DAY
    assert clearing.unlink_due(now + 184 * DAY) == 0


def test_a_petition_opened_again_meanwhile_keeps_its_salt() -> None:
    petition = make_closed_petition(closed_at=CLOSED)
    sign_as(petition)
    now = CLOSED + 400 * DAY
    clearing.clear_due(now)
    Petition.objects.update(state="open", closed_at=None)
    assert clearing.unlink_due(now + 200 * DAY) == 0
    petition.refresh_from_db()
    assert petition.salt is not None


def test_without_its_salt_a_petition_can_t_be_opened_again() -> None:
    petition = make_closed_petition(closed_at=CLOSED)
    Petition.objects.update(salt=None)
    now = timezone.now()
    with pytest.raises(Refused, match="signers are gone"):
        reopen(petition_id=petition.pk, closes_at=now + DAY, actor=None, reason="Once more", now=now)


def test_of_a_petition_that_was_never_open_the_creator_s_name_goes_too() -> None:
    now = timezone.now()
    refused = make_petition(state="rejected", rejected_at=now - 366 * DAY, creator_name="Mary Poppins")
    ReviewRequest.objects.create(petition=refused, text="I live in Cherry Tree Lane", asked_at=now)
    opened = make_closed_petition(closed_at=CLOSED, creator_name="Bert")
    for petition in (refused, opened):
        sign_as(petition, role="creator")
    clearing.clear_due(now)
    refused.refresh_from_db()
    opened.refresh_from_db()
    assert (refused.creator_name, opened.creator_name) == ("", "Bert")
    assert ReviewRequest.objects.get().text == ""


def test_the_clock_s_job_does_all_of_it(client: Client) -> None:
    closed_at = timezone.now() - 366 * DAY
    petition = make_closed_petition(opened_at=closed_at - 180 * DAY, closed_at=closed_at)
    sign_as(petition)
    client.post("/mailbox/", {"email": "mary@example.org"})
    tasks.keep_no_longer()
    assert is_cleared(petition)
