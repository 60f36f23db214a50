"""How long a petition stays open. Pure."""

import calendar
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings


def months_after(day: date, months: int) -> date:
    """The same day of the month, so many calendar months later; the month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def closing_time(opened_at: datetime, months: int, zone: str = "") -> datetime:
    """When a petition opened at ``opened_at`` closes, in UTC: at 24:00 of the site's time zone (``zone``, empty for
    ``settings.TIME_ZONE``) of the day ``months`` calendar months later, as on the UK Parliament's site.
    """
    place = ZoneInfo(zone or settings.TIME_ZONE)
    last_day = months_after(opened_at.astimezone(place).date(), months)
    return datetime.combine(last_day + timedelta(days=1), time.min, tzinfo=place).astimezone(ZoneInfo("UTC"))
