"""Which petition an address means, and what may be seen of it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from cms.formatting import local_day
from petitions.models import Petition
from petitions.visibility import Visibility, visibility
from petitions.whole import Whole, wholes

LONGEST_NUMBER = 18

Seen = tuple[Whole | None, Visibility]


def last_day(moment: datetime | None) -> date | None:
    """The last day before a deadline: closing at 24:00 of the 5th is stored as the first instant of the 6th."""
    return local_day(moment - timedelta(microseconds=1)) if moment else None


def by_number(number: int | str) -> tuple[Petition | None, Visibility]:
    """The petition of this number and what may be seen of it; (None, ABSENT) for a number that stands for nothing."""
    digits = str(number)
    if not (digits.isascii() and digits.isdigit()) or len(digits) > LONGEST_NUMBER:
        return None, Visibility.ABSENT
    petition = Petition.objects.filter(pk=int(digits)).first()
    return petition, _seen(petition)


def whole_by_number(number: int) -> Seen:
    """The same with all that ``details.detail`` needs, in one statement."""
    return wholes_by_number([number])[number]


def wholes_by_number(numbers: Sequence[int]) -> dict[int, Seen]:
    """The same for each of the numbers, in one statement for all."""
    found = wholes(numbers)
    return {number: (whole := found.get(number), _seen(whole.petition if whole else None)) for number in numbers}


def _seen(petition: Petition | None) -> Visibility:
    if petition is None:
        return Visibility.ABSENT
    return visibility(state=petition.state, opened=petition.was_opened)
