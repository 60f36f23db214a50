"""Lines that can't be loaded are named by number with a reason; all others are loaded."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from petitions.importing import uk, wtp
from petitions.importing.files import records_in
from petitions.importing.lines import LONGEST_LINE, BadRecord, Refused
from petitions.models import Petition, RegionCount
from tests.importing.records import answered_record, rejected_record, responded_record, run, uk_record, wtp_record

BAD_UK = [
    ('{"id": 300009, "action": "Cut o', "not JSON at column"),
    ("[1, 2]", "not a JSON object"),
    ("[" * 100_000, "not JSON"),
    ('{"id": ' + "9" * 5000 + "}", "not JSON"),
    (b'{"id": 300009, "action": "\xff\xfe"}', "not UTF-8"),
    (b"\x00\x00\x00", "not JSON"),
    ("x" * (LONGEST_LINE + 10), "the line is too long"),
    (uk_record("300009"), "id: not a whole number"),
    (uk_record(True), "id: not a whole number"),
    (uk_record(0), "id: not between 1 and 999999"),
    (uk_record(1_000_000), "id: not between 1 and 999999"),
    (uk_record(-5), "id: not between 1 and 999999"),
    ({key: value for key, value in uk_record().items() if key != "id"}, "id: missing"),
    (uk_record(300009, signature_count=-1), "signature_count: not between"),
    (uk_record(300009, signature_count=1.5), "signature_count: not a whole number"),
    (uk_record(300009, signature_count="many"), "signature_count: not a whole number"),
    (uk_record(300009, signature_count=2**31), "signature_count: not between"),
    (uk_record(300009, action=None), "action: missing"),
    (uk_record(300009, action=" \n "), "action: missing"),
    (uk_record(300009, action=["list"]), "action: not a text"),
    (uk_record(300009, action="zero \0 byte"), "action: characters that no text can hold"),
    (uk_record(300009, background="lone \ud800 half"), "background: characters that no text can hold"),
    (uk_record(300009, state="flying"), "state: none of open, closed, rejected"),
    (uk_record(300009, state="hidden"), "state: none of open, closed, rejected"),
    (uk_record(300009, created_at="yesterday"), "created_at: not a time"),
    (uk_record(300009, created_at="2020-03-03T12:25:09"), "created_at: not a time with its time zone"),
    (uk_record(300009, updated_at="0001-01-01T00:00:00+14:00"), "updated_at: not a time with its time zone"),
    (uk_record(300009, opened_at=None), "opened_at: missing"),
    (uk_record(300009, closed_at=None), "closed_at: missing"),
    (rejected_record(300009) | {"rejection": None}, "rejection: missing"),
    (rejected_record(300009) | {"rejected_at": None}, "rejected_at: missing"),
    (rejected_record(300009, code="<script>"), "rejection.code: not a code"),
    (uk_record(300009, topics="covid-19"), "topics: not a list"),
    (uk_record(300009, departments=["DfT"]), "departments: not an object"),
    (uk_record(300009, departments=[{"acronym": "X", "name": "Y", "url": "javascript:alert(1)"}]), "not a web address"),
    (answered_record(300009, government_response_at=None), "government_response_at: missing"),
    (answered_record(300009, government_response={"details": ""}), "government_response.details: missing"),
    (uk_record(300009, debate={"transcript_url": "//evil.example"}), "debate.transcript_url: not a web address"),
    (uk_record(300009, debate={"debated_on": "32 March"}), "debate.debated_on: not a date"),
    (uk_record(300001), "id: 300001 came before"),
]
BAD_WTP = [
    (wtp_record("short"), "id: not 24 hexadecimal digits"),
    (wtp_record(signatureCount=-1), "signatureCount: not between"),
    (wtp_record(created="1316697387"), "created: not a whole number"),
    (wtp_record(deadline=10**15), "deadline: not between"),
    (wtp_record(status="forgotten"), "status: none of open"),
    (wtp_record(status="responded"), "response: belongs to the status responded"),
    (responded_record() | {"status": "closed"}, "response: belongs to the status responded"),
    (responded_record() | {"response": {"id": "1", "url": "javascript:x", "associationTime": 1}}, "not a web address"),
    (wtp_record(issues=[{"id": "1"}]), "issues.name: missing"),
    (wtp_record(title=""), "title: missing"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("line", "reason"), BAD_UK)
def test_a_bad_uk_line_is_named_and_its_neighbours_are_loaded(load, line: Any, reason: str):
    said = load(uk=[uk_record(300001), line, uk_record(300005)])

    assert "Refused: uk.jsonl line 2: " in said.err
    assert reason in said.err
    assert set(Petition.objects.values_list("pk", flat=True)) == {300001, 300005}
    assert "uk.jsonl: 1 lines refused" in said.out


@pytest.mark.django_db
@pytest.mark.parametrize(("line", "reason"), BAD_WTP)
def test_a_bad_we_the_people_line_is_named_and_its_neighbours_are_loaded(load, line: Any, reason: str):
    said = load(wtp=[wtp_record("a" * 24), line, wtp_record("b" * 24)])

    assert "Refused: wtp.jsonl line 2: " in said.err
    assert reason in said.err
    assert set(Petition.objects.values_list("source_id", flat=True)) == {"a" * 24, "b" * 24}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("300001,region,H", "3 cells where 4 belong"),
        ("999,region,H,5", "petition_id: no UK petition that was loaded"),
        ("x,region,H,5", "petition_id: no UK petition that was loaded"),
        ("300001,planet,H,5", "kind: none of country, constituency, region"),
        ("300001,region,ZZ,5", "code: no region of that code"),
        ("300001,constituency,E1,5", "code: no constituency of that code"),
        ("300001,country,QQ,5", "code: no country of that code"),
        ("300001,country,,5", "code: no country of that code"),
        ("300001,country," + "x" * 101 + ",5", "code: no country of that code"),
        ("300001,region,H,-5", "signature_count: not a whole number"),
        ("300001,region,H,5.5", "signature_count: not a whole number"),
        ("300001,region,H,٣", "signature_count: not a whole number"),
        ("300001,region,H,99999999999", "signature_count: not a whole number"),
        ('300001,region,"H,5', "not CSV"),
        (b"300001,region,\xff,5", "not UTF-8"),
        ("300001,region,J,6", "a line for this place came before"),
    ],
)
def test_a_bad_breakdown_line_is_named_and_its_neighbours_are_loaded(load, line: Any, reason: str):
    said = load(uk=[uk_record()], breakdowns=["300001,region,J,100", line, "300001,region,K,50"])

    assert "Refused: breakdowns.csv line 3: " in said.err
    assert reason in said.err
    assert {row.region_code: row.imported for row in RegionCount.objects.all()} == {"J": 100, "K": 50, "": 1050}


@pytest.mark.django_db
def test_neighbouring_lines_with_one_reason_are_named_together(load):
    said = load(uk=[uk_record(), "x", "y", "z", uk_record(300005), "x"])

    assert said.err.splitlines() == [
        "Refused: uk.jsonl lines 2-4: not JSON at column 1",
        "Refused: uk.jsonl line 6: not JSON at column 1",
    ]


@pytest.mark.django_db
def test_blank_lines_and_a_byte_order_mark_are_no_fault(load):
    said = load(uk=[b"\xef\xbb\xbf" + json.dumps(uk_record()).encode(), "", "  ", uk_record(300005)])

    assert said.err == ""
    assert Petition.objects.count() == 2


def test_a_gzipped_file_that_breaks_off_gives_what_came_before(tmp_path: Path):
    whole = gzip.compress("".join(json.dumps(uk_record(number)) + "\n" for number in range(1, 2000)).encode())
    file = tmp_path / "uk.jsonl.gz"
    file.write_bytes(whole[: len(whole) // 2])
    refused: list[Refused] = []

    records = records_in(file, uk.read, refuse=refused.append)

    assert 0 < len(records) < 1999
    assert "the file breaks off here or is damaged" in str(refused[-1])
    assert refused[-1].line == len(records) + len(refused)


def test_a_file_that_only_looks_gzipped_is_named(tmp_path: Path):
    file = tmp_path / "uk.jsonl.gz"
    file.write_bytes(b"\x1f\x8b and then something else entirely")
    refused: list[Refused] = []

    assert records_in(file, uk.read, refuse=refused.append) == []
    assert [line.line for line in refused] == [1]


@pytest.mark.django_db
@pytest.mark.parametrize("option", ["--uk", "--breakdowns", "--wtp"])
def test_a_file_that_is_not_there_ends_the_command_with_its_name(tmp_path: Path, option: str):
    with pytest.raises(CommandError, match=r"nowhere\.gz"):
        run("load_petitions", f"{option}={tmp_path / 'nowhere.gz'}")


@pytest.mark.django_db
def test_a_breakdowns_file_without_its_header_ends_the_command(tmp_path: Path):
    file = tmp_path / "cells.csv"
    file.write_text("300001,region,H,5\n")
    with pytest.raises(CommandError, match="has no header row with petition_id"):
        run("load_petitions", f"--breakdowns={file}")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("2020-03-03T12:25:09Z"),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data(), template=st.sampled_from([uk_record(), rejected_record(), answered_record()]))
def test_no_value_of_any_field_gets_past_as_something_else(data: st.DataObject, template: dict[str, Any]):
    field = data.draw(st.sampled_from(sorted(template)))
    try:
        record = uk.read(template | {field: data.draw(ANYTHING)})
    except BadRecord:
        return
    assert 0 < record.columns["id"] < 1_000_000
    assert 0 <= record.columns["imported_count"] < 2**31
    assert record.columns["state"] in ("closed", "rejected")
    assert "\0" not in record.columns["title"] + record.columns["ask"]


@settings(max_examples=200)
@given(data=st.data(), template=st.sampled_from([wtp_record(), responded_record()]))
def test_no_value_of_a_we_the_people_field_gets_past_as_something_else(data: st.DataObject, template: dict[str, Any]):
    field = data.draw(st.sampled_from(sorted(template)))
    try:
        record = wtp.read(template | {field: data.draw(ANYTHING)})
    except BadRecord:
        return
    assert record.columns["source_state"] in wtp.STATUSES
    assert 0 <= record.columns["imported_count"] < 2**31
