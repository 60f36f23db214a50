"""The groups of all roles with their plain rights, without those on pages and files: made for each test, so quickly."""

import pytest
from django.contrib.auth.models import Group, Permission

from accounts.roles import ADMIN_ACCESS, TABLE


@pytest.fixture
def roles() -> None:
    rights = {
        f"{right.content_type.app_label}.{right.codename}": right
        for right in Permission.objects.select_related("content_type")
    }
    for role in TABLE.values():
        group, _made = Group.objects.get_or_create(name=role.label)  # Wagtail made two of them
        group.permissions.set(rights[name] for name in (ADMIN_ACCESS, *role.permissions))
