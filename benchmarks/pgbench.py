"""PostgreSQL alone: the same INSERT as the bare view's, by the fastest client there is."""

import re
import subprocess

from benchmarks.errors import Broken
from benchmarks.load import Run
from benchmarks.site import Site

CLIENTS = 8
INSERT = r"""\set petition random(1, 2000)
\set person random(1, 1000000000000)
INSERT INTO bench_bare (petition_id, email, name, postcode)
VALUES (:petition, :person::text || '@d1.example', 'Ann Example', 'SW1A 1AA')
ON CONFLICT (petition_id, email) DO NOTHING;
"""


def insert(site: Site, *, seconds: int) -> Run:
    """One window of prepared single-row inserts, each committed to disk. Raises Broken."""
    assert site.stack.postgresql is not None
    server = site.stack.postgresql
    done = subprocess.run(
        [
            *(str(server.binaries / "pgbench"), "--no-vacuum", "--protocol", "prepared", "--report-per-command"),
            *("--client", str(CLIENTS), "--jobs", "1", "--time", str(seconds), "--file", "-"),
            *("--host", str(server.sockets), "--username", "postgres", "redress"),
        ],
        input=INSERT,
        capture_output=True,
        text=True,
        check=False,
    )
    return parsed(done.stdout, seconds) if done.returncode == 0 else _broken(done.stderr)


def parsed(words: str, seconds: float) -> Run:
    """What pgbench says, as a window; it tells no percentiles, so its mean stands for each. Raises Broken."""
    rate = re.search(r"^tps = ([\d.]+)", words, re.M)
    mean = re.search(r"^latency average = ([\d.]+) ms", words, re.M)
    failed = re.search(r"^number of failed transactions: (\d+)", words, re.M)
    if not rate or not mean:
        return _broken(words)
    latency = float(mean[1])
    return Run(round(float(rate[1]) * seconds), seconds, int(failed[1]) if failed else 0, latency, latency, latency)


def _broken(words: str) -> Run:
    raise Broken(f"pgbench failed: {words.strip()[-300:]}")
