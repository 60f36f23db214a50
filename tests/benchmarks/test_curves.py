"""Arrivals are the published curves, only faster."""

import pytest

from benchmarks import curves


def test_the_curves_are_those_of_the_record_night() -> None:
    steady, rising = curves.curve_131215(), curves.curve_241584()
    assert steady[-1][1] == 2_370_513 - 1_600_606
    assert curves.peak(steady) == pytest.approx(53.8, abs=0.1)
    assert rising[-1][0] < 16 * 3600
    assert 30 < curves.peak(rising) < 40


@pytest.mark.parametrize("points", [curves.curve_131215(), curves.curve_241584()])
def test_arrivals_keep_the_shape_and_the_peak(points: curves.Points) -> None:
    times = curves.arrivals(points, seconds=100, highest=200)
    assert times == sorted(times)
    assert times[0] >= 0
    assert times[-1] <= 100
    # As many in each half as the curve has there.
    middle = points[-1][0] / 2
    share = max(count for at, count in points if at <= middle) / points[-1][1]
    assert sum(at <= 50 for at in times) / len(times) == pytest.approx(share, abs=0.1)
    busiest = max(sum(second <= at < second + 1 for at in times) for second in range(100))
    assert 100 < busiest < 300


def test_the_same_people_come_every_time() -> None:
    points = curves.curve_131215()
    assert curves.arrivals(points, seconds=10, highest=50) == curves.arrivals(points, seconds=10, highest=50)
