"""Dumps: everything public and nothing else, whole or not there, in files that can be checked."""

import csv
import gc
import gzip
import hashlib
import io
import json
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from opendata.dumps import schema, shelf, tables, writing
from opendata.tasks import make_dump
from petitions.lifecycle import State
from petitions.models import ConstituencyCount, CountryCount, HourCount, Petition, Region, RegionCount
from petitions.models.petition import Source
from tests import factories as make

NOW = datetime(2026, 3, 5, 4, 30, tzinfo=UTC)
FILES = {"petitions.jsonl.gz", "petitions.csv.gz", "places.csv.gz", "hours.csv.gz", "schema.json", "LICENCE.txt"}


@pytest.fixture(autouse=True)
def root(settings: LazySettings, tmp_path: Path) -> Path:
    settings.DUMPS_ROOT = tmp_path / "dumps"
    return settings.DUMPS_ROOT


@pytest.fixture
def written(db: None, tmp_path: Path):
    """Write a dump of what is there, and read it back."""

    def write() -> dict[str, list]:
        folder = tmp_path / "written"
        folder.mkdir()
        writing.write(folder, now=NOW)
        lines = gzip.decompress((folder / tables.DOCUMENTS).read_bytes()).decode().splitlines()
        read = {"documents": [json.loads(line) for line in lines]}
        for table in tables.TABLES:
            text = gzip.decompress((folder / table.file).read_bytes()).decode()
            read[table.name] = list(csv.DictReader(io.StringIO(text, newline="")))
        return read

    return write


def test_everything_public_is_in_it_and_nothing_else(written, client: Client):
    public = [
        make.make_open_petition(),
        make.make_owed_petition(due_on=date(2026, 4, 1)),
        make.make_answered_petition(topics=[make.make_topic("trees"), make.make_topic("air")]),
        make.make_closed_petition(source=Source.UK, source_id="100", departments=[make.make_department()]),
        make.make_rejected_petition(),
        make.make_withdrawn_petition(),
    ]
    for state in (State.DRAFT, State.GATHERING_SUPPORT, State.IN_MODERATION):
        make.make_petition(state=state)
    hidden = make.make_hidden_petition(opened=True)
    make.make_hours(hidden, 2)
    make.make_withdrawn_petition(opened=False)
    found = written()
    assert [one["id"] for one in found["documents"]] == [petition.pk for petition in public]
    assert [int(row["petition_id"]) for row in found["petitions"]] == [petition.pk for petition in public]
    assert found["hours"] == []
    for line in found["documents"]:
        document = client.get(f"/petitions/{line['id']}.json").json()["data"]
        assert line["attributes"] == document["attributes"]
    rows = {int(row["petition_id"]): row for row in found["petitions"]}
    assert rows[public[1].pk]["answer_due_on"] == "2026-04-01"
    assert rows[public[1].pk]["answered_at"] == ""
    answered = rows[public[2].pk]
    assert answered["answer_url"] == "https://petitions.example/answers/trees/"
    assert answered["answer_summary"] == "Trees will be planted."
    assert answered["topics"] == "air trees"
    assert (rows[public[3].pk]["source"], rows[public[3].pk]["departments"]) == ("uk", "TREES")
    assert rows[public[4].pk]["rejection_code"] == "no-action"
    assert rows[public[5].pk]["state"] == "closed"


def test_places_and_hours_say_no_more_than_the_page(written):
    Region.objects.create(code="A", name="North East")
    Region.objects.create(code="B", name="North West")
    petition = make.make_open_petition(signature_count=50)
    RegionCount.objects.create(petition=petition, region_code="A", signed=4)
    RegionCount.objects.create(petition=petition, region_code="B", signed=5)
    RegionCount.objects.create(petition=petition, region_code="", signed=30)
    CountryCount.objects.create(petition=petition, country_code="", name="Atlantis", imported=2)
    ConstituencyCount.objects.create(petition=petition, ons_code="E1", name="Here", mp="Jo", signature_count=3)
    hour = datetime(2026, 3, 1, 10, tzinfo=UTC)
    HourCount.objects.create(petition=petition, hour=hour, count=7)
    HourCount.objects.create(petition=petition, hour=hour + timedelta(hours=1), count=0)
    found = written()
    number = str(petition.pk)
    assert [tuple(row.values()) for row in found["places"]] == [
        (number, "country", "", "Atlantis", "2"),
        (number, "region", "B", "North West", "5"),
        (number, "constituency", "E1", "Here", "3"),
    ]
    assert [tuple(row.values()) for row in found["hours"]] == [(number, "2026-03-01T10:00:00.000Z", "7")]


@pytest.mark.parametrize("start", ["=", "==", "+", "-", "@", "\t=", "\r="])
def test_no_cell_is_run_by_a_spreadsheet(written, start: str):
    make.make_open_petition(title=f"{start}1+1", ask='a;b, "q"\r\nnext')
    (row,) = written()["petitions"]
    assert row["title"] == f"'{start}1+1"
    assert row["ask"] == 'a;b, "q"\r\nnext'


def test_its_schema_names_every_column_and_its_licence_every_source(written, tmp_path: Path):
    written()
    document = json.loads((tmp_path / "written" / schema.SCHEMA).read_text())
    by_path = {one["path"]: one for one in document["resources"]}
    assert set(by_path) == {tables.DOCUMENTS, *(table.file for table in tables.TABLES)}
    for table in tables.TABLES:
        assert [field["name"] for field in by_path[table.file]["schema"]["fields"]] == table.head
        assert all(field["description"] for field in by_path[table.file]["schema"]["fields"])
    licence = (tmp_path / "written" / schema.LICENCE).read_text()
    for words in ("Creative Commons Attribution 4.0", "Open Government Licence v3.0", "Attribution 3.0"):
        assert words in licence


@pytest.mark.slow
@pytest.mark.django_db
def test_memory_does_not_grow_with_the_number_of_petitions(tmp_path: Path, django_assert_max_num_queries):
    """Three times as many rows, read through the same small cursor, need no more room."""

    def peak(name: str) -> int:
        folder = tmp_path / name
        folder.mkdir()
        tracemalloc.start()
        writing.write(folder, now=NOW, done=lambda _number: gc.collect() and None)  # rows refer to each other
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    def more(number: int) -> None:
        made = [Petition(title=f"Trees {one}", ask="a" * 2_000, state="open", opened_at=NOW) for one in range(number)]
        Petition.objects.bulk_create(made)

    more(2 * writing.BATCH)
    few = peak("few")
    more(4 * writing.BATCH)
    assert peak("many") < few * 1.3


@pytest.mark.django_db(transaction=True)
def test_a_dump_is_there_whole_and_can_be_checked(root: Path, client: Client, capsys: pytest.CaptureFixture[str]):
    make.make_open_petition(title="Trees")
    call_command("make_dumps")
    assert "petitions.jsonl.gz" in capsys.readouterr().out
    (dump,) = shelf.dumps()
    assert {file.name for file in dump.files} == FILES
    assert sorted(path.name for path in root.iterdir()) == [".lock", dump.name]
    sums = client.get("/data/latest/SHA256SUMS")
    lines = dict(reversed(line.split("  ")) for line in b"".join(sums).decode().splitlines())
    assert set(lines) == FILES
    for file in dump.files:
        response = client.get(f"/data/{dump.name}/{file.name}")
        content = b"".join(response)
        assert hashlib.sha256(content).hexdigest() == file.sha256 == lines[file.name]
        assert response["Content-Length"] == str(file.bytes) == str(len(content))
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "max-age" in response["Cache-Control"]
        response.close()
    call_command("make_dumps", "--if-due")
    assert len(shelf.dumps()) == 1


@pytest.mark.django_db(transaction=True)
def test_the_clock_makes_the_first_at_once_and_then_one_a_night(root: Path, settings: LazySettings):
    assert make_dump() == 1
    assert make_dump() == 0
    settings.TIME_ZONE = "UTC"
    (first,) = shelf.dumps()
    night = timezone.localtime(first.made_at).replace(hour=2, minute=59) + timedelta(days=1)
    assert not shelf.is_due(night)
    assert shelf.is_due(night + timedelta(minutes=2))


@pytest.mark.django_db(transaction=True)
def test_only_so_many_are_kept_and_what_was_left_half_done_goes(root: Path):
    (root / ".making-left").mkdir(parents=True)
    for number in range(shelf.KEPT + 2):
        shelf.make(now=NOW + timedelta(days=number))
    names = [dump.name for dump in shelf.dumps()]
    assert len(names) == shelf.KEPT
    assert names[0] == (NOW + timedelta(days=shelf.KEPT + 1)).strftime(shelf.FORM)
    assert not (root / ".making-left").exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_hidden_goes_from_all_dumps_with_the_next_look(root: Path):
    petition = make.make_open_petition()
    for number in range(2):
        shelf.make(now=NOW + timedelta(hours=number))
    night = NOW + timedelta(hours=5)
    assert not shelf.is_due(night)
    Petition.objects.filter(pk=petition.pk).update(state=State.HIDDEN, hidden_at=night)
    assert shelf.is_due(night)
    dump = shelf.make(now=night + timedelta(minutes=2))
    assert shelf.dumps() == [dump]
    assert {file.name: file.rows for file in dump.files}["petitions.csv.gz"] == 0
    assert not shelf.is_due(night + timedelta(minutes=4))


@pytest.mark.django_db(transaction=True)
def test_a_dump_that_fails_leaves_the_others_and_nothing_of_its_own(root: Path, monkeypatch: pytest.MonkeyPatch):
    shelf.make(now=NOW)
    before = sorted(root.rglob("*"))
    monkeypatch.setattr(schema, "licence", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        shelf.make(now=NOW + timedelta(days=1))
    assert sorted(root.rglob("*")) == before


@pytest.mark.django_db(transaction=True)
def test_two_are_not_made_at_once(root: Path, monkeypatch: pytest.MonkeyPatch):
    def meanwhile() -> str:
        with pytest.raises(shelf.Busy):
            shelf.make(now=NOW)
        assert make_dump() == 0
        return ""

    monkeypatch.setattr(schema, "licence", meanwhile)
    shelf.make(now=NOW)


@pytest.mark.django_db(transaction=True)
def test_it_is_of_one_moment_and_only_read(root: Path):
    with writing.one_moment(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')")
        assert cursor.fetchone() == ("repeatable read", "on")


@pytest.mark.django_db(transaction=True)
def test_a_file_is_asked_for_again_only_when_it_changed(root: Path, client: Client):
    dump = shelf.make(now=NOW)
    path = f"/data/{dump.name}/petitions.csv.gz"
    first = client.get(path)
    first.close()
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert client.get(path, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    assert first["Content-Disposition"] == 'attachment; filename="petitions-2026-03-05.csv.gz"'
    assert client.head(path)["Content-Length"] == first["Content-Length"]
    assert client.post(path).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_who_was_cut_off_goes_on_where_it_was(root: Path, client: Client):
    dump = shelf.make(now=NOW)
    path = f"/data/{dump.name}/LICENCE.txt"
    first = client.get(path)
    whole, etag = first.getvalue(), first["ETag"]
    assert first["Accept-Ranges"] == "bytes"
    rest = client.get(path, headers={"Range": "bytes=10-", "If-Range": etag})
    assert (rest.status_code, rest.getvalue()) == (206, whole[10:])
    assert rest["Content-Range"] == f"bytes 10-{len(whole) - 1}/{len(whole)}"
    assert rest["Content-Length"] == str(len(whole) - 10)
    last = client.get(path, headers={"Range": f"bytes={len(whole) - 1}-"})
    assert (last.status_code, last.getvalue()) == (206, whole[-1:])
    for asked in (
        {"Range": "bytes=10-", "If-Range": '"of another day"'},
        *({"Range": one} for one in ("bytes=0-", f"bytes={len(whole)}-", "bytes=5-1", "bytes=-5", "bytes=1-2,4-", "x")),
    ):
        answer = client.get(path, headers=asked)
        assert (answer.status_code, answer.getvalue()) == (200, whole), asked


@pytest.mark.parametrize(
    "path",
    [
        "/data/latest/petitions.csv.gz",
        "/data/20260305T043000Z/petitions.csv.gz",
        "/data/latest/..%2f.lock",
        "/data/..%2f..%2fetc/passwd",
        "/data/latest/%00",
        "/data/20260305T043000Z%00/x",
    ],
)
def test_what_is_no_file_of_a_dump_is_not_found(client: Client, path: str, db: None):
    assert client.get(path).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_page_lists_what_there_is_in_both_languages(root: Path, client: Client):
    empty = client.get("/data/").content.decode()
    assert "The first files are made in some minutes." in empty
    make.make_open_petition()
    old, new = shelf.make(now=NOW), shelf.make(now=NOW + timedelta(days=1))
    response = client.get("/data/")
    page = response.content.decode()
    for name in FILES:
        assert f'href="/data/{new.name}/{name}"' in page
    assert f'href="/data/{old.name}/manifest.json"' in page
    assert f'href="/data/{new.name}/SHA256SUMS"' in page
    assert 'href="/petitions.json"' in page
    assert response["Cache-Control"].startswith("public")
    assert "Vary" not in response
    assert not response.cookies
    french = client.get("/fr/data/").content.decode()
    assert "Données ouvertes" in french
