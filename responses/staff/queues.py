"""The queues of staff: one table, by which numbers are counted and by which the list behind each number is made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import allowed
from responses.models import Contribution
from responses.models.case import PAUSED, CaseState
from responses.staff.act import ASSIGN

WEEK = timedelta(days=7)
# The next step is somebody else's: a reviewer's, the desk's, an office's that was asked; or the clock stands still.
WITH_OTHERS = (CaseState.REVIEW, CaseState.APPROVED, CaseState.SCHEDULED)


def with_others() -> Q:
    asked = Contribution.objects.waiting().filter(case=OuterRef("pk"))
    return Q(state__in=WITH_OTHERS) | Q(paused_at__isnull=False) | Q(Exists(asked))


def within_a_week(today: date) -> Q:
    return Q(due_on__gte=today, due_on__lte=today + WEEK)


def late(today: date) -> Q:
    return Q(due_on__lt=today)


def in_nobodys_hands() -> Q:
    return Q(department=None) | Q(state=CaseState.NEW)


@dataclass(frozen=True)
class Queue:
    """Owed cases that belong together: ``which`` says which, for a reader and a day."""

    name: str
    label: str | Promise
    which: Callable[[User, date], Q]


MINE = (
    Queue("due", _("Mine, due within a week"), lambda user, today: Q(owner=user) & within_a_week(today)),
    Queue("overdue", _("Mine, overdue"), lambda user, today: Q(owner=user) & late(today)),
    Queue("waiting", _("Mine, waiting on others"), lambda user, _today: Q(owner=user) & with_others()),
    Queue("mine", _("Mine, all that are owed"), lambda user, _today: Q(owner=user)),
)
COORDINATOR = Queue("coordinator", _("Coordinator’s queue"), lambda _user, _today: in_nobodys_hands())
QUEUES = {queue.name: queue for queue in (*MINE, COORDINATOR)}

# How the clock of an owed case stands.
CLOCK: dict[str, tuple[str | Promise, Callable[[date], Q]]] = {
    "owed": (_("Owed"), lambda _today: Q()),
    "overdue": (_("Overdue"), late),
    "week": (_("Due within a week"), within_a_week),
    PAUSED: (_("Paused"), lambda _today: Q(paused_at__isnull=False)),
    "others": (_("Waiting on others"), lambda _today: with_others()),
}


def day_of(user: User) -> list[Queue]:
    """The queues of this person's day, in the order of their page."""
    return [*MINE[:3], *([COORDINATOR] if allowed(user, ASSIGN) else [])]
