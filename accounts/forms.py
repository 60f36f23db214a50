"""Forms of the staff administration."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm

from accounts.models import Department
from accounts.selectors import departments_for

MORE_FIELDS = {"department", "language"}


class StaffFields(forms.ModelForm):
    """What a member of staff has beside Wagtail's fields."""

    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.filter(active=True),
        required=False,
        help_text=_("Drafters and department reviewers see the cases of their department."),
    )
    language = forms.ChoiceField(label=_("Language of mails"), choices=settings.STAFF_LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.by_superuser = kwargs.pop("by_superuser", False)
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments_for(self.instance)
        if not self.by_superuser:
            self.fields.pop("is_superuser", None)


class StaffCreationForm(StaffFields, UserCreationForm):
    class Meta(UserCreationForm.Meta):
        fields = UserCreationForm.Meta.fields | MORE_FIELDS


class StaffEditForm(StaffFields, UserEditForm):
    class Meta(UserEditForm.Meta):
        fields = UserEditForm.Meta.fields | MORE_FIELDS
