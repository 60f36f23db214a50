"""Lists as CSV: whole, safe in a spreadsheet, and long ones in parts."""

import csv
import io

import pytest
from django.test import Client

from opendata import streams
from opendata.uk import tables
from petitions.models import Petition
from tests import factories as make

pytestmark = pytest.mark.django_db


def rows(response) -> list[list[str]]:
    text = b"".join(response).decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_list_as_csv_has_every_petition_in_its_order(client: Client):
    petitions = [make.make_open_petition(thresholds=False, signature_count=number) for number in range(60)]
    make.make_rejected_petition(title="Refused")
    response = client.get("/petitions.csv?state=open")
    assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert response["Content-Disposition"] == 'attachment; filename="open-petitions.csv"'
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"].startswith("public")
    head, *found = rows(response)
    assert head == ["Petition", "URL", "State", "Signatures Count"]
    first = petitions[-1]
    assert found[0] == [first.title, f"https://testserver/petitions/{first.pk}", "open", "59"]
    assert len(found) == 60
    (_head, refused) = rows(client.get("/petitions.csv?q=refused"))
    assert refused[::2] == ["Refused", "rejected"]
    assert len(rows(client.get("/petitions.csv"))) == 62
    assert rows(client.get("/petitions.csv?topic=no-such")) == [head]


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("==1", "'==1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("＝1+1", "'＝1+1"),
        ("a;b", "a;b"),
        ('"q", ü', '"q", ü'),
        ("two\r\nlines", "two\r\nlines"),
    ],
)
def test_no_cell_is_run_by_a_spreadsheet(client: Client, title: str, cell: str):
    make.make_open_petition(title=title)
    assert rows(client.get("/petitions.csv"))[1][0] == cell


@pytest.fixture
def _short(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tables, "AT_ONCE", 2)
    monkeypatch.setattr(tables, "BATCH", 2)


@pytest.mark.usefixtures("_short")
def test_a_long_list_comes_in_parts_without_what_left_it_meanwhile(client: Client, django_assert_num_queries):
    petitions = [make.make_open_petition(thresholds=False, signature_count=number).pk for number in range(7)]
    with django_assert_num_queries(5):  # the numbers, and four times the rows
        whole = client.get("/petitions.csv")
        assert whole.streaming
        assert len(rows(whole)) == 8
    response = client.get("/petitions.csv")
    parts = iter(response)
    assert next(parts).startswith(b"Petition,")
    Petition.objects.filter(pk=petitions[0]).update(state="hidden")
    assert len(b"".join(parts).splitlines()) == 6


@pytest.mark.usefixtures("_short")
def test_only_so_many_long_lists_are_read_at_once(client: Client):
    for number in range(3):
        make.make_open_petition(thresholds=False, signature_count=number)
    reading = [client.get("/petitions.csv") for _ in range(streams.MOST)]
    refused = client.get("/petitions.csv")
    assert (refused.status_code, refused["Retry-After"]) == (503, "30")
    assert client.head("/petitions.csv").status_code == 200
    for response in reading:
        assert len(rows(response)) == 4  # read to the end, it is closed
    assert len(rows(client.get("/petitions.csv"))) == 4


def test_who_stalls_is_left(client: Client):
    clock = iter([0.0, 1.0, streams.LONGEST_SECONDS + 1.0])
    parts = streams.in_time(iter(["a", "b"]), lambda: next(clock))
    assert next(parts) == "a"
    with pytest.raises(TimeoutError):
        next(parts)
