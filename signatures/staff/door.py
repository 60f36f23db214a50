"""What the screens at the door of signing share: one page that lists, a form that adds, and the last changes."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.widgets import AdminAutoHeightTextInput

from accounts.permissions import allowed
from audit.models import Entry
from petitions.refusals import Refused
from petitions.staff.views import StaffScreen

CHANGES_SHOWN = 20


class DoorScreen(StaffScreen):
    """Those who hold ``permission`` read and write; auditors read."""

    header_icon = "lock"
    http_method_names = ["get", "head", "options", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.may_change = allowed(request.user, self.permission)
        reads = request.method in ("GET", "HEAD") and allowed(request.user, "audit.view_entry")
        if not self.may_change and not reads:
            raise PermissionDenied
        return super(StaffScreen, self).dispatch(request, *args, **kwargs)

    def again(self, form: forms.Form, /, **kwargs: Any) -> HttpResponse:
        """The page once more, with what was typed and what is wrong with it."""
        for error in form.non_field_errors() or [_("Nothing was changed yet: see the fields below.")]:
            messages.error(self.request, error)
        return self.render_to_response(self.get_context_data(**kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_change=self.may_change, **kwargs)


class ReasonForm(forms.Form):
    required_css_class = "required"
    reason = forms.CharField(
        label=_("Why?"),
        max_length=300,
        widget=AdminAutoHeightTextInput,
        help_text=_("Kept in the audit log; the public does not see it."),
    )


def ran(form: forms.Form, service: Callable[[], Any]) -> bool:
    """Whether the form is good and the service did it; what it refused is put beside its field."""
    if not form.is_valid():
        return False
    try:
        service()
    except Refused as refusal:
        refusal.add_to(form)
        return False
    return True


def last_changes(labels: dict[str, Any], **of: Any) -> list[tuple[Entry, Any]]:
    """The newest entries of the log with these actions, and what each is called."""
    entries = Entry.objects.filter(action__in=labels, **of).select_related("actor").order_by("-id")[:CHANGES_SHOWN]
    return [(entry, labels[entry.action]) for entry in entries]
