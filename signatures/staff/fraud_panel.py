from typing import Any

from wagtail.admin.ui.components import Component

from accounts.permissions import allowed
from petitions.models import Crossing
from signatures.fraud.handling import HANDLE
from signatures.models import Flag


class FraudPanel(Component):
    """On the start page of moderators, while something waits on the fraud desk."""

    name = "fraud_waiting"
    template_name = "staff/fraud/panel.html"
    order = 60

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        if not allowed(parent_context["request"].user, HANDLE):
            return {}
        return {
            "flags": Flag.objects.filter(settled_at=None).count(),
            "undercuts": Crossing.objects.undercut_unreviewed().count(),
        }
