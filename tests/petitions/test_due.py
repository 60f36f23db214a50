"""How a due date comes about, in sentences."""

from typing import Any

import pytest
from django.utils.translation import override

from petitions.due import explained


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({}, ["21 working days after 2 March 2026, on which the answer was promised.", "Weekends do not count."]),
        (
            {"allowed": 1, "extended": 1, "paused": 1, "holidays": ["2026-04-03"]},
            [
                "1 working day after 2 March 2026, on which the answer was promised.",
                "1 working day more was granted.",
                "1 working day on which the clock stood still was added.",
                "Weekends and public holidays do not count: 3 April 2026.",
            ],
        ),
        (
            {"extended": 10, "paused": 5},
            [
                "21 working days after 2 March 2026, on which the answer was promised.",
                "10 working days more were granted.",
                "5 working days on which the clock stood still were added.",
                "Weekends do not count.",
            ],
        ),
    ],
)
def test_each_part_of_the_arithmetic_is_a_sentence(changes: dict[str, Any], sentences: list[str]) -> None:
    counting = {"start": "2026-03-02", "allowed": 21, "extended": 0, "paused": 0, "holidays": [], **changes}
    with override("en"):
        assert explained(counting) == sentences


def test_without_a_clock_there_is_nothing_to_explain() -> None:
    assert explained({}) == []
