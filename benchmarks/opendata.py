"""What open data costs: lists as JSON against a view that does nothing, and the memory of a whole dump."""

import json
from collections.abc import Callable
from statistics import median

from benchmarks import load
from benchmarks.rows import Row
from benchmarks.site import BARE, Site
from benchmarks.tools import Tool

Say = Callable[[str], None]

MEGABYTE = 1_000_000
# Of the empty view's rate, held as public pages are.
LEAST_OF_EMPTY = 0.5
MOST_MEMORY = 300
LIST = "/petitions.json"


def list_rows(
    site: Site, wrk: Tool, *, database: str = "redress", seconds: int = 5, rounds: int = 3, say: Say = print
) -> list[Row]:
    """How fast the first page of all petitions is answered while it is held. Starts two web servers on the database."""
    say("lists as JSON")
    ours = site.serve(database=database) + LIST
    empty = site.serve(BARE, probe="/empty/", database=database) + "/empty/"
    load.run(wrk, ours, seconds=1, script="packed")
    load.run(wrk, empty, seconds=1)
    shares, errors, rates = [], 0, []
    for _ in range(rounds):
        answered = load.run(wrk, ours, seconds=seconds, script="packed")
        nothing = load.run(wrk, empty, seconds=seconds)
        shares.append(answered.rate / nothing.rate)
        rates.append(answered.rate)
        errors += answered.errors + nothing.errors
    note = f"{median(rates):,.0f}/s, packed"
    return [Row("list JSON, held, of the empty view's rate", median(shares), LEAST_OF_EMPTY, errors=errors, note=note)]


def dump_rows(site: Site, *, database: str = "redress", say: Say = print) -> list[Row]:
    """What a dump of everything in the database takes of memory and time."""
    say("a dump of everything")
    told = json.loads(site.python("-m", "benchmarks.dump", database=database).splitlines()[-1])
    petitions = f"{told['petitions']:,} petitions"
    return [
        Row(f"dump of {petitions}, memory", told["peak"] / MEGABYTE, MOST_MEMORY, unit=" MB", rising=False),
        Row(
            "the same, time",
            told["seconds"],
            unit=" s",
            rising=False,
            note=f"{told['processor']:,.0f} s of processor, {told['bytes'] / MEGABYTE:,.0f} MB written",
        ),
    ]
