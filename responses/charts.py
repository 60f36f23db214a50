"""Geometry of the tracker's chart: what a month brought, as bars. Pure."""

from dataclasses import dataclass
from datetime import date

from responses.performance import MonthRecord

WIDTH, HEIGHT = 600, 160
MONTHS = 24
GAP = 0.25  # of a month's width, between it and the next


@dataclass(frozen=True)
class Bar:
    """A rectangle in the units of the drawing, standing on its lower edge."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """Two bars a month, promised and answered, of at most the last 24 months."""

    months: list[MonthRecord]
    promised: list[Bar]
    answered: list[Bar]
    highest: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def begins(self) -> date:
        return self.months[0].begins

    @property
    def ends(self) -> date:
        return self.months[-1].begins

    @property
    def promised_in_all(self) -> int:
        return sum(month.promised for month in self.months)

    @property
    def answered_in_all(self) -> int:
        return sum(month.answered for month in self.months)

    @property
    def newest_first(self) -> list[MonthRecord]:
        return self.months[::-1]


def chart(months: list[MonthRecord]) -> Chart | None:
    """The chart of the newest months; None when there is nothing to draw."""
    shown = months[-MONTHS:]
    highest = max((max(month.promised, month.answered) for month in shown), default=0)
    if highest == 0:
        return None
    slot = WIDTH / len(shown)
    width = slot * (1 - GAP) / 2

    def bars(values: list[int], offset: float) -> list[Bar]:
        heights = (round((HEIGHT - 1) * value / highest, 1) for value in values)
        return [
            Bar(round(place * slot + offset, 2), round(HEIGHT - height, 1), round(width, 2), height)
            for place, height in enumerate(heights)
            if height
        ]

    return Chart(
        months=shown,
        promised=bars([month.promised for month in shown], slot * GAP / 2),
        answered=bars([month.answered for month in shown], slot * GAP / 2 + width),
        highest=highest,
    )
