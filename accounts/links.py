"""The mailed link with which a member of staff sets their password: after an invitation, or a forgotten one."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.urls import reverse

import mailing.services
from accounts.models import User
from accounts.refusals import Refused
from accounts.services import signing_in
from audit.services import record
from mailing.kinds import Message
from mailing.models import Mail
from vault import tokens
from vault.tokens import BadToken, Purpose

KIND = TEMPLATE = "staff_link"
LIFETIME = timedelta(days=3)
NO_PETITION = 0


def queue(user: User) -> None:
    """Queue the mail with the link, in the caller's transaction."""
    mailing.services.queue(KIND, row_id=user.pk)


def token_for(user: User, *, now: datetime) -> str:
    """A link token that opens until somebody sets a password with it, a new one is mailed, or three days are over."""
    return tokens.make(
        Purpose.STAFF,
        petition_id=NO_PETITION,
        row_id=user.pk,
        generation=user.link_round,
        now=now,
        lifetime=LIFETIME,
    )


def opened(token: str, *, now: datetime) -> User:
    """Whose link it is. Raises BadToken for one that opens nothing, or nothing any more."""
    claim = tokens.read(token, Purpose.STAFF, now=now)
    user = User.objects.filter(pk=claim.row_id, is_active=True).first()
    if user is None or user.link_round != claim.generation:
        raise BadToken
    return user


@transaction.atomic
def set_password(token: str, *, password: str, now: datetime) -> User:
    """Set the password of whose link this is; it opens nothing from now on, and their sessions end.

    Raises BadToken, and Refused for a password that is too weak.
    """
    user = opened(token, now=now)
    user = User.objects.select_for_update().get(pk=user.pk)
    opened(token, now=now)  # nobody was faster
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), "password") from error
    user.set_password(password)
    user.save(update_fields=["password"])
    User.objects.filter(pk=user.pk).update(link_round=F("link_round") + 1)
    signing_in.end_sessions(user)
    signing_in.forget_tries(user)
    record(action="user.set_password", subject_kind="user", subject_id=user.pk, actor_id=user.pk)
    return user


def build(mail: Mail) -> Message | None:
    """The mail with the link; None when the login was disabled meanwhile, or has no address."""
    user = User.objects.filter(pk=mail.row_id, is_active=True).first()
    if user is None or not user.email:
        return None
    path = reverse("staff_join", args=[token_for(user, now=mail.created_at)])
    context = {
        "site": settings.WAGTAIL_SITE_NAME,
        "username": user.username,
        "url": settings.WAGTAILADMIN_BASE_URL + path,
        "days": LIFETIME.days,
        "is_new": not user.has_usable_password(),
    }
    return Message(to=user.email, language=user.language, context=context, template=TEMPLATE)
