"""The staff of the demo: one login for each role, a second moderator, and two departments whose people answer."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import Department, User
from accounts.roles import TABLE, Role

PASSWORD = "petition-demo"  # noqa: S105 - of the demo's own logins, told to whoever starts it
GOV = "https://www.gov.uk/government/organisations/"
DEPARTMENTS = {
    "DEFRA": {
        "name": "Department for Environment, Food and Rural Affairs",
        "name_fr": "Ministère de l’Environnement, de l’Alimentation et des Affaires rurales",
        "name_ar": "وزارة البيئة والغذاء والشؤون الريفية",
        "url": f"{GOV}department-for-environment-food-rural-affairs",
    },
    "HMT": {
        "name": "HM Treasury",
        "name_fr": "Trésor de Sa Majesté",
        "name_ar": "وزارة الخزانة",
        "url": f"{GOV}hm-treasury",
    },
}
FIRST, SECOND = DEPARTMENTS
# login: role and, for those who work in one, department
LOGINS: dict[str, tuple[Role, str]] = {
    **{role.value: (role, FIRST if TABLE[role].in_department else "") for role in Role},
    "second_moderator": (Role.MODERATOR, ""),
    "second_drafter": (Role.DRAFTER, SECOND),
    "second_department_reviewer": (Role.DEPARTMENT_REVIEWER, SECOND),
}
NAMED = {FIRST: "drafter", SECOND: "second_drafter"}


@transaction.atomic
def make_demo_staff() -> list[str]:
    """Make what is missing of the demo's logins and their departments; their names. Existing ones stay as they are."""
    departments = {
        acronym: Department.objects.get_or_create(acronym=acronym, defaults=facts)[0]
        for acronym, facts in DEPARTMENTS.items()
    }
    for name, (role, acronym) in LOGINS.items():
        _make_login(name, role, departments.get(acronym))
    for acronym, department in departments.items():
        if department.point_person is None:
            department.point_person = User.objects.get(username=NAMED[acronym])
            department.save(update_fields=["point_person"])
    return list(LOGINS)


def _make_login(name: str, role: Role, department: Department | None) -> None:
    user, created = User.objects.get_or_create(
        username=name,
        defaults={
            "first_name": name.replace("_", " ").capitalize(),
            "last_name": "(demo)",
            "email": f"{name}@staff.example",
            "department": department,
        },
    )
    if created:
        user.password = make_password(PASSWORD)  # stored as made: nobody is mailed that it changed
        user.save(update_fields=["password"])
        user.groups.add(Group.objects.get(name=TABLE[role].label))
