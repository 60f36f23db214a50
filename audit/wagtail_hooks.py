from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from audit.views import EntryView


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [
        path("reports/audit/", EntryView.as_view(), name="audit_entries"),
        path("reports/audit/results/", EntryView.as_view(results_only=True), name="audit_entries_results"),
    ]


class AuditMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("audit.view_entry")


@hooks.register("register_reports_menu_item")
def menu_item() -> MenuItem:
    return AuditMenuItem(_("Audit log"), reverse("audit_entries"), name="audit", icon_name="history", order=100)
