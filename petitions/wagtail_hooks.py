from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from accounts.permissions import allowed
from petitions.services.feedback import HANDLE
from petitions.services.steps import MODERATE
from petitions.staff.feedback import FeedbackListView, FeedbackPanel, FeedbackView
from petitions.staff.limits import CHANGE, LimitsView
from petitions.staff.panel import WaitingPanel
from petitions.staff.switches import SWITCH, SwitchesView
from petitions.staff.views import ActView, PetitionView, QueueView, ReportsView, ReviewsView
from petitions.viewsets import VIEWSETS


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [
        path("moderation/", QueueView.as_view(), name="staff_moderation"),
        path("moderation/reports/", ReportsView.as_view(), name="staff_reports"),
        path("moderation/reviews/", ReviewsView.as_view(), name="staff_reviews"),
        path("petitions/<int:pk>/", PetitionView.as_view(), name="staff_petition"),
        path("petitions/<int:pk>/<slug:act>/", ActView.as_view(), name="staff_petition_act"),
        path("limits/", LimitsView.as_view(), name="staff_limits"),
        path("feedback/", FeedbackListView.as_view(), name="staff_feedback"),
        path("feedback/<int:pk>/", FeedbackView.as_view(), name="staff_feedback_one"),
        path("switches/", SwitchesView.as_view(), name="staff_switches"),
    ]


@hooks.register("register_admin_viewset")
def viewsets() -> tuple[Any, ...]:
    return VIEWSETS


class PermittedMenuItem(MenuItem):
    """Shown to those who hold one of ``permissions``."""

    def __init__(self, label: Any, url: str, *, permissions: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(label, url, **kwargs)
        self.permissions = permissions

    def is_shown(self, request: HttpRequest) -> bool:
        return any(allowed(request.user, permission) for permission in self.permissions)


@hooks.register("register_admin_menu_item")
def moderation_item() -> MenuItem:
    return PermittedMenuItem(
        _("Moderation"),
        reverse("staff_moderation"),
        permissions=(MODERATE,),
        name="moderation",
        icon_name="tasks",
        order=100,
    )


@hooks.register("register_settings_menu_item")
def limits_item() -> MenuItem:
    return PermittedMenuItem(
        _("Limits"),
        reverse("staff_limits"),
        permissions=(CHANGE, "audit.view_entry"),
        name="limits",
        icon_name="sliders",
        order=600,
    )


@hooks.register("register_settings_menu_item")
def switches_item() -> MenuItem:
    return PermittedMenuItem(
        _("Switches"),
        reverse("staff_switches"),
        permissions=(SWITCH, "audit.view_entry"),
        name="switches",
        icon_name="warning",
        order=590,
    )


@hooks.register("register_reports_menu_item")
def feedback_item() -> MenuItem:
    return PermittedMenuItem(
        _("Feedback on the site"),
        reverse("staff_feedback"),
        permissions=(HANDLE,),
        name="feedback",
        icon_name="comment",
        order=900,
    )


@hooks.register("construct_homepage_panels")
def add_waiting_panel(request: HttpRequest, panels: list[Any]) -> None:
    if allowed(request.user, MODERATE):
        panels.append(WaitingPanel())
    if allowed(request.user, HANDLE):
        panels.append(FeedbackPanel())


@hooks.register("insert_global_admin_css")
def staff_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("petitions/staff.css"))
