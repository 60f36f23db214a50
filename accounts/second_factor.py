"""Asking for a second factor: allauth's screens, with our count of guesses and our audit."""

from typing import Any

from allauth.account.views import ReauthenticateView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import (
    DownloadRecoveryCodesView,
    GenerateRecoveryCodesView,
    ViewRecoveryCodesView,
)
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    ListWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic.edit import FormMixin

from accounts.models import User
from accounts.services import signing_in


class CountedCode(forms.Form):
    """A code from the app or from the list of recovery codes. Each is a guess until it is right, and right once."""

    user: User

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        now = timezone.now()
        if signing_in.take_try(self.user.username):
            for authenticator in Authenticator.objects.filter(user_id=self.user.pk):
                if _is_right(authenticator, code, user=self.user):
                    signing_in.forget_tries(self.user)
                    authenticator.user = self.user
                    self.authenticator = authenticator
                    return code
            signing_in.was_wrong(self.user.username, now=now)
        raise get_adapter().validation_error("incorrect_code")


def _is_right(authenticator: Authenticator, code: str, *, user: User) -> bool:
    """Whether this is a code of this factor that was never used. allauth remembers used ones in Redis; we must not."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return bool(authenticator.wrap().validate_code(code))
    if authenticator.type != Authenticator.Type.TOTP:
        return False
    secret = get_adapter().decrypt(authenticator.data["secret"])
    for step in totp.yield_hotp_counters_from_time():
        if totp.compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, step))):
            return signing_in.is_first_use(user, step)
    return False


class CodeForm(CountedCode, AuthenticateForm):
    """At the door, after the password."""


class CodeAgainForm(CountedCode, ReauthenticateForm):
    """Before an own factor is changed."""


class Audited(FormMixin[Any]):
    """What a member of staff does to their own factors: with its audit row, and the end of their other sessions."""

    act = ""

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            signing_in.factors_changed(self.request, act=self.act)
        return response


class FactorsView(IndexView):
    """One's own factors; says so when nothing else is open before one is set up."""

    template_name = "staff/accounts/factors.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(must_add=signing_in.lacks_second_factor(self.request), **kwargs)


class AddApp(Audited, ActivateTOTPView):
    act = "add_app"


class RemoveApp(Audited, DeactivateTOTPView):
    act = "remove_app"


class AddPasskey(Audited, AddWebAuthnView):
    act = "add_passkey"


class RemovePasskey(Audited, RemoveWebAuthnView):
    act = "remove_passkey"

    def form_valid(self, form: Any) -> HttpResponse:
        if not signing_in.may_remove(self.get_object()):
            messages.error(self.request, _("This is your last second factor: add another one first."))
            return redirect("mfa_index")
        return super().form_valid(form)


class NewRecoveryCodes(Audited, GenerateRecoveryCodesView):
    act = "new_recovery_codes"


URLS = [
    path("", FactorsView.as_view(), name="mfa_index"),
    path("code/", AuthenticateView.as_view(), name="mfa_authenticate"),
    path("again/password/", ReauthenticateView.as_view(), name="account_reauthenticate"),
    path("again/code/", CodeAgainView.as_view(), name="mfa_reauthenticate"),
    path("again/passkey/", ReauthenticateWebAuthnView.as_view(), name="mfa_reauthenticate_webauthn"),
    path("app/add/", AddApp.as_view(), name="mfa_activate_totp"),
    path("app/remove/", RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("recovery-codes/", ViewRecoveryCodesView.as_view(), name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("recovery-codes/download/", DownloadRecoveryCodesView.as_view(), name="mfa_download_recovery_codes"),
    path("passkeys/", ListWebAuthnView.as_view(), name="mfa_list_webauthn"),
    path("passkeys/add/", AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("passkeys/sign-in/", LoginWebAuthnView.as_view(), name="mfa_login_webauthn"),
    path("passkeys/<int:pk>/edit/", EditWebAuthnView.as_view(), name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", RemovePasskey.as_view(), name="mfa_remove_webauthn"),
]
