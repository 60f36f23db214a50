"""The dashboard of cases: every number leads to the list that it counts."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from responses.models import Case
from responses.staff import overview
from responses.staff.saved import sees_cases
from responses.staff.screens import Screen


class OverviewView(Screen):
    template_name = "staff/answers/overview.html"
    page_title = _("Overview of cases")
    header_icon = "table"

    def get(self, request: HttpRequest) -> HttpResponse:
        if not sees_cases(request.user):
            raise Http404
        return self.render_to_response(self.get_context_data())

    def case_id(self) -> None:
        return None

    def get_parents(self) -> list[dict[str, Any]]:
        return [{"url": reverse_lazy("staff_cases:index"), "label": _("Cases")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, now = self.request.user, timezone.now()
        seen, today = Case.objects.visible_to(user), timezone.localdate(now)
        return super().get_context_data(
            numbers=overview.numbers(user, seen, today),
            load=overview.load(seen, today),
            times=overview.times(seen, now),
            topics=overview.asked_by_topic(seen),
            regions=overview.asked_by_region(seen),
            **kwargs,
        )
