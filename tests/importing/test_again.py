"""Loading once more: nothing twice, what changed at the source renewed, what changed here left alone."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.core.management import CommandError
from django.db import connection
from django.utils import timezone

import petitions.services
from accounts.models import Department
from audit.models import Entry
from mailing.models import Mail
from petitions.importing import store, uk
from petitions.lifecycle import State
from petitions.models import (
    ConstituencyCount,
    Country,
    Event,
    Petition,
    PostcodeArea,
    PublicCase,
    Region,
    RegionCount,
    RejectionReason,
    Threshold,
    Topic,
)
from petitions.models.petition import Source
from responses.models import AnswerPage, Case, Clearance
from tests.importing.records import answered_record, rejected_record, responded_record, uk_record, wtp_record

pytestmark = pytest.mark.django_db

CELLS = ["300001,region,H,700", "300001,country,GB,1100", "300001,constituency,E14000530,3"]
EVERYTHING = {
    "uk": [uk_record(), rejected_record(), answered_record()],
    "breakdowns": CELLS,
    "wtp": [wtp_record(), responded_record()],
}


def table_sizes() -> dict[str, int]:
    with connection.cursor() as cursor:
        tables = [table for table in connection.introspection.table_names(cursor) if table.split("_")[0] != "django"]
        sizes = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            sizes[table] = cursor.fetchone()[0]
    return sizes


def test_a_second_load_changes_no_row(load):
    load(**EVERYTHING)
    sizes, petitions_before = table_sizes(), list(Petition.objects.order_by("pk").values())
    answers_before = list(Clearance.objects.values())

    said = load(**EVERYTHING)

    assert table_sizes() == sizes
    assert list(Petition.objects.order_by("pk").values()) == petitions_before
    assert list(Clearance.objects.values()) == answers_before
    assert said.counts("UK petitions") == [0, 0, 3, 0]
    assert said.counts("We the People") == [0, 0, 2, 0]
    assert said.counts("answers") == [0, 0, 1, 0]


def test_a_record_that_changed_at_its_source_is_renewed(load):
    load(**EVERYTHING)

    said = load(
        uk=[uk_record(signature_count=1300, topics=["covid-19"]), rejected_record(), answered_record()],
        breakdowns=CELLS,
        wtp=[wtp_record(signatureCount=1800), responded_record()],
    )

    petition = Petition.objects.get(pk=300001)
    assert (petition.signature_count, petition.imported_count) == (1300, 1300)
    assert {row.region_code: row.imported for row in petition.region_counts.all()} == {"H": 700, "": 600}
    assert [topic.code for topic in petition.topics.all()] == ["covid-19"]
    assert Petition.objects.get(source_id="4e7b352b4bd5046c04000000").signature_count == 1800
    assert said.counts("UK petitions") == [0, 1, 2, 0]
    assert Event.objects.filter(petition=300001).count() == 2


def test_a_new_breakdown_takes_the_place_of_the_old_one_and_none_leaves_it(load):
    load(uk=[uk_record()], breakdowns=CELLS)
    load(uk=[uk_record()], breakdowns=[])
    assert RegionCount.objects.filter(petition=300001, region_code="H").exists()

    load(uk=[uk_record()], breakdowns=["300001,region,J,1199"])

    assert {row.region_code: row.imported for row in RegionCount.objects.all()} == {"J": 1199, "": 1}
    assert not ConstituencyCount.objects.exists()


def test_an_answer_that_changed_at_its_source_is_published_anew_on_the_same_page(load):
    load(uk=[answered_record()])
    page = AnswerPage.objects.get()

    said = load(uk=[answered_record(details="We will plant many trees.")])

    assert said.counts("answers") == [0, 1, 0, 0]
    again = AnswerPage.objects.get()
    assert (again.pk, again.slug) == (page.pk, page.slug)
    assert "many trees" in again.texts.get().body[0].value.source
    assert Clearance.objects.get(revision=again.live_revision).kind == "import"
    assert Case.objects.count() == 1
    face = PublicCase.objects.get()
    assert face.text == {"en": "We will plant many trees."}
    assert Event.objects.get(kind="answered").link == face.answer_path


def test_a_petition_that_was_opened_again_here_is_never_touched(load):
    load(uk=[uk_record()])
    now = timezone.now()
    petitions.services.reopen(
        petition_id=300001, closes_at=datetime(2999, 1, 1, tzinfo=UTC), actor=None, reason="trying", now=now
    )

    said = load(uk=[uk_record(signature_count=9, action="Something else")], breakdowns=CELLS)

    petition = Petition.objects.get()
    assert (petition.state, petition.signature_count) == (State.OPEN, 1200)
    assert petition.title == "Plant trees beside road 300001"
    assert {row.region_code: row.imported for row in petition.region_counts.all()} == {"": 1200}
    assert said.counts("UK petitions") == [0, 0, 0, 1]


def test_a_petition_that_staff_acted_on_is_never_touched(load):
    load(uk=[uk_record()])
    Entry.objects.create(action="petition.hide", subject_kind="petition", subject_id=300001)
    Petition.objects.filter(pk=300001).update(state=State.HIDDEN)

    load(uk=[uk_record(signature_count=9)])

    assert Petition.objects.get().state == State.HIDDEN


def test_an_answer_that_staff_had_in_hand_is_never_touched(load):
    load(uk=[answered_record()])
    Entry.objects.create(action="case.correct", subject_kind="case", subject_id=Case.objects.get().pk)

    said = load(uk=[answered_record(details="Another text.")])

    assert said.counts("answers") == [0, 0, 0, 1]
    assert "We will plant trees." in AnswerPage.objects.get().texts.get().body[0].value.source


def test_what_staff_changed_in_reference_data_stays(load):
    load(uk=[rejected_record()])
    Region.objects.filter(pk="H").update(name="Greater London")
    PostcodeArea.objects.filter(prefix="KT").update(region_id="H")
    Country.objects.filter(pk="GB").update(name="Britain")
    Topic.objects.filter(code="covid-19").update(name="The pandemic")
    RejectionReason.objects.filter(code="duplicate").update(title="Seen before")

    load(uk=[rejected_record()])

    assert Region.objects.get(pk="H").name == "Greater London"
    assert PostcodeArea.objects.get(prefix="KT").region_id == "H"
    assert Country.objects.get(pk="GB").name == "Britain"
    assert Topic.objects.get(code="covid-19").name == "The pandemic"
    assert RejectionReason.objects.get(code="duplicate").title == "Seen before"


def test_a_load_that_was_cut_off_is_completed_by_the_next(load, monkeypatch):
    monkeypatch.setattr(store, "BATCH", 2)
    records = [uk_record(number) for number in range(1, 8)]
    names = store.name_rows([], {})

    class CutOffError(Exception):
        pass

    def cut_off(amount: int) -> None:
        if Petition.objects.count() >= 4:
            raise CutOffError

    with pytest.raises(CutOffError):
        store.store(Source.UK, [uk.read(record) for record in records], {}, names, advance=cut_off)
    assert Petition.objects.count() == 4

    said = load(uk=records)

    assert said.counts("UK petitions") == [3, 0, 4, 0]
    assert RegionCount.objects.count() == 7


def test_two_loads_at_once_are_one_too_many(load):
    address = connection.get_connection_params()
    wanted = {name: address[name] for name in ("host", "port", "user", "dbname") if address.get(name)}
    with psycopg.connect(**wanted, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [store.LOCK])
        with pytest.raises(CommandError, match="being loaded already"):
            load(uk=[uk_record()])
    assert not Petition.objects.exists()

    load(uk=[uk_record()])
    assert Petition.objects.count() == 1


def test_nothing_that_was_loaded_is_due_for_the_clocks(load):
    load(**EVERYTHING)
    load(uk=[uk_record(300009, signature_count=200_000)])

    now = timezone.now()
    assert petitions.services.close_due(now) == 0
    assert petitions.services.find_crossings(now) == 0
    assert not Threshold.objects.filter(petition=300009).exists()
    assert not Mail.objects.exists()
    assert Department.objects.count() == 0
