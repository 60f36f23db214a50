"""The geometry of the pictures on a petition's page. Pure: templates draw what is worked out here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SHORTEST_HISTORY = timedelta(hours=24)
# A bar stands for the first of these that needs no more bars than fit on a phone.
BAR_LENGTHS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7), timedelta(days=28))
MOST_BARS = 60

WIDTH = 600
HEIGHT = 160
TILE = 100
LIGHTEST = 0.12
LINE_HEIGHT = 19
LINE_LENGTH = 10


@dataclass(frozen=True)
class Bar:
    """New signatures of one span of time; the box it is drawn as, from the upper left corner."""

    begins: datetime
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class History:
    """New signatures over time as bars of equal length."""

    begins: datetime
    ends: datetime
    bar_length: timedelta
    bars: tuple[Bar, ...]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def unit(self) -> str:
        """What one bar stands for: hour, hours, day, week or weeks."""
        names = dict(zip(BAR_LENGTHS, ("hour", "hours", "day", "week", "weeks"), strict=True))
        return names[self.bar_length]

    @property
    def highest(self) -> Bar:
        return max(self.bars, key=lambda bar: bar.count)

    @property
    def total(self) -> int:
        return sum(bar.count for bar in self.bars)


def bar_length(span: timedelta) -> timedelta:
    """How much time one bar stands for, so that a history of this length fits."""
    return next((length for length in BAR_LENGTHS if span <= length * MOST_BARS), BAR_LENGTHS[-1])


def history(hours: Mapping[datetime, int], *, until: datetime) -> History | None:
    """New signatures by hour, as bars from the first hour to ``until``; None for less than 24 hours of history.
    ``hours`` holds at least one.

    Bars never reach below the line: an hour in which more were taken back than given stands as nothing.
    """
    begins, ends = min(hours), max(until, max(hours) + timedelta(hours=1))
    if ends - begins < SHORTEST_HISTORY:
        return None
    length = bar_length(ends - begins)
    counts = [0] * -((begins - ends) // length)
    for hour, count in hours.items():
        counts[(hour - begins) // length] += count
    most = max(max(counts), 1)
    step = WIDTH / len(counts)
    gap = min(2.0, step / 4)
    bars = []
    for number, count in enumerate(counts):
        height = round(HEIGHT * max(count, 0) / most, 1)
        bars.append(
            Bar(
                begins=begins + number * length,
                count=count,
                x=round(number * step, 2),
                y=round(HEIGHT - height, 1),
                width=round(step - gap, 2),
                height=height,
            )
        )
    return History(begins=begins, ends=ends, bar_length=length, bars=tuple(bars))


@dataclass(frozen=True)
class Place:
    """A region to draw: its name, its tile in the grid, and what was counted there."""

    name: str
    row: int
    column: int
    count: int


@dataclass(frozen=True)
class Line:
    """A piece of text, so far below the upper edge of its tile."""

    words: str
    below: int


@dataclass(frozen=True)
class Tile:
    name: str
    count: int
    x: int
    y: int
    shade: float  # 0 to 1
    dark: bool  # whether text on it must be white

    @property
    def lines(self) -> tuple[Line, ...]:
        """The name in at most three short lines."""
        lines: list[str] = []
        for word in self.name.split():
            if lines and len(lines[-1]) + len(word) < LINE_LENGTH:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        return tuple(Line(words, LINE_HEIGHT * number) for number, words in enumerate(lines[:3], start=1))


@dataclass(frozen=True)
class TileMap:
    tiles: tuple[Tile, ...]
    width: int
    height: int


def tile_map(places: Iterable[Place], *, dark_from: float) -> TileMap | None:
    """Regions as a grid of tiles, the darker the more signatures; from the shade ``dark_from`` with white text.

    None where none has a signature, or where two share a tile: the grid was not laid for them.
    """
    drawn: Sequence[Place] = list(places)
    most = max((place.count for place in drawn), default=0)
    if most <= 0 or len({(place.row, place.column) for place in drawn}) < len(drawn):
        return None
    top = min(place.row for place in drawn)
    left = min(place.column for place in drawn)
    shaded = [(place, round(LIGHTEST + (1 - LIGHTEST) * max(place.count, 0) / most, 2)) for place in drawn]
    tiles = tuple(
        Tile(
            name=place.name,
            count=place.count,
            x=(place.column - left) * TILE,
            y=(place.row - top) * TILE,
            shade=shade,
            dark=shade >= dark_from,
        )
        for place, shade in shaded
    )
    return TileMap(
        tiles=tiles,
        width=max(tile.x for tile in tiles) + TILE,
        height=max(tile.y for tile in tiles) + TILE,
    )
