from typing import Any

from django.utils import timezone
from wagtail.admin.ui.components import Component

from accounts.permissions import allowed
from petitions.services.steps import MODERATE
from petitions.staff import queue

SHOWN = 5


class WaitingPanel(Component):
    """On the start page of moderators: what waits to be checked, the longest waiting first."""

    name = "petitions_waiting"
    template_name = "staff/petitions/waiting_panel.html"
    order = 50

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        user = parent_context["request"].user
        if not allowed(user, MODERATE):
            return {}
        now = timezone.now()
        return {
            "figures": queue.figures(now),
            "items": [queue.described(petition, now) for petition in queue.waiting_petitions()[:SHOWN]],
            "reported": queue.reported_petitions().count(),
            "reviews": queue.waiting_reviews().count(),
        }
