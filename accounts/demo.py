"""The staff of the demo: one login for each role, and a department whose people answer."""

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import Department, User
from accounts.roles import TABLE, Role

PASSWORD = "petition-demo"  # noqa: S105 - of the demo's own logins, told to whoever starts it
SECOND_MODERATOR = "second_moderator"
ROLES: dict[str, Role] = {**{role.value: role for role in Role}, SECOND_MODERATOR: Role.MODERATOR}


@transaction.atomic
def make_demo_staff() -> list[str]:
    """Make what is missing of the demo's logins and their department; their names. Existing logins stay as they are."""
    department, _created = Department.objects.get_or_create(
        acronym="DEFRA",
        defaults={
            "name": "Department for Environment, Food and Rural Affairs",
            "name_fr": "Ministère de l’Environnement, de l’Alimentation et des Affaires rurales",
            "url": "https://www.gov.uk/government/organisations/department-for-environment-food-rural-affairs",
        },
    )
    for name, role in ROLES.items():
        _make_login(name, role, department)
    if department.point_person is None:
        department.point_person = User.objects.get(username=Role.DRAFTER)
        department.save(update_fields=["point_person"])
    return list(ROLES)


def _make_login(name: str, role: Role, department: Department) -> None:
    rights = TABLE[role]
    user, created = User.objects.get_or_create(
        username=name,
        defaults={
            "first_name": name.replace("_", " ").capitalize(),
            "last_name": "(demo)",
            "email": f"{name}@staff.example",
            "department": department if rights.in_department else None,
        },
    )
    if created:
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
        user.groups.add(Group.objects.get(name=rights.label))
