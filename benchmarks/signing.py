"""`bin/bench signing`: which windows are taken in which order, and the rows that are made of them."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

from benchmarks import curves
from benchmarks.load import Run
from benchmarks.measures import Bench
from benchmarks.rows import Row
from benchmarks.sink import Sink
from benchmarks.tools import Tool
from benchmarks.whole import Crowd, Seen, percentile

Say = Callable[[str], None]

# In this order, so that neighbours in time are what is compared; mail and confirmation use what was signed before.
WINDOWS = ("empty", "page", "page_uncached", "page_checked", "insert", "sign", "mail", "confirm", "peer", "raw")
# What is asked of a server that has just started says how it starts.
WARMED = ("empty", "page", "page_uncached", "page_checked", "insert", "sign", "confirm", "peer")
LOOP_SECONDS = 300
LOOP_WARMS_UP = 15
REPLAY_SECONDS = 120
# A replay's peak, as a share of what the whole loop sustained: a site is not to live at its limit.
REPLAY_SHARE = 0.8
STRETCH_LOOP = 400  # a second: ten times the highest rate ever published
FORGIVEN = 0.001  # of all answers may be "busy, try again"
STRONG_MACHINE = 4000  # empty answers a second from which on absolute figures hold; below they are scaled by it


@dataclass
class Taken:
    """The windows of a run, by name, in the order of the rounds."""

    windows: dict[str, list[Run]]

    def rate(self, name: str) -> float:
        """The median rate of a window; 0 when none was taken."""
        runs = self.windows.get(name, [])
        return median(run.rate for run in runs) if runs else 0.0

    def ratio(self, name: str, other: str) -> float | None:
        """The median over the rounds of one rate divided by the other of the same round."""
        pairs = zip(self.windows.get(name, []), self.windows.get(other, []), strict=False)
        ratios = [one.rate / two.rate for one, two in pairs if two.rate]
        return median(ratios) if ratios else None

    def errors(self, name: str) -> int:
        """All errors of all windows of this name."""
        return sum(run.errors for run in self.windows.get(name, []))

    def failures(self, name: str) -> int:
        """The same, unless they are too few to matter."""
        return unforgiven(self.errors(name), sum(run.requests for run in self.windows.get(name, [])))

    def lines(self) -> list[tuple[str, ...]]:
        """One line of the first table for each window: medians of the rounds."""
        return [
            (
                name,
                f"{self.rate(name):,.0f}",
                f"{min(run.rate for run in runs):,.0f}-{max(run.rate for run in runs):,.0f}",
                *(_milliseconds(median(getattr(run, part) for run in runs)) for part in ("p50", "p95", "p99")),
                str(self.errors(name)),
            )
            for name, runs in self.windows.items()
        ]


WINDOW_HEAD = ("window", "a second", "lowest-highest", "p50 ms", "p95 ms", "p99 ms", "errors")


def rounds(bench: Bench, names: Iterable[str], *, times: int, say: Say) -> Taken:
    """Take every window in turn, and all of them so many times."""
    taken = Taken({name: [] for name in names})
    bench.warm_up(name for name in taken.windows if name in WARMED)
    for turn in range(times):
        for name, runs in taken.windows.items():
            runs.append(getattr(bench, name)())
            say(f"round {turn + 1} of {times}  {name:14} {runs[-1].rate:9,.0f}/s  errors {runs[-1].errors}")
    return taken


def loop(bench: Bench, smtp_sink: Tool, *, seconds: float, say: Say, arrivals: list[float] | None = None) -> Seen:
    """The whole loop with every process running, people coming until the time is over."""
    bench.clear_mail()
    bench.site.forget_limits()
    bench.site.stop("smtp-sink")
    sink = Sink(bench.site, smtp_sink, keep=True)
    bench.site.work(bench.web)
    bench.wait_for_worker()
    crowd = Crowd(
        url=bench.web, petition=bench.petition, sink=sink, word=bench.word, first=bench.more_people(1_000_000)
    )
    try:
        seen = asyncio.run(crowd.run(seconds=seconds, arrivals=arrivals))
    finally:
        bench.site.rest()
        sink.stop()
    say(f"  {seen.signed:,} signed, {len(seen.confirmed):,} confirmed, {seen.counted:,} counted; {told(seen)}")
    return seen


def failures(seen: Seen) -> int:
    """Errors that a row can't be met with: everybody lost, and refusals where they are more than one in a thousand."""
    return seen.lost + unforgiven(seen.errors, seen.signed + len(seen.confirmed))


def unforgiven(errors: int, answers: int) -> int:
    """The errors of so many answers; none where they are no more than one in a thousand."""
    return errors if errors > answers * FORGIVEN else 0


def told(seen: Seen) -> str:
    """What was refused, and how often, as words."""
    return ", ".join(f"{what}: {number}" for what, number in seen.refusals.most_common()) or "nothing refused"


def throughput_rows(taken: Taken) -> list[Row]:
    """The rows that need nothing but windows."""
    return [
        Row(
            "accepted sign POSTs / bare INSERT view",
            taken.ratio("sign", "insert"),
            0.65,
            1.0,
            errors=taken.failures("sign"),
            note=f"{taken.rate('sign'):,.0f}/s against {taken.rate('insert'):,.0f}/s",
        ),
        Row(
            "accepted sign POSTs / appel-crises 0.0.37",
            taken.ratio("sign", "peer"),
            2.0,
            errors=taken.failures("sign"),
            note=f"against {taken.rate('peer'):,.0f}/s",
        ),
        Row(
            "petition page, made anew / empty view",
            taken.ratio("page_uncached", "empty"),
            0.10,
            0.2,
            errors=taken.failures("page_uncached"),
            note=f"{taken.rate('page_uncached'):,.0f}/s against {taken.rate('empty'):,.0f}/s; where it is only asked "
            f"whether it changed: {taken.rate('page_checked'):,.0f}/s",
        ),
        Row(
            "petition page, cached / empty view",
            taken.ratio("page", "empty"),
            0.7,
            0.9,
            errors=taken.failures("page"),
            note=f"{taken.rate('page'):,.0f}/s",
        ),
    ]


def loop_rows(taken: Taken, seen: Seen) -> list[Row]:
    """What the whole loop sustained, and how soon a confirmation stood in the count meanwhile."""
    alone = [taken.rate(name) for name in ("sign", "mail", "confirm")]
    bound = 1 / sum(1 / rate for rate in alone) if all(alone) else 0.0
    rate = seen.rate(after=LOOP_WARMS_UP)
    waits = seen.visible_after()
    scale = min(1.0, taken.rate("empty") / STRONG_MACHINE)
    errors = failures(seen)
    refused = f"; {told(seen)}" if seen.errors else ""
    return [
        Row(
            "whole loop / 1/(1/sign + 1/mail + 1/confirm)",
            rate / bound if bound else float("nan"),
            0.6,
            errors=errors,
            note=f"{rate:,.0f}/s of {bound:,.0f}/s; alone: sign {alone[0]:,.0f}, mail {alone[1]:,.0f}, "
            f"confirm {alone[2]:,.0f}{refused}",
        ),
        Row(
            "whole loop, counted signatures a second",
            rate,
            stretch=STRETCH_LOOP * scale,
            unit="/s",
            errors=errors,
            note=f"sign {waits_of(seen.sign_waits)}; confirm {waits_of(seen.confirm_waits)}",
        ),
        visible_row("count visible after confirmation, in the loop", waits, errors),
    ]


def visible_row(name: str, waits: list[float], errors: int) -> Row:
    """How long until the public count had a confirmation: the 99th of a hundred."""
    worst = max(waits, default=0.0)
    middle = percentile(waits, 0.5)
    return Row(
        name,
        percentile(waits, 0.99) if waits else float("inf"),
        5.0,
        2.0,
        " s",
        rising=False,
        errors=errors,
        note=f"p50 {middle:.1f} s, p95 {percentile(waits, 0.95):.1f} s, longest {worst:.1f} s",
    )


def replay_rows(bench: Bench, smtp_sink: Tool, *, rate: float, seconds: float, say: Say) -> list[Row]:
    """Both curves, one after the other, their peak at a share of what the loop sustained."""
    rows = []
    for name, points in (("131215", curves.curve_131215()), ("241584", curves.curve_241584())):
        highest = rate * REPLAY_SHARE
        arrivals = curves.arrivals(points, seconds=seconds, highest=highest)
        say(f"replay of {name}: {len(arrivals):,} people in {seconds:.0f} s, {highest:,.0f}/s at the peak")
        seen = loop(bench, smtp_sink, seconds=seconds, say=say, arrivals=arrivals)
        row = visible_row(f"replay of {name}: count visible", seen.visible_after(), failures(seen))
        faster, real = points[-1][0] / seconds, curves.peak(points)
        told = f"{faster:,.0f} times as fast, peak {highest:,.0f}/s ({highest / real:.1f} of the real one)"
        rows.append(Row(**{**vars(row), "note": f"{told}; sign {waits_of(seen.sign_waits)}; {row.note}"}))
    return rows


def waits_of(waits: list[float]) -> str:
    """Percentiles of seconds, told in milliseconds."""
    p50, p95, p99 = (percentile(waits, share) * 1000 for share in (0.5, 0.95, 0.99))
    return f"p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f} ms"


def _milliseconds(value: float) -> str:
    return f"{value:.1f}" if value else "-"
