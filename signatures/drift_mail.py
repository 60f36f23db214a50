"""Telling administrators that counts and rows differ: one mail a day each, with a link and a number."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

import mailing.services
from accounts.models import User
from accounts.roles import Role
from accounts.selectors import in_role, members_of
from mailing.kinds import Message
from mailing.models import Mail
from signatures.models import Drift

DRIFT = "count_drift"


def tell_administrators(now: datetime) -> None:
    """Queue the day's mail for every administrator who has not had it yet, in the caller's transaction."""
    day = now.date().isoformat()
    administrators = members_of(Role.ADMINISTRATOR).only("pk")
    mailing.services.queue_many(DRIFT, [(user.pk, f"{DRIFT}:{user.pk}:{day}") for user in administrators], now=now)


def build(mail: Mail) -> Message | None:
    """The mail to one administrator; None when all agrees again or the person is no administrator any more."""
    user = User.objects.filter(pk=mail.row_id).first()
    number = Drift.objects.filter(settled_at=None).count()
    if user is None or not user.email or not in_role(user, Role.ADMINISTRATOR) or not number:
        return None
    url = settings.WAGTAILADMIN_BASE_URL + reverse("staff_counting")
    return Message(to=user.email, language=user.language, context={"number": number, "url": url}, template=DRIFT)
