"""Numbers and dates as people of the active language write them."""

from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext, ngettext


def number(value: int | float | None) -> str:
    """1,234 in English, 1 234 in French; nothing for None."""
    return number_in(get_language(), value)


@lru_cache(maxsize=4096, typed=True)
def number_in(_language: str | None, value: int | float | None) -> str:
    """The same for who has asked for the active language, which the first argument must be. So with all below."""
    return "" if value is None else number_format(value, use_l10n=True, force_grouping=True)


def local_time(value: datetime) -> datetime:
    """The same moment in the site's time zone."""
    return value.astimezone(timezone.get_default_timezone())


def _local(value: date) -> date:
    return local_time(value) if isinstance(value, datetime) and value.tzinfo else value


def local_day(value: date) -> date:
    """The day on which a moment falls in the site's time zone; a plain date is one."""
    local = _local(value)
    return local.date() if isinstance(local, datetime) else local


def _day_number(language: str | None, value: date) -> str:
    # French counts the first of a month as an ordinal and all other days plainly.
    return "1er" if value.day == 1 and (language or "").startswith("fr") else str(value.day)


def day(value: date | None) -> str:
    """12 March 2026, 12 mars 2026, 1er mars 2026."""
    return day_in(get_language(), value)


def day_in(language: str | None, value: date | None) -> str:
    """The same in the active language."""
    if value is None:
        return ""
    value = _local(value)
    return _day_in(language, value.year, value.month, value.day)


@lru_cache(maxsize=4096)
def _day_in(language: str | None, year: int, month: int, number: int) -> str:
    value = date(year, month, number)
    return f"{_day_number(language, value)} {format_date(value, 'F Y')}"


def short_day(value: date | None) -> str:
    """12 Mar 2026, 12 juil. 2026."""
    if value is None:
        return ""
    language, value = get_language(), _local(value)
    # French has abbreviations of its own, in small letters: three letters of juin and juillet are the same.
    month = "N Y" if (language or "").startswith("fr") else "M Y"
    return f"{_day_number(language, value)} {format_date(value, month)}"


def moment(value: datetime | None) -> str:
    """12 March 2026, 14:05."""
    return moment_in(get_language(), value)


def moment_in(language: str | None, value: datetime | None) -> str:
    """The same in the active language."""
    if value is None:
        return ""
    value = _local(value)
    day_then = _day_in(language, value.year, value.month, value.day)
    return _moment_form(language) % {"day": day_then, "time": f"{value:%H:%M}"}


@lru_cache(maxsize=64)
def _moment_form(_language: str | None) -> str:
    return gettext("%(day)s, %(time)s")


def iso(value: date) -> str:
    """What goes into a `datetime` attribute."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def ago(value: date | None, today: date | None = None) -> str:
    """How far a day lies from today, in days: "today", "3 days ago", "in 5 days"."""
    return ago_in(get_language(), value, today)


def ago_in(language: str | None, value: date | None, today: date | None = None) -> str:
    """The same in the active language."""
    if value is None:
        return ""
    return _days_away(language, (local_day(value) - (today or local_day(timezone.now()))).days)


@lru_cache(maxsize=4096)
def _days_away(language: str | None, days: int) -> str:
    if days in {-1, 0, 1}:
        return {-1: gettext("yesterday"), 0: gettext("today"), 1: gettext("tomorrow")}[days]
    words = ngettext("in %(days)s day", "in %(days)s days", days) if days > 0 else ngettext(
        "%(days)s day ago", "%(days)s days ago", -days
    )  # fmt: skip
    return words % {"days": number_in(language, abs(days))}
