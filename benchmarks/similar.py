"""How often the petition that moderators pointed to is among the first five found by its duplicate's title."""

import json
from collections.abc import Callable
from typing import Any

from benchmarks.rows import Row
from benchmarks.site import Site

Say = Callable[[str], None]

SHOWN = 5
DATABASE = "redress_similar"
# What is asked, its words, its floor and what we should like. Without the date only the text tells.
MEASURES: tuple[tuple[str, str, float | None, float | None], ...] = (
    ("all", "found among all published, by title", 0.68, 0.75),
    ("open_then", "found among those open then, by title", 0.85, 0.90),
    ("all_dated", "found among all published, by title and date", 0.68, 0.75),
    ("open_then_dated", "found among those open then, by title and date", 0.85, 0.90),
)


def measure(site: Site, *, say: Say) -> list[Row]:
    """All rows: figures of the odd rows of the file; beside them those of the even rows, which chose the weights."""
    say("making the tables")
    site.empty(DATABASE)
    site.manage("migrate", "--verbosity", "0", database=DATABASE)
    say("asking for 517 labelled pairs, four ways each; a minute or two")
    told = site.python("-m", "benchmarks.pairs", database=DATABASE)
    return rows(json.loads(told.splitlines()[-1]))


def rows(found: list[dict[str, Any]]) -> list[Row]:
    """The table's rows from the places of each pair, in the order of the file."""
    even, odd = found[1::2], found[::2]
    made = [
        Row(
            words,
            share(odd, name),
            floor,
            stretch,
            note=f"even rows {share(even, name):.3f}, all {share(found, name):.3f}",
        )
        for name, words, floor, stretch in MEASURES
    ]
    waits = sorted(row["seconds"] for row in found)
    middle = waits[len(waits) // 2] * 1000
    return [*made, Row("processor for one question, in Python", middle, unit=" ms", rising=False)]


def share(found: list[dict[str, Any]], name: str) -> float:
    """Of all these pairs, those whose petition was among the first five; one that was not found counts as a miss."""
    return sum(row[name] is not None and row[name] <= SHOWN for row in found) / len(found)
