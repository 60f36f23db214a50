"""How values stand in the JSON: as the UK Parliament's petitions API writes them. Pure."""

from datetime import UTC, date, datetime


def moment(value: datetime | None) -> str | None:
    """UTC with three decimals: 2019-02-20T10:25:02.393Z. Parts of a millisecond are cut off, never rounded up."""
    if value is None:
        return None
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(value: date | None) -> str | None:
    """2019-04-01."""
    return value.isoformat() if value else None


def text(value: str | None) -> str | None:
    """An empty text is null."""
    return value or None
