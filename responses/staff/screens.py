"""What all screens of this room share: who may enter, and what is said and kept when somebody may not."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

import audit.services
from accounts.models import User
from petitions.services import Refused
from responses.models import Case


class Guarded(View):
    """A view that answers 403 itself: Wagtail would only send people back to its start page.

    A refused POST leaves an audit row, since somebody tried an act that was not theirs.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except PermissionDenied as refusal:
            if request.method == "POST":
                self.record_refusal(refusal)
            return forbidden(request, refusal)

    def record_refusal(self, refusal: PermissionDenied) -> None:
        case_id = self.case_id()
        if case_id is not None:
            audit.services.record(
                action="case.refused",
                subject_kind="case",
                subject_id=case_id,
                actor_id=self.request.user.pk,
                details={"way": self.request.resolver_match.view_name, "act": self.kwargs.get("act", "")},
                reason=str(refusal),
            )

    def case_id(self) -> int | None:
        """The case that the address speaks of."""
        return self.kwargs.get("pk")


class Screen(WagtailAdminTemplateMixin, Guarded):
    """A page inside Wagtail's admin."""

    header_icon = "folder-open-inverse"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        here = {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()}
        return [*self.breadcrumbs_items, *self.get_parents(), here]

    def get_parents(self) -> list[dict[str, Any]]:
        return []


def forbidden(request: HttpRequest, refusal: PermissionDenied) -> HttpResponse:
    """The page that says no, with the reason where there is one to tell."""
    return render(request, "staff/answers/forbidden.html", {"reason": _told(refusal)}, status=403)


def _told(refusal: PermissionDenied) -> str:
    reason = refusal.args[0] if refusal.args else ""
    # Sentences are for people; the names of rights are not.
    return str(reason) if str(reason).endswith(".") else ""


def case_or_404(user: User, case_id: int) -> Case:
    """The case if this person may know of it: a case of another department is as unknown as one that is not there."""
    case = Case.objects.visible_to(user).select_related("department", "owner").filter(pk=case_id).first()
    if case is None:
        raise Http404(_("No such case."))
    return case


def say_errors(request: HttpRequest, form: Form) -> None:
    """Tell above the page what is wrong with a form that was sent: its own errors, else that there are some below."""
    for error in form.non_field_errors():
        messages.error(request, error)
    if form.errors and not form.non_field_errors():
        messages.error(request, _("This could not be done yet: see the fields below."))


def field_of(form: Form, refusal: Refused) -> str | None:
    """The field of ``form`` that the refusal is about; None for the form as a whole."""
    return next((name for name in (refusal.field, f"{refusal.field}_id") if name in form.fields), None)
