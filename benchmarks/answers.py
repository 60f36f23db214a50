"""Answers under load: the lists of a hundred thousand cases, staff at their desks, and everybody told."""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg

from benchmarks import desk
from benchmarks.desk import Desk
from benchmarks.errors import Broken
from benchmarks.measures import WORKER_STARTS_WITHIN
from benchmarks.rows import Row
from benchmarks.sink import Sink
from benchmarks.site import ROOT, Site
from benchmarks.tools import Tool
from benchmarks.whole import percentile

Say = Callable[[str], None]

CASES = 100_000
PEOPLE = 50
DESK_SECONDS = 600
SIGNERS = 100_000
RECIPIENTS = 4_100_000
PUBLISHED = 10
NOBODY = 9  # the port of discard, where nothing listens
LOOKS = 40  # at each page, one after the other
LARGE = "redress_large_telling"
LISTS = tuple(path for path in desk.LISTS if path != "/staff/")
DASHBOARD, TRACKER = "/staff/", "/tracker/"

OPENED = "SELECT EXISTS (SELECT FROM responses_caselink WHERE petition_id = %s)"
PAST_THE_THRESHOLD = """
INSERT INTO signatures_delta (petition_id, region_code, country_code, at, amount)
SELECT %s, '', '', now(), 1 FROM generate_series(1, 10000)
"""
NOTES = "SELECT case_id, text FROM responses_casenote"
EVERYBODY = "UPDATE signatures_signature SET notify = true WHERE NOT notify"


def measure(site: Site, smtp_sink: Tool, arguments: argparse.Namespace, *, say: Say) -> list[Row]:
    """All rows of this subject; those of ``--large`` without a figure where it is not asked for."""
    numbers = site.prepare()
    sink = Sink(site, smtp_sink)
    say(f"making {arguments.cases:,} cases")
    told = site.python("-m", "benchmarks.cases", str(arguments.cases), str(PEOPLE), shown=True)
    filled = json.loads(told.splitlines()[-1])
    url = site.serve()
    rows: list[Row] = []

    def took(*found: Row) -> None:
        rows.extend(found)
        for row in found:
            name, figure, floor, _stretch, verdict, *_more = row.cells
            say(f"{name}: {figure} (floor {floor or 'none'}) {verdict}")

    took(*pages(site, url, filled, say))
    say(f"{PEOPLE} staff at their desks, for {arguments.desk} s")
    took(desks(site, url, filled, arguments.desk))
    say("a threshold is reached")
    took(opening(site, url, int(numbers["petition"])))
    say("answers are published, with the mail server and Elasticsearch away")
    took(publishing(site))
    say(f"telling {arguments.signers:,} signers")
    took(telling(site, int(numbers["first"]), arguments.signers))
    sink.stop()
    took(enumerating(site, say) if arguments.large else _enumerated_row(None))
    return rows


def pages(site: Site, url: str, filled: dict[str, Any], say: Say) -> list[Row]:
    """Latency of lists, dashboard and tracker, one reader at a time, and how many queries each asks."""
    member = Desk(url, filled["sessions"][0])
    waits: dict[str, list[float]] = {}
    errors = 0
    for path in (*LISTS, DASHBOARD, TRACKER):
        found = [desk.timed(member, path) for _look in range(LOOKS + 1)][1:]
        waits[path] = [took * 1000 for _status, took in found]
        errors += sum(status != 200 for status, _took in found)
        say(f"{path:32} p50 {percentile(waits[path], 0.5):6.0f} ms  p95 {percentile(waits[path], 0.95):6.0f} ms")
    asked = site.python("-m", "benchmarks.queries", filled["sessions"][0], *LISTS, DASHBOARD)
    queries = json.loads(asked.splitlines()[-1])
    slowest = max(LISTS, key=lambda path: percentile(waits[path], 0.95))
    size = f"of {filled['all']:,} cases"
    return [
        Row(
            f"list {size}, p95",
            percentile(waits[slowest], 0.95),
            *(200, 100, " ms"),
            rising=False,
            errors=errors,
            note=f"the slowest of {len(LISTS)}: {slowest}",
        ),
        Row("list, queries", max(queries[:-1]), 15, rising=False),
        Row("dashboard, queries", queries[-1], 20, rising=False),
        Row(f"dashboard {size}, p95", percentile(waits[DASHBOARD], 0.95), None, 500, " ms", rising=False),
        Row(
            f"public tracker {size}, p95",
            percentile(waits[TRACKER], 0.95),
            *(None, 500, " ms"),
            rising=False,
            note="held for 2 s by each process: most readers get it at once",
        ),
    ]


def desks(site: Site, url: str, filled: dict[str, Any], seconds: int) -> Row:
    """Fifty staff at once. A note that was said to be kept and is not there is an error."""
    worked = desk.at_work(url, filled["sessions"], filled["cases"], seconds=seconds)
    with site.connect() as connection:
        kept = set(connection.execute(NOTES).fetchall())
    lost = sum(note not in kept for note in worked.notes)
    waits = [took * 1000 for took in worked.waits]
    return Row(
        f"{PEOPLE} staff at once, page p95",
        percentile(waits, 0.95) if waits else float("inf"),
        *(500, 250, " ms"),
        rising=False,
        errors=worked.refused + lost,
        note=f"{len(waits):,} pages, p50 {percentile(waits, 0.5):.0f} ms; {len(worked.notes)} notes, {lost} lost",
    )


def opening(site: Site, url: str, petition: int) -> Row:
    """From the signature that reaches a threshold to the case, by worker and beat."""
    site.work(url)
    _wait(site, "SELECT NOT EXISTS (SELECT FROM audit_unsealed)")  # the worker is at work
    site.value(PAST_THE_THRESHOLD, petition)
    began = time.perf_counter()
    _wait(site, OPENED, petition)
    took = time.perf_counter() - began
    site.rest()
    return Row("case open after its threshold", took, 5, 2, " s", rising=False)


def _wait(site: Site, until: str, *values: Any) -> None:
    deadline = time.monotonic() + WORKER_STARTS_WITHIN
    while not site.value(until, *values):
        if time.monotonic() > deadline:
            raise Broken(f"the worker does not work: {site.last_words('worker')}")
        time.sleep(0.05)


def publishing(site: Site) -> Row:
    """The desk's last act with the mail server and Elasticsearch refusing: the longest of some."""
    told = site.python(
        *("-m", "benchmarks.publishing", str(PUBLISHED)),
        EMAIL_URL=f"smtp://127.0.0.1:{NOBODY}",
        ELASTICSEARCH_URL=f"http://127.0.0.1:{NOBODY}",
    )
    took = json.loads(told.splitlines()[-1])
    note = f"the longest of {len(took)}, mail server and Elasticsearch away"
    return Row("publishing an answer", max(took), 3, 1, " s", rising=False, note=note)


def telling(site: Site, petition: int, signers: int) -> Row:
    """One process tells everybody who signed; the same mails by smtplib alone, before and after."""
    with site.connect() as connection:
        connection.execute("UPDATE mailing_mail SET state = 'dropped' WHERE state = 'queued'")
    told = site.python("-m", "benchmarks.letters", str(petition), str(signers), shown=True)
    found = json.loads(told.splitlines()[-1])
    return Row(
        f"telling {signers:,} signers / bare smtplib loop",
        found["ours"] / found["bare"],
        *(0.70, 1.0),
        errors=abs(signers - found["told"]),
        note=f"{found['ours']:,.0f}/s against {found['bare']:,.0f}/s, mails of {found['bytes']:,} bytes",
    )


def enumerating(site: Site, say: Say) -> Row:
    """Everybody of the largest petition there was: how long until each has a mail due."""
    say(f"making a petition with {RECIPIENTS:,} signers")
    first = int(site.prepare(LARGE)["petition"])
    size = str(RECIPIENTS)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.fill", "--rows", size, "--one", size],
        cwd=ROOT,
        env=site.environment(database=LARGE),
        check=False,
    )
    if done.returncode:
        raise Broken("the large petition could not be made: see the lines above")
    with site.connect(LARGE) as connection:
        connection.execute(EVERYBODY)
        connection.execute("VACUUM (ANALYZE) signatures_signature")
        connection.execute("CHECKPOINT")
    say("enumerating them")
    told = site.python("-m", "benchmarks.letters", str(first), "--enumerate", database=LARGE)
    found = json.loads(told.splitlines()[-1])
    _drop(site)
    return _enumerated_row(found["seconds"], errors=abs(RECIPIENTS - int(found["queued"])))


def _drop(site: Site) -> None:
    """Two gigabytes that no later run uses."""
    with psycopg.connect(site.url_of("postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {LARGE} WITH (FORCE)")


def _enumerated_row(seconds: float | None, *, errors: int = 0) -> Row:
    return Row(f"{RECIPIENTS:,} recipients enumerated", seconds, 300, 120, " s", rising=False, errors=errors)
