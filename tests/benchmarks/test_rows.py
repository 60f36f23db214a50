"""The table of a benchmark: what a figure is worth, and what the command then says."""

import pytest

from benchmarks.rows import HEAD, MET, NEEDS_LARGE, NOT_MET, STRETCH, Row, number, status, table


@pytest.mark.parametrize(
    ("value", "verdict"), [(0.64, NOT_MET), (0.65, MET), (0.99, MET), (1.0, STRETCH), (float("nan"), NOT_MET)]
)
def test_a_rising_figure_meets_its_floor_from_the_floor_on(value: float, verdict: str) -> None:
    assert Row("sign", value, 0.65, 1.0).verdict == verdict


@pytest.mark.parametrize(("value", "verdict"), [(5.01, NOT_MET), (5.0, MET), (2.0, STRETCH), (float("inf"), NOT_MET)])
def test_a_falling_figure_meets_its_floor_up_to_it(value: float, verdict: str) -> None:
    assert Row("visible", value, 5.0, 2.0, rising=False).verdict == verdict


def test_a_row_with_errors_is_not_met_however_good_its_figure() -> None:
    assert Row("sign", 2.0, 0.65, 1.0, errors=1).verdict == NOT_MET


def test_a_row_without_a_floor_can_only_reach_its_stretch() -> None:
    assert Row("loop", 10.0, stretch=400).verdict == ""
    assert Row("loop", 401.0, stretch=400).verdict == STRETCH
    assert Row("loop", 10.0).verdict == ""


def test_the_command_fails_by_one_row_below_its_floor() -> None:
    met, unmet = Row("a", 1.0, 0.5), Row("b", 0.4, 0.5)
    assert status([met]) == 0
    assert status([met, unmet]) == 1


def test_a_row_that_this_run_did_not_take_is_marked_and_does_not_fail_it() -> None:
    row = Row("with 20 million rows", None, 0.9)
    assert row.verdict == NEEDS_LARGE
    assert "-" in row.cells
    assert status([row]) == 0


def test_the_table_says_not_met_beside_the_row_it_is_about() -> None:
    rows = [Row("good", 0.7, 0.65, 1.0), Row("bad", 0.2, 0.65, 1.0, note="because")]
    head, _rule, good, bad = table(HEAD, [row.cells for row in rows]).splitlines()
    assert "floor" in head
    assert NOT_MET not in good
    assert NOT_MET in bad
    assert bad.startswith("| bad")
    assert bad.rstrip(" |").endswith("because")
    assert len({len(line) for line in (head, good, bad)}) == 1


@pytest.mark.parametrize(
    ("value", "words"), [(0.0, "0"), (0.6543, "0.654"), (1.0, "1"), (12.34, "12.3"), (4321.0, "4,321")]
)
def test_figures_have_the_digits_that_mean_something(value: float, words: str) -> None:
    assert number(value) == words
