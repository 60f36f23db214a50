"""The geometry of pictures."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from petitions import charts

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

hours = st.dictionaries(st.integers(0, 24 * 400).map(lambda n: START + n * HOUR), st.integers(-50, 10_000), min_size=1)


@given(hours, st.integers(0, 100))
def test_bars_hold_every_signature_and_stay_in_their_frame(counts, later):
    until = START + later * HOUR
    history = charts.history(counts, until=until)
    span = max(until, max(counts) + HOUR) - min(counts)
    if span < charts.SHORTEST_HISTORY:
        assert history is None
        return
    assert history is not None
    assert history.total == sum(counts.values())
    assert len(history.bars) <= charts.MOST_BARS or history.bar_length == charts.BAR_LENGTHS[-1]
    for bar in history.bars:
        assert 0 <= bar.x < charts.WIDTH
        assert bar.x + bar.width <= charts.WIDTH + 0.1
        assert bar.y >= 0
        assert bar.height >= 0
        assert abs(bar.y + bar.height - charts.HEIGHT) < 0.11


def test_a_bar_stands_for_as_little_time_as_fits():
    assert charts.bar_length(timedelta(hours=30)) == HOUR
    assert charts.bar_length(timedelta(days=10)) == 6 * HOUR
    assert charts.bar_length(timedelta(days=40)) == timedelta(days=1)
    assert charts.bar_length(timedelta(days=182)) == timedelta(days=7)


def test_the_most_signed_region_is_darkest_and_names_break_into_lines():
    places = [
        charts.Place("Yorkshire and The Humber", row=1, column=0, count=10),
        charts.Place("London", row=2, column=1, count=100),
        charts.Place("Wales", row=2, column=0, count=0),
    ]
    drawn = charts.tile_map(places, dark_from=0.72)
    assert drawn is not None
    assert [tile.shade for tile in drawn.tiles] == [0.21, 1.0, charts.LIGHTEST]
    assert [tile.dark for tile in drawn.tiles] == [False, True, False]
    assert [line.words for line in drawn.tiles[0].lines] == ["Yorkshire", "and The", "Humber"]
    assert (drawn.width, drawn.height) == (200, 200)


def test_no_map_is_drawn_without_signatures_or_where_two_regions_share_a_tile():
    north, south = charts.Place("North", 0, 0, 5), charts.Place("South", 0, 0, 5)
    assert charts.tile_map([], dark_from=0.72) is None
    assert charts.tile_map([charts.Place("North", 0, 0, 0)], dark_from=0.72) is None
    assert charts.tile_map([north, south], dark_from=0.72) is None
    assert charts.tile_map([north], dark_from=0.72) is not None
