from django.urls import URLPattern, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from opendata.wethepeople import staff
from petitions.wagtail_hooks import PermittedMenuItem


@hooks.register("register_admin_urls")
def partner_urls() -> list[URLPattern]:
    return staff.URLS


@hooks.register("register_settings_menu_item")
def partners_item() -> MenuItem:
    return PermittedMenuItem(
        _("Partners"),
        reverse("staff_partners"),
        permissions=(staff.MANAGE, "audit.view_entry"),
        name="partners",
        icon_name="key",
        order=630,
    )
