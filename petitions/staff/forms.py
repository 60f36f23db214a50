"""One form for each act on a petition. What they refuse beyond their own fields, the services say."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput

from accounts.models import Department
from petitions.models import Petition, RejectionReason, Topic
from petitions.models.moderation import ReportState, ReviewOutcome
from petitions.services import texts


class ActForm(forms.Form):
    """A form about one petition; its first values may come from there."""

    required_css_class = "required"

    def __init__(self, *args: Any, petition: Petition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.petition = petition
        self.begin(petition)

    def begin(self, petition: Petition) -> None:
        """Take first values and choices from the petition."""


class NoFieldsForm(ActForm):
    """An act that asks nothing."""


class ApproveForm(ActForm):
    topics = forms.ModelMultipleChoiceField(
        label=_("Topics"), queryset=Topic.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    departments = forms.ModelMultipleChoiceField(
        label=_("Departments that would answer"),
        queryset=Department.objects.filter(active=True),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label=_("Note for colleagues"), required=False, widget=AdminAutoHeightTextInput)

    def begin(self, petition: Petition) -> None:
        self.initial = {"topics": petition.topics.all(), "departments": petition.departments.all()} | self.initial


class RefuseForm(ActForm):
    """A reason from the list, shown to creator and public with its explanation."""

    reason_code = forms.ModelChoiceField(
        label=_("Reason"), queryset=RejectionReason.objects.none(), to_field_name="code", empty_label=_("Choose")
    )
    duplicate_of_id = forms.IntegerField(
        label=_("Number of the petition it repeats"),
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        help_text=_("Only for a duplicate: an open, closed or refused petition that the public can read."),
    )
    details = forms.CharField(
        label=_("More for the creator"),
        required=False,
        max_length=2000,
        widget=AdminAutoHeightTextInput,
        help_text=_("Shown with the reason’s own explanation, unless the petition is hidden: then only mailed."),
    )

    def begin(self, petition: Petition) -> None:
        self.fields["reason_code"].queryset = RejectionReason.objects.filter(active=True)
        self.fields["reason_code"].label_from_instance = _reason_label


def _reason_label(reason: RejectionReason) -> str:
    return f"{reason.title} ({_('hidden')})" if reason.hides else reason.title


class HideForm(RefuseForm):
    """As for a refusal, but nobody sees the text afterwards, so it names no other petition."""

    duplicate_of_id = None


class NoteForm(ActForm):
    text = forms.CharField(label=_("Note"), widget=AdminAutoHeightTextInput)


class SecondOpinionForm(ActForm):
    note = forms.CharField(label=_("What should a colleague look at?"), widget=AdminAutoHeightTextInput)


class RestoreForm(ActForm):
    reason = forms.CharField(label=_("Why is the decision taken back?"), widget=AdminAutoHeightTextInput)


class CorrectForm(ActForm):
    """The text as it should read, and the public note in each language of the site."""

    title = forms.CharField(label=_("Title"), widget=AdminAutoHeightTextInput)
    ask = forms.CharField(label=_("What should be done"), required=False, widget=AdminAutoHeightTextInput)
    detail = forms.CharField(label=_("More detail"), required=False, widget=AdminAutoHeightTextInput)
    hide_earlier = forms.BooleanField(
        label=_("Hide the earlier text"),
        required=False,
        help_text=_("Otherwise everybody can still read what people signed until now."),
    )

    def begin(self, petition: Petition) -> None:
        self.initial = {field: getattr(petition, field) for field in texts.FIELDS} | self.initial
        for code, name in settings.LANGUAGES:
            self.fields[f"note_{code}"] = forms.CharField(
                label=_("Public note (%(language)s)") % {"language": name},
                required=code == petition.language,
                max_length=1000,
                widget=AdminAutoHeightTextInput,
            )
        self.order_fields([*texts.FIELDS, *(f"note_{code}" for code, _name in settings.LANGUAGES), "hide_earlier"])


class DecideReportsForm(ActForm):
    outcome = forms.ChoiceField(
        label=_("The reports are"),
        choices=[
            (ReportState.DISMISSED, _("dismissed: the petition may stay as it is")),
            (ReportState.ACTED_ON, _("acted on: the petition was hidden, taken down or corrected")),
        ],
        widget=forms.RadioSelect,
    )
    decision = forms.CharField(label=_("Why?"), widget=AdminAutoHeightTextInput)
    # The newest that stood on the page: nobody decides what came while they were reading.
    newest_id = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def begin(self, petition: Petition) -> None:
        waiting = petition.reports.filter(state=ReportState.OPEN)
        self.initial = waiting.aggregate(newest_id=Max("pk")) | self.initial


class DecideReviewForm(ActForm):
    outcome = forms.ChoiceField(label=_("On a second look"), choices=ReviewOutcome.choices, widget=forms.RadioSelect)
    explanation = forms.CharField(
        label=_("Explanation for the creator"),
        widget=AdminAutoHeightTextInput,
        help_text=_("Mailed in the words you write, so write in the petition’s language."),
    )
