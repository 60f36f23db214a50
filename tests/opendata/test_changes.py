"""The change feed: everything public that changed, in order, once each, and nothing that was never public."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections, transaction

from opendata.changes import numbering
from opendata.models import Change, Touched
from petitions import services
from petitions.lifecycle import State
from petitions.models import Event, Hearing, Petition, PublicCase, Topic
from petitions.models.timeline import EventKind
from tests import factories as make

NOW = datetime(2031, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)

pytestmark = pytest.mark.django_db


def settle(now: datetime = NOW) -> int:
    """Number all that was written until here."""
    return numbering.number(now)


def numbered_after(position: int) -> list[tuple[str, int]]:
    found = Change.objects.filter(position__gt=position).order_by("position")
    return [(change.kind, change.subject) for change in found]


def last() -> int:
    return Change.objects.latest("position").position


def test_what_changed_twice_has_one_place_and_it_is_the_later_one() -> None:
    first, second = make.make_open_petition(), make.make_open_petition()
    settle()
    Petition.objects.filter(pk=first.pk).update(title="Another title")
    settle(LATER)
    assert [subject for kind, subject in numbered_after(0) if kind == "petition"] == [second.pk, first.pk]
    assert Change.objects.get(kind="petition", subject=first.pk).at == LATER


def test_nothing_new_gets_no_new_place() -> None:
    make.make_open_petition()
    assert settle() > 0
    position = last()
    assert settle(LATER) == 0
    assert last() == position


def test_places_only_grow_also_when_the_clock_goes_back() -> None:
    petition = make.make_open_petition()
    settle()
    before = last()
    assert before >= numbering.position_of(NOW)
    Petition.objects.filter(pk=petition.pk).update(signature_count=7)
    settle(NOW - timedelta(days=1))
    assert last() == before + 1


def _answer(petition: Petition) -> None:
    PublicCase.objects.create(petition=petition, state="new", case_id=None)


def _hearing(petition: Petition) -> None:
    Hearing.objects.create(petition=petition, scheduled_on=NOW.date())


def _event(petition: Petition) -> None:
    services.record_event(petition_id=petition.pk, kind=EventKind.NOTE, text={"en": "Seen."}, now=NOW)


def _topic(petition: Petition) -> None:
    petition.topics.add(Topic.objects.create(code="quays", name="Quays"))


def _threshold(petition: Petition) -> None:
    petition.thresholds.all().delete()


def _gone(petition: Petition) -> None:
    petition.delete()


@pytest.mark.parametrize("write", [_answer, _hearing, _event, _topic, _threshold, _gone])
def test_each_table_that_a_petition_is_made_of_brings_it_into_the_feed(write: Callable[[Petition], None]) -> None:
    petition = make.make_open_petition()
    number = petition.pk
    settle()
    before = last()
    write(petition)
    settle(LATER)
    assert ("petition", number) in numbered_after(before)


def test_how_far_signers_were_told_is_no_change() -> None:
    petition = make.make_open_petition()
    _event(petition)
    settle()
    Event.objects.filter(petition=petition).update(signers_told_through=500, signers_told=500)
    assert settle(LATER) == 0
    Event.objects.filter(petition=petition).update(text={"en": "Read."})
    assert settle(LATER) == 1


def test_a_case_that_hands_over_its_petition_changes_as_much_as_the_one_that_takes_it() -> None:
    petition = make.make_open_petition()
    PublicCase.objects.create(petition=petition, state="new", case_id=71)
    settle()
    before = last()
    PublicCase.objects.filter(petition=petition).update(case_id=72)
    settle(LATER)
    assert numbered_after(before) == [("answer", 71), ("answer", 72), ("petition", petition.pk)]


@pytest.mark.parametrize("state", [State.DRAFT, State.GATHERING_SUPPORT, State.IN_MODERATION])
def test_what_was_never_public_is_listed_nowhere(state: State) -> None:
    petition = make.make_petition(state=state)
    hidden = make.make_hidden_petition(opened=False)
    settle()
    assert not Change.objects.filter(kind="petition", subject__in=[petition.pk, hidden.pk], listed=True).exists()


def test_what_was_public_once_stays_listed_so_that_its_end_is_heard_of() -> None:
    petition = make.make_open_petition()
    settle()
    Petition.objects.filter(pk=petition.pk).update(state=State.HIDDEN)
    settle(LATER)
    change = Change.objects.get(kind="petition", subject=petition.pk)
    assert change.listed
    assert change.at == LATER


def test_all_is_numbered_however_much_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(5):
        make.make_petition()
    monkeypatch.setattr(numbering, "BATCH", 2)
    settle()
    assert not Touched.objects.exists()
    positions = list(Change.objects.values_list("position", flat=True))
    assert len(set(positions)) == len(positions)


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_late_comes_after_what_everybody_has_seen() -> None:
    """A writer that began first and commits last is behind all that was numbered meanwhile: nobody misses it."""
    slow, quick = make.make_open_petition(), make.make_open_petition()
    settle()
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("UPDATE petitions_petition SET title = 'Slow' WHERE id = %s", [slow.pk])
            Petition.objects.filter(pk=quick.pk).update(title="Quick")
            settle(LATER)
            seen = last()
            assert Change.objects.get(position=seen).subject == quick.pk
        other.commit()
    finally:
        other.close()
    settle(LATER)
    assert numbered_after(seen) == [("petition", slow.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_second_one_who_numbers_leaves_it_to_the_first() -> None:
    make.make_open_petition()
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [numbering._LOCK])
            assert settle() == 0
            assert Touched.objects.exists()
        other.rollback()
    finally:
        other.close()
    assert settle() > 0


def test_a_change_that_is_rolled_back_leaves_no_trace() -> None:
    petition = make.make_open_petition()
    settle()
    with transaction.atomic():
        Petition.objects.filter(pk=petition.pk).update(title="No")
        transaction.set_rollback(True)
    assert settle(LATER) == 0
