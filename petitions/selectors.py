"""Which petition an address means, and what may be seen of it."""

from datetime import date, datetime, timedelta

from cms.formatting import local_day
from petitions.models import Petition
from petitions.visibility import Visibility, visibility
from petitions.whole import Whole, whole

LONGEST_NUMBER = 18


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


def whole_by_number(number: int) -> tuple[Whole | None, Visibility]:
    """The same with all that ``details.detail`` needs, in one statement."""
    found = whole(number)
    return found, _seen(found.petition if found else None)


def _seen(petition: Petition | None) -> Visibility:
    if petition is None:
        return Visibility.ABSENT
    return visibility(state=petition.state, opened=petition.was_opened)
