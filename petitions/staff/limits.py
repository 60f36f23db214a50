"""The screen for the numbers that staff may change."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminAutoHeightTextInput

from accounts.models import User
from accounts.permissions import allowed
from accounts.roles import TABLE, Role
from audit.models import Entry
from petitions import limits
from petitions.models import Limits
from petitions.refusals import Refused

CHANGE = "petitions.change_limits"
CHANGES_SHOWN = 20


class LimitsForm(forms.ModelForm):
    """All limits, and why they change."""

    required_css_class = "required"
    reason = forms.CharField(
        label=_("Why do they change?"),
        widget=AdminAutoHeightTextInput,
        help_text=_("Kept in the audit log with the old and the new values."),
    )

    class Meta:
        model = Limits
        fields = tuple(field.name for field in Limits._meta.fields if not field.primary_key)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        coordinators = Q(groups__name=TABLE[Role.COORDINATOR].label, is_active=True)
        self.fields["coordinator"].queryset = User.objects.filter(
            coordinators | Q(pk=self.instance.coordinator_id)
        ).distinct()


class LimitsView(WagtailAdminTemplateMixin, FormView):
    """Administrators change the limits; auditors read them."""

    template_name = "staff/petitions/limits.html"
    form_class = LimitsForm
    page_title = _("Limits")
    header_icon = "sliders"
    success_url = reverse_lazy("staff_limits")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.may_change = allowed(request.user, CHANGE)
        reads = request.method in ("GET", "HEAD") and allowed(request.user, "audit.view_entry")
        if not self.may_change and not reads:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_form(self, form_class: Any = None) -> LimitsForm:
        limits.forget()
        stored = Limits.objects.filter(pk=limits.current().pk).get()
        form = LimitsForm(self.request.POST if self.request.method == "POST" else None, instance=stored)
        if not self.may_change:
            for field in form.fields.values():
                field.disabled = True
        return form

    def form_valid(self, form: LimitsForm) -> HttpResponseBase:
        values = dict(form.cleaned_data)
        reason = values.pop("reason")
        try:
            limits.change(actor=self.request.user, values=values, reason=reason, now=timezone.now())
        except Refused as refusal:
            refusal.add_to(form)
            return self.form_invalid(form)
        messages.success(self.request, _("The limits are changed and in force within half a minute."))
        return super().form_valid(form)

    def form_invalid(self, form: LimitsForm) -> HttpResponseBase:
        message = next(iter(form.non_field_errors()), _("The limits could not be changed: see the fields below."))
        messages.error(self.request, message)
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        changes = Entry.objects.filter(subject_kind="limits").select_related("actor").order_by("-id")[:CHANGES_SHOWN]
        return super().get_context_data(
            may_change=self.may_change, changes=[(entry, _in_words(entry)) for entry in changes], **kwargs
        )


def _in_words(entry: Entry) -> list[tuple[str, Any, Any]]:
    labels = {field.name: str(field.verbose_name) for field in Limits._meta.get_fields()}
    changed = dict(entry.details.get("changed", {}))
    if "coordinator" in changed:
        names = {user.pk: str(user) for user in User.objects.filter(pk__in=[pk for pk in changed["coordinator"] if pk])}
        changed["coordinator"] = [names.get(pk, pk) for pk in changed["coordinator"]]
    return [(labels.get(name, name), old, new) for name, (old, new) in changed.items()]
