"""Giving a case back to the coordinator's queue, as if nobody had taken it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

import petitions.limits
from accounts.models import User
from accounts.permissions import require
from responses import lifecycle
from responses.models import Case
from responses.services import steps


@transaction.atomic
def hand_back(*, case_id: int, actor: User, now: datetime) -> Case:
    """The case without a department, with the coordinator, its due date counted by the usual calendar.

    Raises NotAllowed without ``responses.assign_case``; WrongState once somebody has begun to write.
    """
    require(actor, "responses.assign_case")
    case = steps.locked(case_id)
    steps.move(case, lifecycle.Act.HAND_BACK)
    before = {"department": case.department_id, "owner": case.owner_id, "due_on": str(case.due_on)}
    case.department, case.team, case.owner = None, None, petitions.limits.current().coordinator
    steps.set_due_date(case, timezone.localdate(now))
    steps.store(case, now)
    steps.record(case, "hand_back", actor=actor, before=before, due_on=str(case.due_on))
    return case
