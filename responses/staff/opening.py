"""The screen on which a coordinator opens a case by hand."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.widgets import AdminAutoHeightTextInput, AdminDateInput

from accounts.permissions import require
from petitions.models import Petition
from petitions.services import Refused
from responses import services
from responses.models import Case
from responses.staff.act import ASSIGN
from responses.staff.screens import Screen, say_errors


class OpenForm(forms.Form):
    required_css_class = "required"

    petition_id = forms.IntegerField(
        label=_("Number of the petition"), min_value=1, help_text=_("It stands in the petition’s address.")
    )
    owed_on = forms.DateField(
        label=_("Owed since"),
        required=False,
        widget=AdminDateInput,
        help_text=_("When the answer was promised. The clock runs from that day; empty: from today."),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=1000,
        widget=AdminAutoHeightTextInput,
        help_text=_("Kept in the log, not public."),
    )

    def clean_owed_on(self) -> datetime | None:
        owed_on = self.cleaned_data["owed_on"]
        if owed_on is None:
            return None
        if owed_on > timezone.localdate():
            raise forms.ValidationError(_("Choose a day that is not in the future."))
        return timezone.make_aware(datetime.combine(owed_on, time(12)))


class OpenView(Screen):
    """A case for a petition that reached no threshold, or whose answer somebody has promised."""

    template_name = "staff/answers/open.html"
    page_title = _("Open a case")

    def get(self, request: HttpRequest) -> HttpResponse:
        require(request.user, ASSIGN)
        return self._page(OpenForm(initial=request.GET.dict()))

    def post(self, request: HttpRequest) -> HttpResponse:
        require(request.user, ASSIGN)
        form = OpenForm(request.POST)
        if form.is_valid() and (case := self._opened(form)):
            messages.success(request, _("The case is open."))
            return redirect("cases:detail", case.pk)
        say_errors(request, form)
        return self._page(form)

    def _opened(self, form: OpenForm) -> Case | None:
        data = form.cleaned_data
        try:
            return services.open_by_hand(
                petition_id=data["petition_id"],
                actor=self.request.user,
                reason=data["reason"],
                owed_since=data["owed_on"],
                now=timezone.now(),
            )
        except Petition.DoesNotExist:
            form.add_error("petition_id", _("There is no petition with this number."))
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else "petition_id", str(refusal))
        return None

    def _page(self, form: OpenForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, media=form.media))

    def get_parents(self) -> list[dict[str, Any]]:
        return [{"url": reverse_lazy("staff_cases:index"), "label": _("Cases")}]
