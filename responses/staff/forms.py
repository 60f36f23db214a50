"""One form for each act on a case. What they refuse beyond their own fields, the services say."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput, AdminDateTimeInput

from accounts.models import Department, User
from accounts.selectors import answering_departments
from responses.models import Case, Team
from responses.models.case import CasePriority, CaseState
from responses.services import cases, pausing, review, tagging

OWNER_RIGHTS = ("responses.draft_answer", "responses.assign_case")


class ActForm(forms.Form):
    """A form about one case; its first values may come from there."""

    required_css_class = "required"

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.begin(case)

    def begin(self, case: Case) -> None:
        """Take first values and choices from the case."""


class NoFieldsForm(ActForm):
    """An act that asks nothing."""


class AssignForm(ActForm):
    department_id = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.none(),
        empty_label=_("Choose"),
        help_text=_("Those where somebody reviews answers."),
    )
    owner_id = forms.ModelChoiceField(
        label=_("Owner"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("The named person of the team or department"),
    )
    team_id = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("None")
    )
    priority = forms.TypedChoiceField(label=_("Priority"), choices=CasePriority.choices, coerce=int)

    def begin(self, case: Case) -> None:
        self.fields["team_id"].queryset = Team.objects.filter(active=True).select_related("department")
        self.fields["department_id"].queryset = answering_departments()
        self.fields["owner_id"].queryset = owners(case.owner_id)
        self.fields["owner_id"].label_from_instance = name_and_department
        # Until it is assigned, the coordinator holds it only to pass it on.
        owner_id = None if case.state == CaseState.NEW else case.owner_id
        mine = {
            "department_id": case.department_id,
            "owner_id": owner_id,
            "team_id": case.team_id,
            "priority": case.priority,
        }
        self.initial = mine | self.initial


def owners(now_id: int | None = None) -> QuerySet[User]:
    """Those who can write an answer or hand a case on, and whoever owns it now."""
    able = Q(pk=now_id)
    for right in OWNER_RIGHTS:
        holders = User.objects.with_perm(
            right, backend="django.contrib.auth.backends.ModelBackend", include_superusers=True
        )
        able |= Q(pk__in=holders.values("pk"))
    return User.objects.filter(able).select_related("department").order_by("department__name", "username")


def name_and_department(user: User) -> str:
    name = user.get_full_name() or user.username
    return f"{name} ({user.department.acronym})" if user.department else name


class TagsForm(ActForm):
    tags = forms.CharField(
        label=_("Tags"), required=False, max_length=1000, help_text=_("With commas between them. Only staff see them.")
    )

    def begin(self, case: Case) -> None:
        self.initial = {"tags": ", ".join(tagging.tags_of(case))} | self.initial


class NoteForm(ActForm):
    text = forms.CharField(label=_("Note"), max_length=cases.NOTE_LENGTH, widget=AdminAutoHeightTextInput)


class PublicReasonForm(ActForm):
    """A reason in each language of the site, the main one required."""

    def begin(self, case: Case) -> None:
        for code, name in settings.LANGUAGES:
            self.fields[f"reason_{code}"] = forms.CharField(
                label=_("Reason, public (%(language)s)") % {"language": name},
                required=code == settings.LANGUAGE_CODE,
                max_length=pausing.REASON_LENGTH,
                widget=AdminAutoHeightTextInput,
            )

    def reason(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"reason_{code}"] for code, _name in settings.LANGUAGES}


class ScheduleForm(ActForm):
    at = forms.DateTimeField(label=_("Goes live at"), widget=AdminDateTimeInput)


class ApproveForm(ActForm):
    comment = forms.CharField(
        label=_("Comment for colleagues"),
        required=False,
        max_length=review.REASON_LENGTH,
        widget=AdminAutoHeightTextInput,
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


class ReturnForm(ActForm):
    comment = forms.CharField(
        label=_("What has to change"), max_length=review.REASON_LENGTH, widget=AdminAutoHeightTextInput
    )
