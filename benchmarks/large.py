"""With twenty million rows: does signing, or counting, cost more than in an empty table?"""

import json
import subprocess
import sys
from collections.abc import Callable
from statistics import median

import psycopg

from benchmarks.errors import Broken
from benchmarks.load import Run
from benchmarks.measures import Bench
from benchmarks.rows import Row
from benchmarks.signing import unforgiven
from benchmarks.site import ROOT, Site

Say = Callable[[str], None]

ROWS = 20_000_000
ON_ONE = 6_000_000
EMPTY, LARGE = "redress_empty", "redress_large"
# A tenth is little to tell apart: more rounds than elsewhere, and most of what is over soonest.
ROUNDS = 7
TICK_ROUNDS = 15
SIGN = "sign rate with 20 million rows / empty"
TICK = "cost of a tally tick with 20 million rows / empty"

MADE = "CREATE TABLE bench_filled (rows bigint, one bigint, migrations bigint)"
MIGRATIONS = "SELECT count(*) FROM django_migrations"
PETITION = "SELECT min(id) FROM petitions_petition WHERE id > 1000000"
SEALED = "SELECT coalesce(round(avg(octet_length(sealed))), 160)::int FROM signatures_signature"
SIZES = """
SELECT 'table', pg_relation_size('signatures_signature')
UNION ALL SELECT indexrelid::regclass::text, pg_relation_size(indexrelid)
FROM pg_index WHERE indrelid = 'signatures_signature'::regclass
"""


def unmeasured() -> list[Row]:
    """The rows that a run without ``--large`` leaves open."""
    return [_sign_row(None), _tick_row(None)]


def measure(bench: Bench, *, rows: int, one: int, say: Say) -> tuple[list[str], list[Row]]:
    """What a row takes on disk, and the two rows of the table. The large database stays for the next run."""
    site = bench.site
    sealed = site.value(SEALED)
    site.prepare(EMPTY)
    if _is_filled(site, rows, one):
        say("the large database of an earlier run is used again")
    else:
        say(f"making a database with {rows:,} rows, {one:,} of them one petition's")
        _fill(site, rows=rows, one=one, sealed=sealed)
    sizes = sizes_of(site, say)
    servers = {database: site.serve(database=database) for database in (EMPTY, LARGE)}
    petitions = {database: site.value(PETITION, database=database) for database in servers}
    signed: dict[str, list[Run]] = {EMPTY: [], LARGE: []}
    ticks: dict[str, list[float]] = {EMPTY: [], LARGE: []}
    for database, url in servers.items():
        bench.sign_at(url, database, petitions[database])
    _settle(site)
    for turn in range(ROUNDS):
        for database in _order(turn):
            signed[database].append(bench.sign_at(servers[database], database, petitions[database]))
            say(f"round {turn + 1} of {ROUNDS}  {database:14} sign {signed[database][-1].rate:7,.0f}/s")
    # What signing left to be cleaned and written would be paid for by whoever counts next.
    _settle(site)
    for turn in range(TICK_ROUNDS):
        for database in _order(turn):
            ticks[database].append(_tick(site, database, petitions[database]))
            say(f"round {turn + 1} of {TICK_ROUNDS}  {database:14} tick {ticks[database][-1]:7.1f} ms")
    return sizes, compared(signed, ticks)


def _order(turn: int) -> tuple[str, str]:
    """Who goes first changes, so that neither always follows the other's writing to disk."""
    return (EMPTY, LARGE) if turn % 2 else (LARGE, EMPTY)


def _settle(site: Site) -> None:
    for database in (EMPTY, LARGE):
        with site.connect(database) as connection:
            connection.execute("VACUUM (ANALYZE)")
            connection.execute("CHECKPOINT")


def compared(signed: dict[str, list[Run]], ticks: dict[str, list[float]]) -> list[Row]:
    """The rows: medians of what the rounds' neighbours were to each other."""
    sign = median(large.rate / empty.rate for large, empty in zip(signed[LARGE], signed[EMPTY], strict=True))
    tick = median(large / empty for large, empty in zip(ticks[LARGE], ticks[EMPTY], strict=True))
    rates = [median(run.rate for run in signed[database]) for database in (LARGE, EMPTY)]
    costs = [median(ticks[database]) for database in (LARGE, EMPTY)]
    runs = [run for found in signed.values() for run in found]
    errors = unforgiven(sum(run.errors for run in runs), sum(run.requests for run in runs))
    return [
        _sign_row(sign, f"{rates[0]:,.0f}/s against {rates[1]:,.0f}/s", errors),
        _tick_row(tick, f"{costs[0]:.1f} ms against {costs[1]:.1f} ms for 4,000 changes"),
    ]


def sizes_of(site: Site, say: Say, database: str = LARGE) -> list[str]:
    """What one row takes on disk: in the table, and in each index."""
    rows = site.value(
        "SELECT reltuples::bigint FROM pg_class WHERE relname = 'signatures_signature'", database=database
    )
    with site.connect(database) as connection:
        parts = connection.execute(SIZES).fetchall()
    whole = sum(size for _name, size in parts)
    told = ", ".join(f"{name} {size / rows:.1f}" for name, size in parts)
    lines = [f"{rows:,} rows: {whole / 2**30:.1f} GiB, {whole / rows:.0f} bytes a row ({told})"]
    for line in lines:
        say(line)
    return lines


def _is_filled(site: Site, rows: int, one: int) -> bool:
    try:
        with site.connect(LARGE) as connection:
            found = connection.execute("SELECT rows, one, migrations FROM bench_filled").fetchone()
    except psycopg.Error:
        return False
    return found == (rows, one, site.value(MIGRATIONS, database=EMPTY))


def _fill(site: Site, *, rows: int, one: int, sealed: int) -> None:
    site.prepare(LARGE)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks.fill", "--rows", str(rows), "--one", str(one)),
            *("--sealed", str(sealed)),
        ],
        cwd=ROOT,
        env=site.environment(database=LARGE),
        check=False,
    )
    if done.returncode:
        raise Broken("the large database could not be made: see the lines above")
    with site.connect(LARGE) as connection:
        connection.execute(MADE)
        connection.execute(f"INSERT INTO bench_filled SELECT {rows}, {one}, ({MIGRATIONS})")


def _tick(site: Site, database: str, petition: int) -> float:
    told = site.python("-m", "benchmarks.tick", str(petition), database=database)
    return float(median(json.loads(told.splitlines()[-1])))


def _sign_row(value: float | None, note: str = "", errors: int = 0) -> Row:
    return Row(SIGN, value, 0.90, 0.97, errors=errors, note=note)


def _tick_row(value: float | None, note: str = "") -> Row:
    return Row(TICK, value, 1.10, 1.03, rising=False, note=note)
