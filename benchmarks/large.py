"""With twenty million rows: does signing, or counting, cost more than in an empty table?"""

import argparse
from collections.abc import Callable

from benchmarks.measures import Bench
from benchmarks.rows import Row

ROWS = 20_000_000
ON_ONE = 6_000_000
SIGN = "sign rate with 20 million rows / empty"
TICK = "cost of a tally tick with 20 million rows / empty"


def unmeasured() -> list[Row]:
    """The rows that a run without ``--large`` leaves open."""
    return [_sign_row(None), _tick_row(None)]


def measure(bench: Bench, arguments: argparse.Namespace, say: Callable[[str], None]) -> tuple[list[str], list[Row]]:
    raise NotImplementedError


def _sign_row(value: float | None, note: str = "", errors: int = 0) -> Row:
    return Row(SIGN, value, 0.90, 0.97, errors=errors, note=note)


def _tick_row(value: float | None, note: str = "") -> Row:
    return Row(TICK, value, 1.10, 1.03, rising=False, note=note)
