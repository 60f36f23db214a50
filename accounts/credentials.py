"""What a browser hands in of a passkey, as forms read it: whatever it is, it is right or wrong, and never a failure."""

import struct
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput

# What the library raises for bytes and shapes that no browser sends.
UNREADABLE = (LookupError, AttributeError, TypeError, ValueError, RecursionError, struct.error)


class CredentialField(forms.JSONField):
    """JSON, of a depth that can be read."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return super().bound_data(data, initial)
        except RecursionError:
            return InvalidJSONInput(data)


class CredentialAtTheDoor(AuthenticateWebAuthnForm):
    """After the password, at the door."""

    credential = CredentialField()

    def clean_credential(self) -> Authenticator:
        try:
            found: Authenticator = super().clean_credential()
        except UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return found


class CredentialAlone(CredentialAtTheDoor, LoginWebAuthnForm):
    """In place of name and password."""


class CredentialAgain(CredentialAtTheDoor, ReauthenticateWebAuthnForm):
    """Before an own factor is changed."""


class NewCredential(AddWebAuthnForm):
    """A passkey that is set up."""

    credential = CredentialField()

    def clean(self) -> dict[str, Any]:
        try:
            given: dict[str, Any] = super().clean()
        except UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return given
