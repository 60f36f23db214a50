"""What staff type at the fraud desk. What they refuse beyond their own fields, the services say."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput, AdminDateTimeInput

from petitions.models import Petition, Region
from signatures.fraud.criteria import TAGS, UNPLACED, Criteria
from signatures.models import Act, Suspicion

LARGEST = 2**63 - 1
KEPT = _("Kept in the audit log for good. Name no e-mail address.")


class StaffForm(forms.Form):
    required_css_class = "required"


class ReasonForm(StaffForm):
    reason = forms.CharField(label=_("Why?"), max_length=1000, widget=AdminAutoHeightTextInput, help_text=KEPT)


class NothingForm(StaffForm):
    """An act that asks nothing."""


class FindingForm(StaffForm):
    finding = forms.CharField(
        label=_("What did you find?"), max_length=1000, widget=AdminAutoHeightTextInput, help_text=KEPT
    )

    def clean_finding(self) -> str:
        finding: str = self.cleaned_data["finding"]
        if "@" in finding:
            raise forms.ValidationError(_("Name no e-mail address here: the log keeps what you found for good."))
        return finding


class PetitionForm(StaffForm):
    """Which petition's desk to open."""

    petition = forms.IntegerField(label=_("Number of the petition"), min_value=1, max_value=LARGEST)

    def clean_petition(self) -> int:
        number: int = self.cleaned_data["petition"]
        if not Petition.objects.filter(pk=number).exists():
            raise forms.ValidationError(_("There is no petition of this number."))
        return number


class BulkForm(StaffForm):
    """An act and the criteria of the signatures it is for."""

    act = forms.ChoiceField(
        label=_("What is to be done"),
        choices=[
            (Act.HOLD, _("Hold: out of the count until somebody decides")),
            (Act.RELEASE, _("Release: count what is held")),
            (Act.REJECT, _("Reject: out of the count for good")),
            (Act.REINSTATE, _("Take a rejection back")),
        ],
        widget=forms.RadioSelect,
    )
    domain = forms.CharField(
        label=_("Domain of the address"),
        required=False,
        max_length=253,
        help_text=_("example.org, or *.example.org with its sub-domains (this reads each signature)."),
    )
    network = forms.CharField(
        label=_("Network"),
        required=False,
        max_length=60,
        help_text=_("192.0.2.1 or 2001:db8:1:2::/64; other prefixes such as 192.0.2.0/24 read each signature."),
    )
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=100,
        help_text=_("The whole name in any case; * stands for any letters (this reads each signature)."),
    )
    since = forms.DateTimeField(label=_("Handed in from"), required=False, widget=AdminDateTimeInput)
    until = forms.DateTimeField(label=_("Handed in before"), required=False, widget=AdminDateTimeInput)
    regions = forms.MultipleChoiceField(label=_("Regions"), required=False, widget=forms.CheckboxSelectMultiple)
    suspicion = forms.ChoiceField(
        label=_("Set aside because of"),
        required=False,
        choices=[("", _("anything or nothing")), *((value, label) for value, label in Suspicion.choices if value)],
    )
    domain_tag = forms.RegexField(r"^[0-9a-f]{16}$", required=False, widget=forms.HiddenInput)
    name_tag = forms.RegexField(r"^[0-9a-f]{16}$", required=False, widget=forms.HiddenInput)
    network_tag = forms.RegexField(r"^[0-9a-f]{16}$", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(region.code, region.name) for region in Region.objects.order_by("name")]
        self.fields["regions"].choices = [*places, (UNPLACED, _("unplaced or abroad"))]

    @property
    def group(self) -> str:
        """The kind of the group of the desk that the act is for; '' where it is for none."""
        return next((kind for kind in TAGS if self[f"{kind}_tag"].value()), "")

    def criteria(self) -> Criteria:
        """What was asked for, once the form is valid."""
        data = dict(self.cleaned_data)
        data.pop("act")
        for end in ("since", "until"):
            data[end] = data[end].isoformat() if data[end] else ""
        return Criteria(**{**data, "regions": ",".join(data["regions"])})


class LookupForm(StaffForm):
    """By address, or by the numbers of petition and signature."""

    address = forms.CharField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "email"}),
        help_text=_("As its owner wrote it; other spellings of the same mailbox are found too."),
    )
    petition = forms.IntegerField(
        label=_("Number of the petition"),
        required=False,
        min_value=1,
        max_value=LARGEST,
        help_text=_("With an address: look on this petition only."),
    )
    number = forms.IntegerField(
        label=_("Number of the signature"),
        required=False,
        min_value=1,
        max_value=LARGEST,
        help_text=_("With a petition."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        if data.get("number") and not data.get("petition"):
            self.add_error("petition", _("A signature’s number is that of its petition: give both."))
        elif not data.get("number") and not data.get("address"):
            self.add_error("address", _("Enter an address, or the numbers of petition and signature."))
        return data
