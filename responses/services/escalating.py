"""Who hears when the clock of a case passes a mark: its owner, and whom staff named for its department."""

from accounts.models import User
from accounts.roles import TABLE, Role
from accounts.selectors import members_of
from responses.models import Case, Escalation, Mark


def hears(case: Case, mark: Mark) -> set[int]:
    """Ids of the owner and of those whom the lines of the case's department name, else the default lines.

    People who are not at work or may not see the case are left out.
    """
    people = {user.pk: user for line in _lines(case, mark) for user in _named(line, case)}
    if case.owner is not None:
        people[case.owner.pk] = case.owner
    return {user.pk for user in people.values() if Case.objects.visible_to(user).filter(pk=case.pk).exists()}


def _lines(case: Case, mark: Mark) -> list[Escalation]:
    lines = Escalation.objects.filter(percent=mark, active=True).select_related("user")
    own = list(lines.filter(department=case.department_id)) if case.department_id else []
    return own or list(lines.filter(department=None))


def _named(line: Escalation, case: Case) -> list[User]:
    if line.user is not None:
        return [line.user]
    members = members_of(line.role)
    return list(members.filter(department=case.department_id) if TABLE[Role(line.role)].in_department else members)
