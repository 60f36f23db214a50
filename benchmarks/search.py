"""How long readers of half a million petitions wait for what they look for, by both engines, and what bulk costs."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks import opendata, tools
from benchmarks.half_a_million import NUMBER
from benchmarks.rows import Row
from benchmarks.site import Site

Say = Callable[[str], None]

DATABASE = "redress_search"
INDEX = "redress-bench"
# p95 in milliseconds, and documents a second.
POSTGRESQL, ELASTICSEARCH, SUGGESTIONS, REBUILD = 120, 50, 30, 2000
# What filling may take more of memory at its end than after a tenth.
FLAT_MEGABYTES = 50
MEGABYTE = 1_000_000


def measure(site: Site, *, number: int = NUMBER, say: Say) -> list[Row]:
    """All rows. The search server is that of ELASTICSEARCH_URL, else the one of the tests."""
    say(f"making {number:,} petitions; ten minutes or so")
    site.empty(DATABASE)
    for command in (("migrate", "--verbosity", "0"), ("create_reference_data",)):
        site.manage(*command, database=DATABASE)
    site.manage("collectstatic", "--noinput", database=DATABASE)
    site.python("-m", "benchmarks.half_a_million", str(number), database=DATABASE, shown=True)
    say("200 questions to PostgreSQL")
    rows = _rows("PostgreSQL", POSTGRESQL, _told(site, "ask", ELASTICSEARCH_URL=""))
    rows += _elasticsearch(site, say=say)
    rows += opendata.list_rows(site, tools.wrk(), database=DATABASE, say=say)
    rows += opendata.dump_rows(site, database=DATABASE, say=say)
    return rows


def _elasticsearch(site: Site, *, say: Say) -> list[Row]:
    with _server(site) as url:
        given = {"ELASTICSEARCH_URL": url, "ELASTICSEARCH_INDEX": INDEX}
        say("filling the index")
        filled = _told(site, "rebuild", **given)
        say("200 questions to Elasticsearch")
        told = _told(site, "ask", **given)
    rate = filled["documents"] / filled["seconds"]
    grown = max(0, filled["peak"] - filled["early"]) / MEGABYTE
    peak = f"peak {filled['peak'] / MEGABYTE:,.0f} MB"
    return [
        *_rows("Elasticsearch", ELASTICSEARCH, told),
        Row("rebuild", rate, REBUILD, unit="/s", note=f"{filled['documents']:,} documents"),
        Row("its memory, from a tenth to the end", grown, FLAT_MEGABYTES, unit=" MB", rising=False, note=peak),
    ]


@contextmanager
def _server(site: Site) -> Iterator[str]:
    if given := os.environ.get("ELASTICSEARCH_URL"):
        yield given
        return
    from benchmarks.errors import Missing
    from tests.elasticsearch import built
    from tests.elasticsearch.server import SearchServer

    if reason := built.missing():
        raise Missing(f"The search server is missing: {reason}.")
    with SearchServer(site.folder / "search", heap="1g") as server:
        yield server.url


def _told(site: Site, what: str, **given: str) -> dict[str, Any]:
    words = site.python("-m", "benchmarks.searching", what, database=DATABASE, shown=True, **given)
    return dict(json.loads(words.splitlines()[-1]))


def _rows(engine: str, floor: float, told: dict[str, Any]) -> list[Row]:
    """A row for searches and one for suggestions. Answers that another engine had to give are errors."""
    searches, suggestions = sorted(told["search"]), sorted(told["suggest"])
    note = (
        f"p50 {_at(searches, 0.5):.0f} ms, slowest {searches[-1] * 1000:.0f} ms ({told['slowest']['q']}), "
        f"{sum(1 for number in told['found'] if number)} of {len(searches)} found something"
    )
    return [
        Row(
            f"search by {engine}, p95",
            _at(searches, 0.95),
            floor,
            unit=" ms",
            rising=False,
            errors=told["simpler"],
            note=note,
        ),
        Row(f"suggestions by {engine}, p95", _at(suggestions, 0.95), SUGGESTIONS, unit=" ms", rising=False),
    ]


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000
