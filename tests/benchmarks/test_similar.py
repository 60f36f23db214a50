"""What is measured of finding a petition by the title of its duplicate."""

import pytest

from benchmarks import pairs, similar
from benchmarks.rows import NOT_MET

REFUSED = {"created_at": "2021-03-10T00:00:00Z", "rejected_at": "2021-03-20T00:00:00Z"}


def found(*places: int | None) -> list[dict[str, float | None]]:
    """So many pairs, each found at its place whatever was asked."""
    return [{name: place for name, *_others in similar.MEASURES} | {"seconds": 0.02} for place in places]


def test_the_odd_rows_decide_and_the_even_ones_stand_beside() -> None:
    rows = similar.rows(found(5, None, 1, 6))
    assert [row.value for row in rows[:4]] == [1.0] * 4
    assert all(row.note == "even rows 0.000, all 0.500" for row in rows[:4])
    assert rows[4].value == 20


def test_the_sixth_place_is_a_miss() -> None:
    assert {row.verdict for row in similar.rows(found(6, 1, None, 1))[:4]} == {NOT_MET}


def test_all_labelled_pairs_are_there_with_their_petitions() -> None:
    numbers = {record["id"]: record["state"] for record in pairs._records()}
    labelled = pairs._pairs()
    assert len(labelled) == 517
    assert {numbers[refused] for refused, _wanted in labelled} == {"rejected"}
    assert {numbers[wanted] for _refused, wanted in labelled} <= set(pairs.PUBLISHED)


@pytest.mark.parametrize(
    ("opened", "closed", "state", "was_open"),
    [
        ("2021-03-20T00:00:00Z", None, "open", True),
        ("2021-03-21T00:00:00Z", None, "open", False),
        ("2020-09-10T00:00:00Z", "2021-03-10T00:00:01Z", "closed", True),
        ("2020-09-10T00:00:00Z", "2021-03-10T00:00:00Z", "closed", False),
        (None, None, "rejected", False),
    ],
)
def test_what_was_open_then(opened: str | None, closed: str | None, state: str, was_open: bool) -> None:
    assert pairs._was_open({"state": state, "opened_at": opened, "closed_at": closed}, REFUSED) is was_open
