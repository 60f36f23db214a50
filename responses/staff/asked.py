"""What is asked of one's own office for the answers of others, and where it is answered."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from audit.viewsets import BoundedPaginator
from responses import contributing, lifecycle
from responses.models import Contribution
from responses.staff.screens import Screen

PER_PAGE = 50


class AskedView(Screen):
    """Open questions to oneself or one's department, the most urgent first, each with its form.

    For everybody at work here: it shows the questions and what is public of the petitions, never a case.
    """

    template_name = "staff/answers/asked.html"
    page_title = _("Asked of my office")
    header_icon = "help"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = (
            Contribution.objects.asked_of(self.request.user)
            .exclude(case__state__in=lifecycle.DONE)
            .select_related("asked_by")
            .prefetch_related("case__links__petition")
            .order_by("due_on", "pk")
        )
        page = BoundedPaginator(asked, PER_PAGE).get_page(self.request.GET.get("p"))
        rows = [(question, contributing.link(question)) for question in page]
        return super().get_context_data(page_obj=page, rows=rows, today=timezone.localdate(), **kwargs)


class AskedMenuItem(MenuItem):
    """For those who work in a department: others may be asked too, but are mailed alone."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.department_id)
