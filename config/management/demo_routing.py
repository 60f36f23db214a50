"""A team and two routing rules for the demo's new cases; those of the day it is loaded are there already."""

from datetime import datetime

from django.db import transaction

import audit.services
from accounts.models import Department, User
from responses.models import RoutingRule, Team
from responses.models.case import CasePriority

REASON = "Made for the demo."
TEAM = "Animals and food"


@transaction.atomic
def make_routing(coordinator: User, now: datetime) -> None:
    """Make them once, where the department has a named person. What staff changed since stays."""
    department = Department.objects.filter(acronym="DEFRA", point_person__is_active=True).first()
    if department is None or department.point_person is None or RoutingRule.objects.exists():
        return
    team = Team.objects.create(department=department, name=TEAM, point_person=department.point_person)
    team.members.set([department.point_person])
    rules = (
        {"position": 10, "name": "Urgent: floods", "words": "flood", "priority": CasePriority.HIGH},
        {"position": 20, "name": TEAM, "words": 'animal\npesticide\n"food waste"', "team": team},
    )
    for fields in rules:
        rule = RoutingRule.objects.create(department=department, **fields)
        audit.services.record(
            action="routingrule.add",
            subject_kind="routingrule",
            subject_id=rule.pk,
            actor_id=coordinator.pk,
            reason=REASON,
            details={"name": rule.name, "at": now.isoformat()},
        )
