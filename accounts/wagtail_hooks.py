from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from wagtail import hooks

from accounts.models import User
from accounts.viewsets import DepartmentViewSet, departments


@hooks.register("register_admin_viewset")
def register_departments() -> DepartmentViewSet:
    return departments


@hooks.register("before_bulk_action")
def refuse_bulk_actions_on_staff(request: HttpRequest, action_type: str, objects: Sequence[Any], action: Any) -> None:
    """Rights of staff are changed one person at a time, where it is audited and superusers are out of reach."""
    if User in action.models:
        raise PermissionDenied
