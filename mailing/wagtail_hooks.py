from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from accounts.permissions import allowed
from mailing import failed
from mailing.staff import MailsView, MailView


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [
        path("mails/", MailsView.as_view(), name="staff_mails"),
        path("mails/<int:pk>/", MailView.as_view(), name="staff_mail"),
    ]


class MailsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return allowed(request.user, failed.VIEW)


@hooks.register("register_reports_menu_item")
def menu_item() -> MenuItem:
    return MailsMenuItem(_("Mails"), reverse("staff_mails"), name="mails", icon_name="mail", order=110)
