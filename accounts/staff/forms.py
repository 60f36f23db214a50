"""Forms about colleagues."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput

from accounts.models import Department, User
from accounts.roles import TABLE, Role
from accounts.selectors import departments_for
from accounts.services.colleagues import Person, roles_of, roles_to_give


class RolesForm(forms.Form):
    """What somebody may do, and where."""

    required_css_class = "required"
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without one nobody gets past the sign-in."),
    )
    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.filter(active=True),
        required=False,
        help_text=_("Drafters and department reviewers need one: they see its cases."),
    )

    def __init__(self, *args: Any, actor: User, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments_for(user)
        self.fields["roles"].choices = [(role.value, TABLE[role].label) for role in roles_to_give(actor)]

    @classmethod
    def about(cls, user: User, *, actor: User) -> "RolesForm":
        """The form with what ``user`` has now."""
        return cls(initial={"roles": sorted(roles_of(user)), "department": user.department_id}, actor=actor, user=user)

    def given(self) -> dict[str, Any]:
        """The valid form's roles and department."""
        roles = [Role(name) for name in self.cleaned_data["roles"]]
        return {"roles": roles, "department": self.cleaned_data["department"]}


class InvitationForm(RolesForm):
    """Who is invited, and as what."""

    username = forms.CharField(
        label=_("Name for signing in"), max_length=150, help_text=_("Letters, digits and @ . + - _ only.")
    )
    email = forms.EmailField(label=_("E-mail"), help_text=_("The link that sets the password goes there."))
    first_name = forms.CharField(label=_("First name"), max_length=150)
    last_name = forms.CharField(label=_("Last name"), max_length=150)
    language = forms.ChoiceField(label=_("Language of mails"), choices=settings.STAFF_LANGUAGES)
    field_order = ["username", "email", "first_name", "last_name", "roles", "department", "language"]

    def person(self) -> Person:
        """The valid form's person."""
        return Person(**{name: self.cleaned_data[name] for name in Person.__dataclass_fields__})


class ReasonForm(forms.Form):
    """Why something is done to a login."""

    required_css_class = "required"
    reason = forms.CharField(
        label=_("Why?"),
        max_length=300,
        widget=AdminAutoHeightTextInput,
        help_text=_("Kept in the audit log."),
    )
