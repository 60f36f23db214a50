"""The lines that say who hears when a clock passes a mark: a list that coordinators edit."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn

from audit.viewsets import AuditedViewSet
from responses.models import Escalation


class EscalationViewSet(AuditedViewSet):
    """Lines are switched off, not deleted: the log refers to them."""

    model = Escalation
    icon = "warning"
    menu_label = _("Escalations")
    menu_order = 620
    add_to_settings_menu = True
    list_display = ["__str__", "department", BooleanColumn("active", label=_("Active"))]
    list_filter = ["department", "percent", "active"]
    form_fields = ["department", "percent", "role", "user", "active"]


escalations = EscalationViewSet("escalations")
