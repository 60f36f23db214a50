"""Who gets a new case: the petition's department and its named person, else the coordinator's queue."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Department, User


@dataclass(frozen=True)
class Route:
    """Where a case goes. Without a department it lies in the coordinator's queue."""

    department: Department | None
    owner: User | None

    @property
    def is_assigned(self) -> bool:
        """Whether a named person of the department has it, so that nobody needs to hand it on."""
        return self.department is not None and self.owner is not None and self.owner == self.department.point_person


def route(departments: Sequence[Department], coordinator: User | None) -> Route:
    """The first active department, with its named person if that person is still at work.

    A department without one keeps the case, but the coordinator owns it until somebody is named.
    """
    department = next((department for department in departments if department.active), None)
    named = department.point_person if department else None
    if named is not None and named.is_active:
        return Route(department, named)
    return Route(department, coordinator if coordinator is not None and coordinator.is_active else None)
