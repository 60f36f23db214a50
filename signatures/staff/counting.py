"""How counts and rows agree, for those who run the site. Reading only: a repair is a command with a reason."""

from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component

from accounts.permissions import allowed
from petitions.models import Petition
from petitions.services.counting import counted_at
from petitions.staff.views import StaffScreen
from signatures.models import CountCheck, Delta, Drift

SEE = "signatures.view_counting"
SHOWN = 50
MOST_COUNTED = 10_000


class CountingView(StaffScreen):
    """How old the counts are, when they were compared, and what differs or differed."""

    permission = SEE
    template_name = "staff/signatures/counting.html"
    page_title = _("Counting")
    header_icon = "sliders"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        drifts = list(Drift.objects.order_by("-settled_at", "-found_at")[:SHOWN])
        titles = dict(Petition.objects.filter(pk__in=[one.petition_id for one in drifts]).values_list("pk", "title"))
        checks = CountCheck.objects.order_by("checked_at").values_list("checked_at", flat=True)
        return super().get_context_data(
            counted_at=counted_at(),
            waiting=Delta.objects.all()[:MOST_COUNTED].count(),
            last_check=checks.last(),
            oldest_check=checks.first(),
            drifts=[(drift, titles.get(drift.petition_id, "")) for drift in drifts],
            **kwargs,
        )


class DriftPanel(Component):
    """On the start page of those who run the site, while counts and rows differ."""

    name = "count_drift"
    template_name = "staff/signatures/drift_panel.html"
    order = 10

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        user = parent_context["request"].user
        return {"number": Drift.objects.filter(settled_at=None).count() if allowed(user, SEE) else 0}


URLS: list[URLPattern] = [path("counting/", CountingView.as_view(), name="staff_counting")]
