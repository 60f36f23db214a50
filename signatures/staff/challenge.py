"""On which petitions a challenge stands, and the switch by hand."""

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from petitions import limits
from signatures.challenge import modes
from signatures.challenge.modes import MANAGE, Hand
from signatures.models import ChallengeMode
from signatures.staff.door import DoorScreen, ReasonForm, last_changes, ran

CHANGES = {
    "challenge.switch": _("switched by hand"),
    "challenge.start": _("on by itself"),
    "challenge.end": _("off by itself"),
}
BY_HAND = [
    (Hand.ON, _("On, until switched again")),
    (Hand.OFF, _("Off, whatever the limits say")),
    ("", _("As the limits say")),
]


class SwitchForm(ReasonForm):
    """Which petition, and what holds for it."""

    petition_id = forms.IntegerField(
        label=_("Number of the petition"), min_value=1, max_value=2**63 - 1, widget=forms.TextInput
    )
    by_hand = forms.ChoiceField(label=_("Challenge"), choices=BY_HAND, required=False, widget=forms.RadioSelect)
    field_order = ("petition_id", "by_hand", "reason")


class ChallengesView(DoorScreen):
    """``challenges/``: where one stands, the switch, and what was switched last."""

    template_name = "staff/door/challenges.html"
    page_title = _("Challenges")
    permission = MANAGE

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form, now = SwitchForm(request.POST), timezone.now()
        if ran(form, lambda: modes.switch(actor=request.user, now=now, **form.cleaned_data)):
            messages.success(request, _("The challenge is switched, everywhere within half a minute."))
            return redirect("staff_challenges")
        return self.again(form, form=form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        known = ChallengeMode.objects.filter(~Q(by_hand="") | Q(until__gt=now)).select_related("petition")
        context = {
            "form": SwitchForm(initial={"petition_id": self.request.GET.get("petition", ""), "by_hand": Hand.ON}),
            "known": known.defer("petition__ask", "petition__detail", "petition__search").order_by("-changed_at")[:100],
            "limits": limits.current(),
            "changes": last_changes(CHANGES),
        }
        return super().get_context_data(**{**context, **kwargs})


URLS = [path("challenges/", ChallengesView.as_view(), name="staff_challenges")]
