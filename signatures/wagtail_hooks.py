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
from petitions.wagtail_hooks import PermittedMenuItem
from signatures.fraud.handling import HANDLE, SEE
from signatures.staff import challenge, counting, mails, networks, paper
from signatures.staff.bulk import BulkNewView, BulkView
from signatures.staff.fraud import FlagView, GroupView, OverviewView, PetitionDeskView, UndercutView
from signatures.staff.fraud_panel import FraudPanel
from signatures.staff.lookup import LookupView, SignatureActView, SignatureView
from signatures.viewsets import domain_rules


@hooks.register("register_admin_urls")
def fraud_urls() -> list[URLPattern]:
    return [
        path("fraud/", OverviewView.as_view(), name="staff_fraud"),
        path("fraud/flags/<int:pk>/", FlagView.as_view(), name="staff_fraud_flag"),
        path("fraud/undercuts/<int:pk>/", UndercutView.as_view(), name="staff_fraud_undercut"),
        path("fraud/acts/<int:pk>/", BulkView.as_view(), name="staff_bulk"),
        path("fraud/petitions/<int:pk>/", PetitionDeskView.as_view(), name="staff_fraud_petition"),
        path("fraud/petitions/<int:pk>/act/", BulkNewView.as_view(), name="staff_bulk_new"),
        path("fraud/petitions/<int:pk>/<slug:kind>/<slug:tag>/", GroupView.as_view(), name="staff_fraud_group"),
    ]


@hooks.register("register_admin_urls")
def lookup_urls() -> list[URLPattern]:
    one = "signatures/<int:petition_id>/<int:row_id>/"
    return [
        path("signatures/", LookupView.as_view(), name="staff_lookup"),
        path(one, SignatureView.as_view(), name="staff_signature"),
        path(f"{one}<slug:act>/", SignatureActView.as_view(), name="staff_signature_act"),
    ]


@hooks.register("register_admin_urls")
def paper_urls() -> list[URLPattern]:
    return paper.URLS


@hooks.register("register_admin_urls")
def counting_urls() -> list[URLPattern]:
    return counting.URLS


@hooks.register("register_admin_urls")
def door_urls() -> list[URLPattern]:
    return [*networks.URLS, *challenge.URLS]


@hooks.register("register_admin_viewset")
def domain_rules_viewset() -> Any:
    return domain_rules


@hooks.register("register_admin_menu_item")
def fraud_item() -> MenuItem:
    return PermittedMenuItem(
        _("Fraud desk"), reverse("staff_fraud"), permissions=(SEE,), name="fraud", icon_name="warning", order=140
    )


@hooks.register("register_admin_menu_item")
def lookup_item() -> MenuItem:
    return PermittedMenuItem(
        _("Find a signature"),
        reverse("staff_lookup"),
        permissions=(HANDLE,),
        name="find-signature",
        icon_name="search",
        order=150,
    )


@hooks.register("register_admin_menu_item")
def paper_item() -> MenuItem:
    return PermittedMenuItem(
        _("Paper signatures"),
        reverse("staff_paper"),
        permissions=paper.READERS,
        name="paper",
        icon_name="doc-full",
        order=160,
    )


@hooks.register("register_reports_menu_item")
def counting_item() -> MenuItem:
    return PermittedMenuItem(
        _("Counting"),
        reverse("staff_counting"),
        permissions=(counting.SEE,),
        name="counting",
        icon_name="sliders",
        order=700,
    )


@hooks.register("construct_homepage_panels")
def add_drift_panel(request: HttpRequest, panels: list[Any]) -> None:
    if allowed(request.user, counting.SEE):
        panels.append(counting.DriftPanel())


@hooks.register("construct_homepage_panels")
def add_fraud_panel(request: HttpRequest, panels: list[Any]) -> None:
    if allowed(request.user, HANDLE):
        panels.append(FraudPanel())


@hooks.register("insert_global_admin_css")
def fraud_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("signatures/staff.css"))


@hooks.register("register_settings_menu_item")
def networks_item() -> MenuItem:
    return PermittedMenuItem(
        _("Networks"),
        reverse("staff_networks"),
        permissions=(networks.MANAGE, "audit.view_entry"),
        name="networks",
        icon_name="lock",
        order=610,
    )


@hooks.register("register_settings_menu_item")
def challenges_item() -> MenuItem:
    return PermittedMenuItem(
        _("Challenges"),
        reverse("staff_challenges"),
        permissions=(challenge.MANAGE, "audit.view_entry"),
        name="challenges",
        icon_name="lock",
        order=620,
    )


@hooks.register("register_admin_urls")
def mail_urls() -> list[URLPattern]:
    return mails.URLS


@hooks.register("register_reports_menu_item")
def mails_item() -> MenuItem:
    return PermittedMenuItem(
        _("Mails"),
        reverse("staff_mails"),
        permissions=("mailing.view_mail",),
        name="mails",
        icon_name="mail",
        order=110,
    )
