"""The screen for what administrators switch for the whole site."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminAutoHeightTextInput

from accounts.permissions import allowed
from audit.models import Entry
from petitions import services, switches
from petitions.models import SiteSwitches
from petitions.refusals import Refused
from petitions.services.switching import LONGEST_NOTICE, SWITCH

CHANGES_SHOWN = 20


class ReasonForm(forms.Form):
    """Why something is switched."""

    required_css_class = "required"
    reason = forms.CharField(
        label=_("Why?"),
        widget=AdminAutoHeightTextInput,
        help_text=_("Kept in the audit log; the public does not see it."),
    )


class NoticeForm(ReasonForm):
    """The notice in every language; both empty take it away."""

    notice = forms.CharField(
        label=_("Notice in English"), required=False, max_length=LONGEST_NOTICE, widget=AdminAutoHeightTextInput
    )
    notice_fr = forms.CharField(
        label=_("Notice in French"), required=False, max_length=LONGEST_NOTICE, widget=AdminAutoHeightTextInput
    )
    field_order = ("notice", "notice_fr", "reason")


@dataclass(frozen=True)
class Switch:
    """One thing that can be done on the screen: its words, its form and its service."""

    name: str
    label: str | Promise
    explanation: str | Promise
    done: str | Promise
    run: Callable[..., Any]
    offered: Callable[[switches.Switches], bool]
    form: type[ReasonForm] = ReasonForm
    serious: bool = False


SWITCHES = {
    switch.name: switch
    for switch in (
        Switch(
            "pause_signing",
            _("Pause signing"),
            _("No petition takes signatures or confirmations, and none closes. Every page says so."),
            _("Signing is paused, everywhere within half a minute."),
            services.pause_signing,
            lambda now_on: not now_on.signing_paused,
            serious=True,
        ),
        Switch(
            "resume_signing",
            _("Resume signing"),
            _("The deadline of each open petition moves by the time that was lost; its timeline says so."),
            _("Signing goes on, everywhere within half a minute, and the deadlines are moved."),
            services.resume_signing,
            lambda now_on: now_on.signing_paused,
        ),
        Switch(
            "pause_creation",
            _("Pause starting petitions"),
            _("No petition can be started or handed in. What is handed in already goes on."),
            _("Starting petitions is paused, everywhere within half a minute."),
            services.pause_creation,
            lambda now_on: not now_on.creation_paused,
            serious=True,
        ),
        Switch(
            "resume_creation",
            _("Resume starting petitions"),
            _("Petitions can be started and handed in again."),
            _("Petitions can be started again, everywhere within half a minute."),
            services.resume_creation,
            lambda now_on: now_on.creation_paused,
        ),
        Switch(
            "set_notice",
            _("Site notice"),
            _("Stands above every public page. Leave both texts empty to take it away."),
            _("The notice is changed, everywhere within half a minute."),
            services.set_notice,
            lambda now_on: True,
            form=NoticeForm,
        ),
    )
}


class SwitchesView(WagtailAdminTemplateMixin, TemplateView):
    """Administrators switch; auditors read."""

    template_name = "staff/petitions/switches.html"
    page_title = _("Switches")
    header_icon = "warning"
    http_method_names = ["get", "head", "post", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.may_change = allowed(request.user, SWITCH)
        reads = request.method in ("GET", "HEAD") and allowed(request.user, "audit.view_entry")
        if not self.may_change and not reads:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def post(self, request: HttpRequest) -> HttpResponseBase:
        switch = SWITCHES.get(request.POST.get("act", ""))
        if switch is None:
            return self._refused(_("Choose what to switch."))
        form = _form(switch, request.POST)
        if form.is_valid() and self._done(switch, form, timezone.now()):
            messages.success(request, switch.done)
            return redirect("staff_switches")
        return self._refused(next(iter(form.non_field_errors()), _("Nothing was switched yet: see below.")), form)

    def _done(self, switch: Switch, form: ReasonForm, now: datetime) -> bool:
        try:
            switch.run(actor=self.request.user, now=now, **form.cleaned_data)
        except Refused as refusal:
            refusal.add_to(form)
            return False
        return True

    def _refused(self, message: str | Promise, form: ReasonForm | None = None) -> HttpResponse:
        messages.error(self.request, message)
        return self.render_to_response(self.get_context_data(refused=form))

    def get_context_data(self, refused: ReasonForm | None = None, **kwargs: Any) -> dict[str, Any]:
        switches.forget()
        now_on = switches.current()
        changes = Entry.objects.filter(subject_kind="switches").select_related("actor").order_by("-id")[:CHANGES_SHOWN]
        offered = [switch for switch in SWITCHES.values() if switch.offered(now_on)]
        return super().get_context_data(
            now_on=now_on,
            may_change=self.may_change,
            offered=[(one, refused if refused and refused.prefix == one.name else _form(one)) for one in offered],
            changes=[(entry, CHANGES.get(entry.action, entry.action)) for entry in changes],
            **kwargs,
        )


CHANGES = {f"switches.{switch.name}": switch.label for switch in SWITCHES.values()}


def _form(switch: Switch, data: Any = None) -> ReasonForm:
    initial = None
    if switch.form is NoticeForm:
        stored = SiteSwitches.objects.first() or SiteSwitches()
        initial = {"notice": stored.notice, "notice_fr": stored.notice_fr}
    return switch.form(data, initial=initial, prefix=switch.name)
