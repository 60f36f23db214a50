"""From windows and what a crowd saw to rows."""

import pytest

from benchmarks import large, signing
from benchmarks.load import Run, parsed
from benchmarks.measures import stored
from benchmarks.pgbench import parsed as parsed_pgbench
from benchmarks.rows import MET, NEEDS_LARGE, NOT_MET, STRETCH, Row
from benchmarks.signing import Taken
from benchmarks.whole import Seen, percentile


def run_at(rate: float, errors: int = 0) -> Run:
    return Run(round(rate * 10), 10.0, errors, 1.0, 2.0, 3.0)


def taken(**rates: list[float]) -> Taken:
    return Taken({name: [run_at(rate) for rate in found] for name, found in rates.items()})


def verdicts(rows: list[Row]) -> list[str]:
    return [row.verdict for row in rows]


def test_a_ratio_is_taken_within_each_round_and_the_middle_one_counts() -> None:
    # The machine is twice as slow in the third round: each round's ratio still says the same.
    windows = taken(sign=[700, 700, 350, 10], insert=[1000, 1000, 500, 1000])
    assert windows.ratio("sign", "insert") == pytest.approx(0.7)


def test_a_ratio_to_what_was_not_taken_is_none() -> None:
    assert taken(sign=[700]).ratio("sign", "insert") is None


def test_the_floors_of_the_windows_are_those_of_the_table() -> None:
    good = taken(sign=[650], insert=[1000], peer=[325], page_uncached=[400], page=[2800], empty=[4000])
    assert verdicts(signing.throughput_rows(good)) == [MET] * 4
    best = taken(sign=[1000], insert=[1000], peer=[100], page_uncached=[800], page=[3600], empty=[4000])
    assert verdicts(signing.throughput_rows(best)) == [STRETCH, MET, STRETCH, STRETCH]
    bad = taken(sign=[640], insert=[1000], peer=[325], page_uncached=[390], page=[2700], empty=[4000])
    assert verdicts(signing.throughput_rows(bad)) == [NOT_MET] * 4


def seen_at(rate: int, *, seconds: int = 100, delay: float = 1.0) -> Seen:
    """A steady loop in which every confirmation is counted ``delay`` seconds later."""
    confirmed = [place / rate for place in range(1, seconds * rate + 1)]
    counts = [(second + delay, second * rate) for second in range(seconds + 1)]
    return Seen(seconds=seconds, signed=len(confirmed), confirmed=confirmed, counts=counts)


def test_the_loop_is_compared_with_what_its_parts_do_alone() -> None:
    alone = taken(sign=[600], mail=[600], confirm=[600], empty=[8000])  # together 200 a second
    loop, absolute, visible = signing.loop_rows(alone, seen_at(120))
    assert loop.value == pytest.approx(0.6, rel=0.01)
    assert loop.verdict in (MET, NOT_MET)
    assert absolute.value == pytest.approx(120, rel=0.01)
    assert absolute.stretch == 400
    assert visible.verdict == STRETCH
    assert signing.loop_rows(alone, seen_at(100))[0].verdict == NOT_MET


def test_an_absolute_figure_is_scaled_on_a_weak_machine() -> None:
    weak = taken(sign=[600], mail=[600], confirm=[600], empty=[1000])
    assert signing.loop_rows(weak, seen_at(120))[1].stretch == 100


def test_a_refusal_in_a_thousand_is_forgiven_and_two_are_not() -> None:
    assert signing.unforgiven(1, 1000) == 0
    assert signing.unforgiven(2, 1000) == 2
    assert signing.unforgiven(0, 0) == 0


def test_one_signature_too_few_in_the_count_fails_the_loop() -> None:
    alone = taken(sign=[600], mail=[600], confirm=[600], empty=[8000])
    seen = seen_at(200)
    seen.signed += 1
    assert seen.lost == 1
    assert NOT_MET in verdicts(signing.loop_rows(alone, seen))


def test_one_signature_too_many_in_the_count_fails_the_loop() -> None:
    seen = seen_at(200)
    seen.counts.append((seen.seconds + 5, seen.counted + 1))
    assert seen.lost == 1


def test_a_confirmation_is_visible_with_the_first_count_that_has_it() -> None:
    seen = Seen(seconds=10, signed=3, confirmed=[1.0, 2.0, 3.0], counts=[(1.5, 0), (2.5, 1), (4.0, 3)])
    assert seen.visible_after() == pytest.approx([1.5, 2.0, 1.0])


def test_nothing_visible_is_not_met() -> None:
    assert signing.visible_row("count", [], 0).verdict == NOT_MET


def test_percentiles_of_waits() -> None:
    waits = [float(number) for number in range(1, 101)]
    assert percentile(waits, 0.5) == 51
    assert percentile(waits, 0.99) == 100
    assert percentile([], 0.99) == 0


def test_an_answer_that_left_no_row_is_an_error() -> None:
    window = run_at(100)
    assert stored(window, 990).errors == 10
    assert stored(window, 990).rate == pytest.approx(99)
    # What was under way when the window ended left a row without an answer.
    assert stored(window, 1005) == window


def test_what_wrk_tells_is_read() -> None:
    run = parsed("BENCH 5000 2500000 1 2 1500 20000 30000")
    assert run.rate == 2000
    assert run.errors == 3
    assert (run.p50, run.p95, run.p99) == (1.5, 20.0, 30.0)


def test_what_pgbench_tells_is_read() -> None:
    words = (
        "number of failed transactions: 3 (0.001%)\nlatency average = 0.580 ms\n"
        "tps = 13773.1 (without initial connection time)\n"
    )
    run = parsed_pgbench(words, 4)
    assert run.rate == pytest.approx(13773, abs=1)
    assert run.errors == 3


def test_twenty_million_rows_may_cost_a_tenth() -> None:
    def rows(sign: float, tick: float) -> list[str]:
        signed = {large.LARGE: [run_at(sign)] * 3, large.EMPTY: [run_at(1000)] * 3}
        return verdicts(large.compared(signed, {large.LARGE: [tick] * 3, large.EMPTY: [100.0] * 3}))

    assert rows(900, 110) == [MET, MET]
    assert rows(990, 101) == [STRETCH, STRETCH]
    assert rows(890, 111) == [NOT_MET, NOT_MET]
    assert verdicts(large.unmeasured()) == [NEEDS_LARGE, NEEDS_LARGE]
