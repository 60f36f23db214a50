"""What `bin/bench pages` makes of what it saw is what it says."""

import pytest

from benchmarks import lighthouse, pages
from benchmarks.errors import Broken
from benchmarks.rows import MET, NOT_MET, STRETCH
from benchmarks.viewing import Sight


def report(**scores: float | None) -> dict:
    """A report of Lighthouse: one audit a category, whose score is the category's."""
    given = {name: scores.get(name.replace("-", "_"), 1.0) for name in lighthouse.CATEGORIES}
    return {
        "categories": {
            name: {"score": score, "auditRefs": [{"id": f"{name}-audit", "weight": 1}]} for name, score in given.items()
        },
        "audits": {f"{name}-audit": {"id": f"{name}-audit", "score": score} for name, score in given.items()},
    }


def test_the_lowest_page_decides_and_is_named_with_what_cost_it_points() -> None:
    judged = {"home": lighthouse.read(report()), "sign": lighthouse.read(report(performance=0.8))}
    performance, accessibility, *_others = pages.scores(judged)
    assert (performance.value, performance.verdict) == (80, NOT_MET)
    assert performance.note == "sign, performance-audit"
    assert (accessibility.value, accessibility.verdict) == (100, STRETCH)


def test_a_category_that_could_not_be_judged_is_no_score() -> None:
    with pytest.raises(Broken, match="seo"):
        lighthouse.read(report(seo=None))


def test_a_heavy_page_a_stranger_and_a_cookie_are_not_met() -> None:
    light = Sight(bytes=30_000, requests=4)
    heavy = Sight(bytes=60_001, requests=9, strangers={"fonts.example"}, cookies=1)
    verdicts = {row.name: row.verdict for row in pages.weights({"petition": light, "longest petition": light})}
    assert set(verdicts.values()) == {MET}
    worse = {row.name: row.verdict for row in pages.weights({"petition": light, "longest petition": heavy})}
    assert {name for name, verdict in worse.items() if verdict == NOT_MET} == {
        "longest petition: first visit",
        "petition: requests of a first visit",
        "other hosts asked, all pages",
        "cookies, all pages",
    }


def test_the_middle_paint_and_the_worst_shift_count() -> None:
    line = next(iter(pages.LINES))
    looks = {
        "home": [Sight(lcp=0.5), Sight(lcp=0.6), Sight(lcp=9.0)],
        "list": [Sight(lcp=0.7), Sight(lcp=0.7), Sight(lcp=0.7, cls=0.03)],
    }
    paint, shift = pages.paints(line, 1.2, looks)
    assert (paint.value, paint.verdict) == (0.7, MET)
    assert (shift.value, shift.verdict, shift.note) == (0.03, NOT_MET, "list")
