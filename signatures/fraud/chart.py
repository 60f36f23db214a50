"""Signatures over time as bars: what happened to them, stacked. Pure: the template draws what is worked out here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

WIDTH = 720
HEIGHT = 160
STANDINGS = ("counted", "waiting", "aside")


@dataclass(frozen=True)
class Piece:
    """A part of a bar, from its upper left corner."""

    standing: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Bar:
    """The signatures handed in within one span of time."""

    begins: datetime
    counted: int
    waiting: int
    aside: int
    pieces: tuple[Piece, ...]

    @property
    def total(self) -> int:
        return self.counted + self.waiting + self.aside


@dataclass(frozen=True)
class Chart:
    """Bars from ``begins`` to ``ends``, each for ``span``."""

    begins: datetime
    ends: datetime
    span: timedelta
    bars: tuple[Bar, ...]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def highest(self) -> Bar:
        return max(self.bars, key=lambda bar: bar.total)

    @property
    def total(self) -> int:
        return sum(bar.total for bar in self.bars)

    @property
    def filled(self) -> list[Bar]:
        """The bars with any signature, newest first."""
        return [bar for bar in reversed(self.bars) if bar.total]


def chart(counts: Iterable[tuple[int, int, int, int]], *, begins: datetime, span: timedelta, bars: int) -> Chart:
    """The picture of ``counts``: number of the bar, then counted, waiting for their owner, and set aside."""
    numbers = {number: parts for number, *parts in counts}
    most = max((sum(parts) for parts in numbers.values()), default=0) or 1
    step = WIDTH / bars
    made = []
    for number in range(bars):
        parts = numbers.get(number, [0, 0, 0])
        pieces, below = [], float(HEIGHT)
        for standing, count in zip(STANDINGS, parts, strict=True):
            if count:
                height = HEIGHT * count / most
                below -= height
                pieces.append(
                    Piece(standing, round(number * step, 2), round(below, 2), round(step - 1, 2), round(height, 2))
                )
        made.append(Bar(begins + number * span, *parts, pieces=tuple(pieces)))
    return Chart(begins=begins, ends=begins + bars * span, span=span, bars=tuple(made))
