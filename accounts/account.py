"""One's own password, on Wagtail's screen of one's account: counted, audited and told as elsewhere."""

from typing import Any

from django.core.exceptions import ValidationError
from wagtail.admin.forms.auth import PasswordChangeForm
from wagtail.admin.views.account import ChangePasswordPanel

from accounts.models import User
from accounts.services import signing_in
from audit.services import record


class OwnPasswordForm(PasswordChangeForm):
    """A new password for who says the old one. Each is a guess: a session left open is no place to try them all."""

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        if not signing_in.is_password_of(self.user, old):
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return old

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit)
        record(action="user.set_password", subject_kind="user", subject_id=user.pk, actor_id=user.pk)
        return user


class OwnPasswordPanel(ChangePasswordPanel):
    """Wagtail's panel with this form. Wagtail's own is off (WAGTAIL_PASSWORD_MANAGEMENT_ENABLED)."""

    form_class = OwnPasswordForm

    def is_active(self) -> bool:
        return bool(self.user.has_usable_password())

    def get_form(self) -> Any:
        """The form, once for each request: Wagtail asks again to show what is wrong, which is no other guess."""
        asked = self.request.__dict__
        if "own_password" not in asked:
            asked["own_password"] = super().get_form()
        return asked["own_password"]
