from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.permissions import page_permission_policy

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


class NoPageSearch(Component):
    """Takes Wagtail's search of pages off the start page of those who may see none: it would lead to a refusal."""

    name = "no_page_search"
    order = 0

    class Media:
        css = {"all": ("accounts/no_page_search.css",)}

    def render_html(self, parent_context: Any = None) -> SafeString:
        return SafeString()


@hooks.register("construct_homepage_panels")
def take_page_search_away(request: HttpRequest, panels: list[Any]) -> None:
    if page_permission_policy.explorable_root_instance(request.user) is None:
        panels.append(NoPageSearch())
