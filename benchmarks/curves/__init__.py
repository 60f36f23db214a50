"""When people really came: the published counts of two petitions over time, made into arrivals. Pure.

131215: every five minutes of 25 June 2016, six hours at the highest steady rate ever published. 241584: 20 March 2019,
16:46, to the next morning, 08:26, two rises; after that its page failed and its counts say nothing of arrivals.
"""

import csv
import random
from datetime import datetime
from itertools import pairwise
from pathlib import Path

HERE = Path(__file__).parent
DEMO = HERE.parents[1] / "demo"
Points = list[tuple[float, int]]


def curve_131215() -> Points:
    """Seconds and signatures since the first observation."""
    return _read(HERE / "uk_131215.csv", "observed_at", first="", last="9")


def curve_241584() -> Points:
    """The same, of the hours before the site failed."""
    return _read(DEMO / "uk_counts_over_time.csv", "observed_at", first="2019-03-20T16:46", last="2019-03-21T08:25:59")


def _read(path: Path, time: str, *, first: str, last: str) -> Points:
    with path.open() as file:
        rows = [
            (datetime.fromisoformat(row[time].replace("Z", "+00:00")).timestamp(), int(row["signature_count"]))
            for row in csv.DictReader(file)
            if first <= row[time] <= last
        ]
    began, base = rows[0]
    return [(at - began, count - base) for at, count in rows]


def peak(points: Points, *, least: float = 60.0) -> float:
    """The highest rate a second between two observations at least so many seconds apart."""
    return max((b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(points) if b[0] - a[0] >= least)


def arrivals(points: Points, *, seconds: float, highest: float, seed: int = 1) -> list[float]:
    """When each person comes, in seconds from now: the curve's shape in ``seconds``, ``highest`` a second at its peak.

    Between two observations people come independently of each other, at the rate observed.
    """
    chance = random.Random(seed)
    faster = points[-1][0] / seconds
    kept = highest / (peak(points) * faster)
    times: list[float] = []
    due = chance.expovariate(1.0)
    for (began, before), (ended, after) in pairwise(points):
        share = (after - before) * kept
        while share > 0 and due <= share:
            at = began + (ended - began) * due / share
            times.append(at / faster)
            due += chance.expovariate(1.0)
        due -= max(share, 0.0)
    return times
