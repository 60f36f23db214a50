"""What departments owe, how they have answered, and how it was month by month: on the page, as JSON and as CSV."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from time_machine import TimeMachineFixture

from accounts.models import Department
from petitions.models import Petition, PublicCase
from responses import charts, performance
from responses.models import Case, CaseLink
from tests.factories import make_closed_petition

TODAY = date(2026, 4, 10)


@pytest.fixture(autouse=True)
def _today(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(datetime(2026, 4, 10, 12, tzinfo=UTC))


@pytest.fixture
def transport(site: None) -> Department:
    return Department.objects.create(acronym="DFT", name="Transport", name_fr="Transports")


@pytest.fixture
def answered(site: None) -> Callable[..., Case]:
    """A case promised on a day and answered so many days later."""

    def make(
        department: Department | None, promised: date, days: int, *, due: int | None = 29, **petition: Any
    ) -> Case:
        since = datetime(promised.year, promised.month, promised.day, 23, 30, tzinfo=UTC)
        case = Case.objects.create(
            state="published",
            origin="threshold" if due else "import",
            department=department,
            opened_at=since,
            owed_since=since,
            working_days=21 if due else None,
            due_on=promised + timedelta(days=due) if due else None,
            published_at=since.replace(hour=0) + timedelta(days=days),
        )
        CaseLink.objects.create(case=case, petition=make_closed_petition(response_state="answered", **petition))
        return case

    return make


def by_name(client: Client) -> dict[str | None, dict[str, Any]]:
    return {row["department"]: row for row in json.loads(client.get("/tracker.json").content)["departments"]}


def test_a_department_is_told_by_what_it_owes_and_how_it_answered(
    client: Client,
    make_case: Callable[..., Case],
    answered: Callable[..., Case],
    transport: Department,
    now: datetime,
) -> None:
    make_case(departments=[transport])  # due on 31 March: late
    make_case(departments=[transport], now=now + timedelta(days=30))
    make_case(departments=[], now=now + timedelta(days=30))
    for days in (10, 29, 30):
        answered(transport, date(2026, 1, 5), days)
    answered(transport, date(2025, 1, 5), 200, due=None)

    rows = by_name(client)
    assert rows["Transport"] == {
        "department": "Transport",
        "owed": 2,
        "late": 1,
        "answered": 4,
        "median_days": 29.5,  # of 10, 29, 30 and the imported 200
        "fell_due": 4,
        "on_time": 2,  # the 29th day is the due date itself
        "on_time_share": 0.5,
    }
    assert (rows[None]["owed"], rows[None]["on_time_share"], rows[None]["median_days"]) == (1, None, None)
    page = client.get("/fr/tracker/").content.decode()
    assert "Transports" in page
    assert "29,5" in page
    assert "50 %" in page


def test_what_the_public_cannot_see_is_not_counted(
    client: Client, answered: Callable[..., Case], transport: Department
) -> None:
    answered(transport, date(2026, 1, 5), 10)
    hidden = answered(transport, date(2026, 1, 5), 10)
    Petition.objects.filter(case_links__case=hidden).update(state="hidden", hidden_at=datetime(2026, 3, 1, tzinfo=UTC))
    assert by_name(client)["Transport"]["answered"] == 1
    assert [month.answered for month in performance.by_month(TODAY)] == [1, 0, 0, 0]


def test_months_are_told_without_a_gap(
    client: Client, make_case: Callable[..., Case], answered: Callable[..., Case], transport: Department
) -> None:
    answered(transport, date(2025, 12, 20), 20)
    answered(transport, date(2025, 12, 30), 40)
    make_case()  # promised in March
    document = json.loads(client.get("/tracker.json").content)
    months = {row.pop("month"): row for row in document["months"]}
    assert list(months) == ["2025-12", "2026-01", "2026-02", "2026-03", "2026-04"]
    nothing = {"promised": 0, "answered": 0, "on_time": 0, "late": 0, "median_days": None}
    assert months["2025-12"] == nothing | {"promised": 2, "owed_at_end": 2}
    assert months["2026-01"] == nothing | {"answered": 1, "on_time": 1, "median_days": 20, "owed_at_end": 1}
    assert months["2026-02"] == nothing | {"answered": 1, "late": 1, "median_days": 40, "owed_at_end": 0}
    assert months["2026-03"] == nothing | {"promised": 1, "owed_at_end": 1}
    assert months["2026-04"] == nothing | {"owed_at_end": 1}


def test_the_same_stands_in_csv(client: Client, answered: Callable[..., Case], transport: Department) -> None:
    answered(transport, date(2026, 2, 2), 12)
    document = json.loads(client.get("/tracker.json").content)
    for address, key in (("/tracker/departments.csv", "departments"), ("/tracker/months.csv", "months")):
        response = client.get(address)
        assert (response["Access-Control-Allow-Origin"], "public" in response["Cache-Control"]) == ("*", True)
        rows = list(csv.DictReader(io.StringIO(response.content.decode(), newline="")))
        assert rows == [
            {name: "" if value is None else str(value) for name, value in row.items()} for row in document[key]
        ]


def test_the_chart_has_a_text_that_says_the_same(
    client: Client, answered: Callable[..., Case], transport: Department
) -> None:
    answered(transport, date(2026, 2, 2), 12)
    answered(transport, date(2026, 2, 2), 40)
    page = client.get("/tracker/").content.decode()
    drawing = page[page.index('<svg viewBox="0 0 600') :]
    drawing = ElementTree.fromstring(drawing[: drawing.index("</svg>") + 6])
    assert drawing.find("title").text == (
        "February 2026 to April 2026: 2 answers promised, 2 published. The table below has every month."
    )
    promised, published = drawing.findall("g")
    assert [float(bar.get("height")) for bar in promised] == [159.0]
    assert [float(bar.get("height")) for bar in published] == [79.5, 79.5, 1]
    french = client.get("/fr/tracker/").content.decode()
    assert 'height="79.5"' in french


def test_departments_are_sorted_by_every_column(
    client: Client, answered: Callable[..., Case], make_case: Callable[..., Case], transport: Department
) -> None:
    make_case()  # of another department, late
    answered(transport, date(2026, 2, 2), 12)
    orders = {"late": False, "owed": False, "answered": True, "days": True, "on_time": False, "name": False, "'": False}
    for order, transport_first in orders.items():
        page = client.get("/tracker/", {"departments": order}).content.decode()
        table = page[page.index('id="by-department"') :]
        assert (table.index(">Transport<") < table.index("Department for Env")) is transport_first, order


def test_grouped_petitions_are_one_answer_with_one_sum(client: Client, make_case: Callable[..., Case]) -> None:
    case = make_case(title="Mend the bridge", signature_count=12_000)
    other = make_case(title="Repair the bridge", signature_count=30_500)
    CaseLink.objects.filter(case=other).update(case=case)
    PublicCase.objects.filter(case_id=other.pk).update(case_id=case.pk)
    make_case(title="Alone", signature_count=40_000)

    rows = {row["title"]: row for row in json.loads(client.get("/tracker.json").content)["data"]}
    for title, signatures in (("Mend the bridge", 12_000), ("Repair the bridge", 30_500)):
        row = rows[title]
        assert (row["signatures"], row["case"], row["case_petitions"], row["case_signatures"]) == (
            *(signatures, case.pk),
            *(2, 42_500),
        )
    page = client.get("/tracker/", {"sort": "signatures"}).content.decode()
    assert page.index("42,500") < page.index("40,000")
    assert "on 2 petitions" in page
    assert "Repair the bridge" in page
    assert performance.by_department("en", TODAY)[0].owed == 2


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), max_size=40))
def test_bars_stay_inside_the_drawing(counts: list[tuple[int, int]]) -> None:
    months = [performance.MonthRecord("2026-01", promised, done, 0, 0, None, 0) for promised, done in counts]
    drawn = charts.chart(months)
    if drawn is None:
        assert not any(any(pair) for pair in counts[-charts.MONTHS :])
        return
    for bar in (*drawn.promised, *drawn.answered):
        assert bar.x >= 0
        assert bar.x + bar.width <= charts.WIDTH + 0.1
        assert bar.y >= 0
        assert abs(bar.y + bar.height - charts.HEIGHT) < 0.2


def test_an_empty_tracker_has_no_figures(client: Client, site: None) -> None:
    assert json.loads(client.get("/tracker.json").content) == {"data": [], "departments": [], "months": []}
    assert "<title id=" not in client.get("/tracker/").content.decode()
