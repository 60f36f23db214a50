"""The form that asks offices for their contribution."""

from email.utils import parseaddr

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput, AdminDateInput

from accounts.models import Department
from responses.models import Case
from responses.services import gathering, steps
from responses.staff.forms import ActForm

# Time to answer when nothing else is said.
USUAL_DAYS = 5


class AskForm(ActForm):
    question = forms.CharField(
        label=_("Question"), max_length=gathering.QUESTION_LENGTH, widget=AdminAutoHeightTextInput
    )
    due_on = forms.DateField(label=_("Asked for by"), widget=AdminDateInput)
    department_ids = forms.ModelMultipleChoiceField(
        label=_("Departments"),
        queryset=Department.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each is asked through its named person, else at its team’s address."),
    )
    outside = forms.CharField(
        label=_("Others, without an account"),
        required=False,
        max_length=4000,
        widget=AdminAutoHeightTextInput,
        help_text=_("One a line: Environment Agency <desk@agency.example>. Each gets a link to this question only."),
    )
    language = forms.ChoiceField(label=_("Language of mails to others"), choices=list(settings.LANGUAGES))

    def begin(self, case: Case) -> None:
        reachable = Q(point_person__is_active=True) | ~Q(email="")
        self.fields["department_ids"].queryset = Department.objects.filter(reachable, active=True)
        usual = steps.in_working_days(case, USUAL_DAYS, timezone.localdate())
        self.initial = {"due_on": usual, "language": settings.LANGUAGE_CODE} | self.initial

    def clean_outside(self) -> list[gathering.Outside]:
        lines = [line.strip() for line in self.cleaned_data["outside"].splitlines() if line.strip()]
        return [_office(line) for line in lines]


def _office(line: str) -> gathering.Outside:
    name, address = parseaddr(line)
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValidationError(
            gettext("Write each as “Name of the office <address>”; this is none: %(line)s") % {"line": line[:100]}
        ) from error
    if not name:
        raise ValidationError(gettext("Name the office before its address: %(line)s") % {"line": line[:100]})
    return gathering.Outside(name=name, address=address)
