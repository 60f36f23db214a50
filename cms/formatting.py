"""Numbers and dates as people of the active language write them."""

from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext, ngettext


def number(value: int | float | None) -> str:
    """1,234 in English, 1 234 in French; nothing for None."""
    return "" if value is None else number_in(value, get_language())


@lru_cache(maxsize=4096, typed=True)
def number_in(value: int | float, language: str | None) -> str:
    """The same for who writes many and has asked for the active language, which ``language`` must be."""
    return number_format(value, use_l10n=True, force_grouping=True)


def _local(value: date) -> date:
    """The same moment in the site's time zone; plain dates stay."""
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _day_number(value: date) -> str:
    # French counts the first of a month as an ordinal and all other days plainly.
    return "1er" if value.day == 1 and (get_language() or "").startswith("fr") else str(value.day)


def day(value: date | None) -> str:
    """12 March 2026, 12 mars 2026, 1er mars 2026."""
    if value is None:
        return ""
    value = _local(value)
    return _day_in(value.year, value.month, value.day, get_language())


@lru_cache(maxsize=4096)
def _day_in(year: int, month: int, number: int, language: str | None) -> str:
    value = date(year, month, number)
    return f"{_day_number(value)} {format_date(value, 'F Y')}"


def short_day(value: date | None) -> str:
    """12 Mar 2026, 12 juil. 2026."""
    if value is None:
        return ""
    value = _local(value)
    # French has abbreviations of its own, in small letters: three letters of juin and juillet are the same.
    month = "N Y" if (get_language() or "").startswith("fr") else "M Y"
    return f"{_day_number(value)} {format_date(value, month)}"


def moment(value: datetime | None) -> str:
    """12 March 2026, 14:05."""
    if value is None:
        return ""
    value = _local(value)
    return gettext("%(day)s, %(time)s") % {"day": day(value), "time": f"{value:%H:%M}"}


def iso(value: date) -> str:
    """What goes into a `datetime` attribute."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def ago(value: date | None, today: date | None = None) -> str:
    """How far a day lies from today, in days: "today", "3 days ago", "in 5 days"."""
    if value is None:
        return ""
    local = _local(value)
    that_day = local.date() if isinstance(local, datetime) else local
    days = (that_day - (today or timezone.localdate())).days
    if days in {-1, 0, 1}:
        return {-1: gettext("yesterday"), 0: gettext("today"), 1: gettext("tomorrow")}[days]
    words = ngettext("in %(days)s day", "in %(days)s days", days) if days > 0 else ngettext(
        "%(days)s day ago", "%(days)s days ago", -days
    )  # fmt: skip
    return words % {"days": number(abs(days))}
