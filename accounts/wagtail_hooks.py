from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.permissions import page_permission_policy

from accounts.account import OwnPasswordPanel
from accounts.models import User
from accounts.permissions import allowed
from accounts.services.colleagues import MANAGE
from accounts.staff.views import URLS
from accounts.viewsets import DepartmentViewSet, departments


@hooks.register("register_admin_viewset")
def register_departments() -> DepartmentViewSet:
    return departments


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    return URLS


class ColleaguesItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return allowed(request.user, MANAGE) or allowed(request.user, "accounts.view_user")


@hooks.register("register_settings_menu_item")
def colleagues_item() -> MenuItem:
    return ColleaguesItem(_("Colleagues"), reverse("staff_colleagues"), name="colleagues", icon_name="group", order=590)


@hooks.register("register_help_menu_item")
def second_factors_item() -> MenuItem:
    return MenuItem(_("Your second factors"), reverse("mfa_index"), name="factors", icon_name="key", order=100)


@hooks.register("before_bulk_action")
def refuse_bulk_actions_on_staff(request: HttpRequest, action_type: str, objects: Sequence[Any], action: Any) -> None:
    """Rights of staff are changed one person at a time, where it is audited and superusers are out of reach."""
    if User in action.models:
        raise PermissionDenied


@hooks.register("register_account_settings_panel")
def own_password(request: HttpRequest, user: User, profile: Any) -> OwnPasswordPanel:
    return OwnPasswordPanel(request, user, profile)


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
