"""Forms of the acts on a case's clock."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput

from responses.models import Case, Extension, InterimUpdate
from responses.models.clock import Proposal
from responses.services import extending, proposals, updates
from responses.staff.forms import ActForm, PublicReasonForm


class MoreTimeForm(PublicReasonForm):
    working_days = forms.IntegerField(label=_("Working days more"), min_value=1, max_value=extending.LONGEST)


class UpdateForm(ActForm):
    """Words for the public in each language of the site, the main one required."""

    def begin(self, case: Case) -> None:
        for code, name in settings.LANGUAGES:
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("Update, public (%(language)s)") % {"language": name},
                required=code == settings.LANGUAGE_CODE,
                max_length=updates.LENGTH,
                widget=AdminAutoHeightTextInput,
            )

    def text(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"text_{code}"] for code, _name in settings.LANGUAGES}


class DecisionForm(ActForm):
    """A decision on the proposal that the actor was shown, whatever waits by the time it arrives."""

    model: type[Proposal]
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def begin(self, case: Case) -> None:
        waiting: Any = self.model._default_manager.filter(case=case, decided_at=None).first()
        self.initial = {"seen": waiting.pk if waiting else None} | self.initial


class ExtensionForm(DecisionForm):
    model = Extension


class InterimUpdateForm(DecisionForm):
    model = InterimUpdate


class RefuseExtensionForm(ExtensionForm):
    comment = forms.CharField(label=_("Why not"), max_length=proposals.COMMENT_LENGTH, widget=AdminAutoHeightTextInput)


class ReturnUpdateForm(InterimUpdateForm):
    comment = forms.CharField(
        label=_("What has to change"), max_length=proposals.COMMENT_LENGTH, widget=AdminAutoHeightTextInput
    )
