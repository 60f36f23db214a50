"""How the day comes about by which an answer is due, in words that everybody can check."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.formatting import day, number


def explained(counting: Mapping[str, Any]) -> list[str]:
    """The arithmetic of ``PublicCase.counting`` as sentences in the language of the moment; none without a clock."""
    if not counting:
        return []
    first = ngettext(
        "%(number)s working day after %(start)s, on which the answer was promised.",
        "%(number)s working days after %(start)s, on which the answer was promised.",
        counting["allowed"],
    )
    start = day(date.fromisoformat(counting["start"]))
    sentences = [first % {"number": number(counting["allowed"]), "start": start}]
    if days := counting["extended"]:
        granted = ngettext(
            "%(number)s working day more was granted.", "%(number)s working days more were granted.", days
        )
        sentences.append(granted % {"number": number(days)})
    if days := counting["paused"]:
        added = ngettext(
            "%(number)s working day on which the clock stood still was added.",
            "%(number)s working days on which the clock stood still were added.",
            days,
        )
        sentences.append(added % {"number": number(days)})
    return [*sentences, _left_out(counting["holidays"])]


def _left_out(holidays: list[str]) -> str:
    if not holidays:
        return _("Weekends do not count.")
    days = ", ".join(day(date.fromisoformat(one)) for one in holidays)
    return _("Weekends and public holidays do not count: %(days)s.") % {"days": days}
