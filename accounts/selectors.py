"""Questions about staff."""

from django.db.models import Q, QuerySet

from accounts.models import Department, User
from accounts.roles import TABLE, Role


def members_of(role: Role | str) -> "QuerySet[User]":
    """The active members of staff in a role, in the order of their ids. Raises ValueError for an unknown role."""
    return User.objects.filter(is_active=True, groups__name=TABLE[Role(role)].label).order_by("pk")


def answering_departments() -> "QuerySet[Department]":
    """The active departments with somebody who can review their answers: those that a case can be given to."""
    reviewers = members_of(Role.DEPARTMENT_REVIEWER).order_by()
    return Department.objects.filter(active=True, pk__in=reviewers.values("department"))


def departments_for(user: User | None) -> "QuerySet[Department]":
    """Those that a colleague may be put into: the active ones, and the one that they are in."""
    own = Q(pk=user.department_id) if user and user.department_id else Q()
    return Department.objects.filter(Q(active=True) | own)


def in_role(user: User, role: Role | str) -> bool:
    """Whether ``user`` is an active member of the role."""
    return members_of(role).filter(pk=user.pk).exists()
