"""Settings → Partners: keys are issued, changed and revoked here, and shown once."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.widgets import AdminAutoHeightTextInput, AdminDateTimeInput

from cms.caching import mark_unstored
from opendata.models import PartnerKey
from opendata.wethepeople import keys
from opendata.wethepeople.keys import MANAGE, MOST_PER_HOUR, MOST_PER_MINUTE, Terms
from petitions import places
from petitions.places import HOME_COUNTRY
from signatures.staff.door import DoorScreen, ReasonForm, last_changes, ran

CHANGES = {
    "partner_key.issue": _("issued"),
    "partner_key.change": _("changed"),
    "partner_key.revoke": _("revoked"),
}
LARGEST = 2**63 - 1
USUAL_PER_MINUTE, USUAL_PER_HOUR = 60, 1_000


class TermsForm(forms.Form):
    """What a partner may do with a key, and on what they have given their word."""

    required_css_class = "required"
    partner = forms.CharField(label=_("Partner"), max_length=100, help_text=_("The organisation, as you know it."))
    declaration = forms.CharField(
        label=_("Eligibility declaration"),
        max_length=1000,
        widget=AdminAutoHeightTextInput,
        help_text=_("What the partner has everybody declare who signs with them, in place of the box on our form."),
    )
    country = forms.ChoiceField(
        label=_("Default country"), help_text=_("Where somebody lives of whom the partner says nothing else.")
    )
    language = forms.ChoiceField(label=_("Language of the mails"), choices=settings.LANGUAGES)
    per_minute = forms.IntegerField(
        label=_("Signatures per minute"), min_value=1, max_value=MOST_PER_MINUTE, initial=USUAL_PER_MINUTE
    )
    per_hour = forms.IntegerField(
        label=_("Signatures per hour"), min_value=1, max_value=MOST_PER_HOUR, initial=USUAL_PER_HOUR
    )
    trusted = forms.BooleanField(
        label=_("Trusted under a challenge"),
        required=False,
        help_text=_("While signing a petition takes a proof, this key goes on at its own limits. Others have to wait."),
    )
    expires_at = forms.DateTimeField(
        label=_("Until"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=_("Leave it empty and the key can be used until it is revoked."),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        widget=AdminAutoHeightTextInput,
        help_text=_("For staff only. Kept in the audit log too: name no e-mail address."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = list(places.countries().items())
        self.fields["country"].initial = HOME_COUNTRY

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"]
        if "@" in note:
            raise forms.ValidationError(_("Name no e-mail address here."))
        return note

    def terms(self) -> Terms:
        """What was typed, once the form is valid."""
        return Terms(**{name: value for name, value in self.cleaned_data.items() if name != "reason"})


class ChangeForm(TermsForm):
    reason = ReasonForm.base_fields["reason"]


class PartnersView(DoorScreen):
    """``partners/``: all keys, and a form that issues one."""

    template_name = "staff/partners/partners.html"
    page_title = _("Partners")
    header_icon = "key"
    permission = MANAGE

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form, now = TermsForm(request.POST), timezone.now()
        issued: list[tuple[PartnerKey, str]] = []
        if ran(form, lambda: issued.append(keys.issue(actor=request.user, terms=form.terms(), now=now))):
            row, key = issued[0]
            response = self.render_to_response(self.get_context_data(issued=row, key=key))
            mark_unstored(response)
            return response
        return self.again(form, form=form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        in_force = keys.in_force(now).order_by("partner", "pk")
        context = {
            "form": TermsForm(),
            "in_force": in_force,
            "ended": PartnerKey.objects.exclude(pk__in=in_force.values("pk")).order_by("-revoked_at", "-pk")[:50],
        }
        return super().get_context_data(**{**context, **kwargs})


class PartnerView(DoorScreen):
    """``partners/<number>/``: one key; change its terms, or revoke it."""

    template_name = "staff/partners/partner.html"
    header_icon = "key"
    permission = MANAGE

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.row = PartnerKey.objects.filter(pk=kwargs["pk"]).first() if kwargs["pk"] <= LARGEST else None
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self._found()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        self._found()
        now = timezone.now()
        if "revoke" in request.POST:
            end = ReasonForm(request.POST)
            if ran(end, lambda: keys.revoke(actor=request.user, key_id=pk, now=now, **end.cleaned_data)):
                messages.success(request, _("The key is revoked: the next request with it is refused."))
                return redirect("staff_partners")
            return self.again(end, end_form=end)
        form = ChangeForm(request.POST)

        def change() -> None:
            reason = form.cleaned_data["reason"]
            keys.change(actor=request.user, key_id=pk, terms=form.terms(), reason=reason, now=now)

        if ran(form, change):
            messages.success(request, _("The key is changed, from the next request on."))
            return redirect("staff_partner", pk)
        return self.again(form, form=form)

    def _found(self) -> PartnerKey:
        if self.row is None:
            raise Http404
        return self.row

    def get_page_title(self) -> str:
        return self._found().partner

    def get_parents(self) -> list[dict[str, Any]]:
        return [{"url": reverse("staff_partners"), "label": _("Partners")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, now = self._found(), timezone.now()
        since = now - timedelta(days=1)
        handed_in = row.signatures.aggregate(all=Count("pk"), day=Count("pk", filter=Q(handed_in_at__gte=since)))
        context = {
            "row": row,
            "country": places.countries().get(row.country, row.country),
            "language": dict(settings.LANGUAGES).get(row.language, row.language),
            "is_over": row.revoked_at is not None,
            "is_past": row.expires_at is not None and row.expires_at <= now,
            "handed_in": handed_in,
            "form": ChangeForm(initial={name: getattr(row, name) for name in TermsForm.base_fields}),
            "end_form": ReasonForm(),
            "changes": last_changes(CHANGES, subject_kind="partner_key", subject_id=row.pk),
        }
        return super().get_context_data(**{**context, **kwargs})


URLS = [
    path("partners/", PartnersView.as_view(), name="staff_partners"),
    path("partners/<int:pk>/", PartnerView.as_view(), name="staff_partner"),
]
