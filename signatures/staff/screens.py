"""What the screens of this room share."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from accounts.permissions import allowed, require
from petitions.models import Petition
from petitions.staff.views import StaffScreen
from signatures.fraud.handling import HANDLE, SEE


class DeskScreen(StaffScreen):
    """A page of the fraud desk: those who see it may read, those who handle fraud may post."""

    permission = SEE
    header_icon = "warning"

    def may_act(self) -> bool:
        return allowed(self.request.user, HANDLE)

    def get_parents(self) -> list[dict[str, Any]]:
        return [{"url": reverse("staff_fraud"), "label": _("Fraud desk")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_act=self.may_act(), **kwargs)


class ActingScreen(DeskScreen):
    """A page that takes a POST too; ``acted`` answers it."""

    http_method_names = ["get", "head", "options", "post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require(request.user, HANDLE)
        return self.acted(request, *args, **kwargs)

    def acted(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        raise NotImplementedError

    def again(self, form: forms.Form, /, **kwargs: Any) -> HttpResponse:
        """The page once more, with what was typed and what is wrong with it."""
        say_refused(self.request, form)
        return self.render_to_response(self.get_context_data(**kwargs))


def say_refused(request: HttpRequest, form: forms.Form) -> None:
    """Say above the page what could not be done."""
    for error in form.non_field_errors():
        messages.error(request, error)
    if form.errors and not form.non_field_errors():
        messages.error(request, _("This could not be done yet: see the fields below."))


def petition_or_404(petition_id: int) -> Petition:
    """The petition. Raises Http404."""
    petition = Petition.objects.defer("ask", "detail", "search").filter(pk=petition_id).first()
    if petition is None:
        raise Http404
    return petition


def titles(petition_ids: Any) -> dict[int, str]:
    """The titles of these petitions by number."""
    return dict(Petition.objects.filter(pk__in=list(petition_ids)).values_list("pk", "title"))


def done(request: HttpRequest, words: Any) -> None:
    """Say what was done."""
    messages.success(request, words)
