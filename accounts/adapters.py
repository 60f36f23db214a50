"""What allauth asks of this project: staff only, no mails of its own, secrets sealed, our lock and our sessions."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import signing_in
from vault import sealing

SEALED_FOR = "staff:second-factor"


class AccountAdapter(DefaultAccountAdapter):
    """Signs in staff that others have invited; knows no sign-up, no addresses to confirm and no mails."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        signing_in.signed_in(request, user, now=timezone.now())

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        messages.error(request, _("You can not sign in with this passkey."))
        return redirect("wagtailadmin_login")

    def reauthenticate(self, user: User, password: str) -> bool:
        return signing_in.is_password_of(user, password)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Nobody who has just signed in must say the password again before adding a factor."""
        return not signing_in.is_new(self.request.session)

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if message_template != "account/messages/logged_in.txt":
            super().add_message(request, level, message_template, *args, **kwargs)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Seals the secrets of apps and recovery codes; keeps the last factor where one is required."""

    def encrypt(self, text: str) -> str:
        return sealing.seal_bytes(text.encode(), context=SEALED_FOR).hex()

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal_bytes(bytes.fromhex(encrypted_text), context=SEALED_FOR).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return signing_in.may_remove(authenticator)
