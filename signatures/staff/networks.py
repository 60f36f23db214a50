"""The list of networks that may sign more, or not at all."""

from typing import Any

from django import forms
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.widgets import AdminAutoHeightTextInput, AdminDateTimeInput

from petitions import networks
from petitions.models import NetworkRule
from petitions.networks import ALLOWED_FACTOR, MANAGE
from signatures.staff.door import DoorScreen, ReasonForm, last_changes, ran

CHANGES = {
    "network.put": _("put on the list"),
    "network.change": _("changed"),
    "network.take_off": _("taken off"),
}
LARGEST = 2**63 - 1


class RuleForm(forms.Form):
    """What holds for a network, until when, and why."""

    required_css_class = "required"
    network = forms.CharField(
        label=_("Network"),
        max_length=60,
        help_text=_("An address, or a network such as 192.0.2.0/24 or 2001:db8::/32."),
    )
    kind = forms.ChoiceField(label=_("What holds for it"), choices=NetworkRule.Kind.choices, widget=forms.RadioSelect)
    expires_at = forms.DateTimeField(
        label=_("Until"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=_("Leave it empty and the rule holds until it is taken off."),
    )
    note = forms.CharField(
        label=_("Why?"),
        max_length=300,
        widget=AdminAutoHeightTextInput,
        help_text=_("Whose network it is, or what came from it. Name no person. Kept in the audit log too."),
    )


class ChangeForm(RuleForm):
    network = None  # a rule stays with its network


class NetworksView(DoorScreen):
    """``networks/``: the list, and a form that adds to it."""

    template_name = "staff/door/networks.html"
    page_title = _("Networks")
    permission = MANAGE

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form, now = RuleForm(request.POST), timezone.now()
        if ran(form, lambda: networks.put(actor=request.user, now=now, **form.cleaned_data)):
            messages.success(request, _("The network is on the list. The rule is in force within half a minute."))
            return redirect("staff_networks")
        return self.again(form, form=form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        rules = NetworkRule.objects.select_related("created_by")
        context = {
            "form": RuleForm(),
            "in_force": rules.filter(Q(expires_at=None) | Q(expires_at__gt=now)).order_by("kind", "network"),
            "ended": rules.filter(expires_at__lte=now).order_by("-expires_at")[:50],
            "factor": ALLOWED_FACTOR,
        }
        return super().get_context_data(**{**context, **kwargs})


class NetworkView(DoorScreen):
    """``networks/<number>/``: change one rule, or take it off."""

    template_name = "staff/door/network.html"
    permission = MANAGE

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.rule = NetworkRule.objects.filter(pk=kwargs["pk"]).first() if kwargs["pk"] <= LARGEST else None
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self._found()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        rule, now = self._found(), timezone.now()
        if "take_off" in request.POST:
            end = ReasonForm(request.POST)
            if ran(end, lambda: networks.take_off(actor=request.user, rule_id=pk, now=now, **end.cleaned_data)):
                messages.success(request, _("The rule is over, everywhere within half a minute."))
                return redirect("staff_networks")
            return self.again(end, end_form=end)
        form = ChangeForm(request.POST)
        given = {"actor": request.user, "network": str(rule.network), "rule_id": pk, "now": now}
        if ran(form, lambda: networks.put(**given, **form.cleaned_data)):
            messages.success(request, _("The rule is changed, everywhere within half a minute."))
            return redirect("staff_networks")
        return self.again(form, form=form)

    def _found(self) -> NetworkRule:
        if self.rule is None:
            raise Http404
        return self.rule

    def get_page_title(self) -> str:
        return str(self.rule)

    def get_parents(self) -> list[dict[str, Any]]:
        return [{"url": reverse("staff_networks"), "label": _("Networks")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rule = self._found()
        initial = {"kind": rule.kind, "expires_at": rule.expires_at, "note": rule.note}
        context = {
            "rule": rule,
            "is_over": rule.expires_at is not None and rule.expires_at <= timezone.now(),
            "form": ChangeForm(initial=initial),
            "end_form": ReasonForm(),
            "changes": last_changes(CHANGES, subject_kind="network", subject_id=rule.pk),
        }
        return super().get_context_data(**{**context, **kwargs})


URLS = [
    path("networks/", NetworksView.as_view(), name="staff_networks"),
    path("networks/<int:pk>/", NetworkView.as_view(), name="staff_network"),
]
