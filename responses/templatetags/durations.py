"""Lengths of time as staff read them."""

from datetime import timedelta

from django import template
from django.utils.translation import ngettext

from cms.formatting import number

register = template.Library()


@register.filter
def in_days(length: timedelta | None) -> str:
    """Whole days, and tenths below ten; a dash where there is nothing to tell."""
    if length is None:
        return "–"
    days = max(length.total_seconds(), 0) / 86_400
    if days >= 10:
        return ngettext("%(days)s day", "%(days)s days", round(days)) % {"days": number(round(days))}
    tenths = round(days, 1)
    return ngettext("%(days)s day", "%(days)s days", 1 if tenths == 1 else 2) % {"days": f"{tenths:g}"}
