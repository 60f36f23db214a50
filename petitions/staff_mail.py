"""Telling moderators that something waits for them: one mail a day each, with a link and numbers, never a text."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

import mailing.services
from accounts.models import User
from accounts.roles import Role
from accounts.selectors import in_role, members_of
from mailing.kinds import Message
from mailing.models import Mail
from petitions.models import Petition, Report, ReviewRequest
from petitions.models.moderation import ReportState

WAITING = "moderation_waiting"


def tell_moderators(now: datetime) -> None:
    """Queue the day's mail for every moderator who has not had it yet, in the caller's transaction."""
    day = now.date().isoformat()
    mailing.services.queue_many(
        WAITING, [(user.pk, f"{WAITING}:{user.pk}:{day}") for user in members_of(Role.MODERATOR).only("pk")]
    )


def build(mail: Mail) -> Message | None:
    """The mail to one moderator; None when nothing waits any more or the person is no moderator any more."""
    user = User.objects.filter(pk=mail.row_id).first()
    waiting = waiting_numbers()
    if user is None or not user.email or not in_role(user, Role.MODERATOR) or not any(waiting.values()):
        return None
    context = {**waiting, "url": settings.WAGTAILADMIN_BASE_URL + reverse("staff_moderation")}
    return Message(to=user.email, language=user.language, context=context, template=WAITING)


def waiting_numbers() -> dict[str, int]:
    """How many petitions, reviews and reported petitions wait for a moderator."""
    return {
        "petitions": Petition.objects.in_moderation().count(),
        "reviews": ReviewRequest.objects.filter(outcome="").count(),
        "reported": Report.objects.filter(state=ReportState.OPEN).values("petition_id").distinct().count(),
    }
