"""What people say about using the site: the list for staff, and what they do with one of them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.ui.components import Component

from accounts.permissions import allowed
from audit.viewsets import BoundedPaginator
from petitions import services
from petitions.models import Feedback
from petitions.services.feedback import HANDLE
from petitions.staff.views import PER_PAGE, StaffScreen


class FeedbackListView(StaffScreen):
    """All of it: what nobody has dealt with first, the oldest of that on top."""

    permission = HANDLE
    template_name = "staff/petitions/feedback.html"
    page_title = _("Feedback on the site")
    header_icon = "comment"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shows_done = self.request.GET.get("done") == "1"
        rows = Feedback.objects.filter(done_at__isnull=not shows_done).select_related("done_by").defer("sealed")
        page = BoundedPaginator(rows.order_by("-done_at", "at"), PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            page_obj=page, items=page.object_list, shows_done=shows_done, index_url=self.request.path, **kwargs
        )


class FeedbackView(StaffScreen):
    """One message. Its sender's address is shown to who asks for it, and that is logged."""

    permission = HANDLE
    template_name = "staff/petitions/feedback_one.html"
    http_method_names = ["get", "head", "options", "post"]
    page_title = _("Feedback on the site")
    header_icon = "comment"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(feedback=get_object_or_404(Feedback, pk=self.kwargs["pk"]), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        feedback = get_object_or_404(Feedback, pk=kwargs["pk"])
        if request.POST.get("act") == "address":
            address = services.address_of(feedback, actor=request.user)
            return self.render_to_response(self.get_context_data(address=address, **kwargs))
        if request.POST.get("act") == "done":
            if services.finish_feedback(feedback_id=feedback.pk, actor=request.user, now=timezone.now()):
                messages.success(request, _("Marked as dealt with. It is deleted in half a year."))
            return redirect("staff_feedback")
        return self.get(request, *args, **kwargs)


class FeedbackPanel(Component):
    """On the start page of those who deal with it: how much waits."""

    name = "site_feedback"
    template_name = "staff/petitions/feedback_panel.html"
    order = 90

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        if not allowed(parent_context["request"].user, HANDLE):
            return {}
        return {"waiting": Feedback.objects.filter(done_at=None).count()}
