"""Mail to a member of staff whose login was locked, or whose password or second factors changed, whoever did it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext, override

import mailing.services
from accounts.models import User
from mailing.kinds import Message
from mailing.models import Mail

KIND = TEMPLATE = "staff_alert"


class Alert(StrEnum):
    """What happened. Those about factors are called as the acts in the audit log."""

    LOCKED = "lock"
    PASSWORD = "password"  # noqa: S105 - says that it changed
    ADD_APP = "add_app"
    REMOVE_APP = "remove_app"
    ADD_PASSKEY = "add_passkey"
    REMOVE_PASSKEY = "remove_passkey"
    NEW_RECOVERY_CODES = "new_recovery_codes"
    RESET_FACTORS = "reset_factors"


SUBJECTS = {
    Alert.LOCKED: lambda: gettext("Your login was locked after too many wrong tries"),
    Alert.PASSWORD: lambda: gettext("The password of your login was changed"),
    Alert.ADD_APP: lambda: gettext("An app was added to your login as a second factor"),
    Alert.REMOVE_APP: lambda: gettext("The app was removed from your login’s second factors"),
    Alert.ADD_PASSKEY: lambda: gettext("A passkey was added to your login"),
    Alert.REMOVE_PASSKEY: lambda: gettext("A passkey was removed from your login"),
    Alert.NEW_RECOVERY_CODES: lambda: gettext("New recovery codes were made for your login"),
    Alert.RESET_FACTORS: lambda: gettext("A colleague took the second factors of your login away"),
}


class LongEnough(MinimumLengthValidator):
    """Django's rule of a least length, which also hears of every new password of a login, by whatever screen."""

    def password_changed(self, password: str, user: User | None = None) -> None:
        """Mail the holder. Called by Django when the login is stored with a new password."""
        if user is not None and user.pk:
            queue(user.pk, Alert.PASSWORD)


def queue(user_id: int, alert: Alert, *, now: datetime | None = None) -> None:
    """Queue the mail about ``alert``, in the caller's transaction."""
    mailing.services.queue(KIND, row_id=user_id, details={"alert": alert}, now=now)


def build(mail: Mail) -> Message | None:
    """The mail; None for a login that was disabled, or has no address."""
    user = User.objects.filter(pk=mail.row_id, is_active=True).first()
    if user is None or not user.email:
        return None
    alert = Alert(mail.details["alert"])
    with override(user.language):
        context: dict[str, Any] = {
            "site": settings.WAGTAIL_SITE_NAME,
            "username": user.username,
            "subject": SUBJECTS[alert](),
            "at": mail.created_at,
            "is_locked": alert == Alert.LOCKED,
        }
    return Message(to=user.email, language=user.language, context=context, template=TEMPLATE)
