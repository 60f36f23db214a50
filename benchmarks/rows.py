"""The rows of the last table: one figure each, against its floor and what we should like. Pure."""

from dataclasses import dataclass

NOT_MET = "NOT MET"
MET = "met"
STRETCH = "stretch"
NEEDS_LARGE = "needs --large"


@dataclass(frozen=True)
class Row:
    """A figure with its bounds. ``value`` is None where this run could not take it.

    ``rising``: more is better and ``floor`` the least allowed; else less is better and ``floor`` the most allowed.
    A row with ``errors`` never meets its floor, whatever its figure.
    """

    name: str
    value: float | None
    floor: float | None = None
    stretch: float | None = None
    unit: str = ""
    rising: bool = True
    errors: int = 0
    note: str = ""

    @property
    def verdict(self) -> str:
        """What this figure is worth. A row without a floor can't fail."""
        if self.value is None:
            return NEEDS_LARGE
        if self.floor is not None and (self.errors or not self._reaches(self.floor)):
            return NOT_MET
        if self.floor is None and self.stretch is not None and not self._reaches(self.stretch):
            return ""
        if self.floor is None and self.stretch is None:
            return ""
        return STRETCH if self.stretch is not None and self._reaches(self.stretch) else MET

    def _reaches(self, bound: float) -> bool:
        return self.value is not None and (self.value >= bound if self.rising else self.value <= bound)

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as words."""
        sign = "" if self.rising else "<= "
        return (
            self.name,
            "-" if self.value is None else number(self.value) + self.unit,
            "" if self.floor is None else f"{sign}{number(self.floor)}{self.unit}",
            "" if self.stretch is None else f"{sign}{number(self.stretch)}{self.unit}",
            self.verdict,
            str(self.errors) if self.errors else "",
            self.note,
        )


HEAD = ("measure", "figure", "floor", "stretch", "", "errors", "")


def status(rows: list[Row]) -> int:
    """The exit status: 1 when a row is below its floor, else 0. A row that needs another run does not count."""
    return int(any(row.verdict == NOT_MET for row in rows))


def number(value: float) -> str:
    """A figure with as many digits as mean something."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}".rstrip("0").rstrip(".") if value else "0"


def table(head: tuple[str, ...], lines: list[tuple[str, ...]]) -> str:
    """A table as Markdown, its columns as wide as they need; the first to the left, figures to the right."""
    rows = [head, *lines]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    texts = [place in (0, len(head) - 1) for place in range(len(head))]

    def line(row: tuple[str, ...]) -> str:
        cells = (
            cell.ljust(width) if is_text else cell.rjust(width)
            for cell, width, is_text in zip(row, widths, texts, strict=True)
        )
        return f"| {' | '.join(cells)} |"

    rule = (
        "-" * max(3, width) if is_text else "-" * max(2, width - 1) + ":"
        for width, is_text in zip(widths, texts, strict=True)
    )
    return "\n".join((line(head), f"|-{'-|-'.join(rule)}-|", *(line(row) for row in lines)))
