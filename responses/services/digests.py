"""One mail a day for those who chose it: all that waits for them, as links, never a word of an unpublished text."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from wagtail.models import TaskState

import mailing.services
from accounts.models import User
from mailing.kinds import Message
from mailing.models import Mail
from responses.models import Notice
from responses.services import notices

KIND = TEMPLATE = "staff_digest"
# The hour of the site's time zone from which the day's mail goes out.
HOUR = 7
KEPT = timedelta(days=30)


def send_digests(now: datetime) -> int:
    """Queue the day's mail for everybody who has something to hear of and had none today; how many.

    Does nothing before seven in the morning. What comes later in the day waits for the next morning.
    """
    local = timezone.localtime(now)
    if local.hour < HOUR:
        return 0
    today = local.date()
    served = Notice.objects.filter(digest_on=today).values("user")
    waiting = Notice.objects.filter(digest_on=None).exclude(user__in=served).order_by("user_id")
    sent = sum(_send(user_id, today) for user_id in list(waiting.values_list("user_id", flat=True).distinct()))
    Notice.objects.filter(digest_on__lt=today - KEPT).delete()
    return sent


@transaction.atomic
def _send(user_id: int, today: date) -> bool:
    told = Notice.objects.select_for_update(skip_locked=True).filter(user_id=user_id, digest_on=None)
    if not Notice.objects.filter(pk__in=[notice.pk for notice in told]).update(digest_on=today):
        return False
    day = today.isoformat()
    mailing.services.queue(KIND, row_id=user_id, details={"day": day}, once_key=f"{KIND}:{user_id}:{day}")
    return True


def build(mail: Mail) -> Message | None:
    """The day's mail to one member of staff; None when all of it is done, or the person cannot act any more."""
    user = User.objects.filter(pk=mail.row_id, is_active=True).first()
    if user is None or not user.email:
        return None
    with override(user.language):
        items = _items(user, date.fromisoformat(mail.details["day"]))
        if not items:
            return None
        context = {
            "subject": gettext("Your cases today: %(number)s") % {"number": len(items)},
            "items": items,
            "choice_url": settings.WAGTAILADMIN_BASE_URL + reverse("wagtailadmin_account"),
        }
    return Message(to=user.email, language=user.language, context=context, template=TEMPLATE)


def _items(user: User, day: date) -> list[dict[str, Any]]:
    """Each thing once, the oldest first; reviews that were decided meanwhile are left out."""
    told = Notice.objects.filter(user=user, digest_on=day).select_related("case", "task_state").order_by("pk")
    items: dict[tuple[str, int, int | None], dict[str, Any]] = {}
    for notice in told.prefetch_related("case__links__petition"):
        if notice.task_state and notice.task_state.status != TaskState.STATUS_IN_PROGRESS:
            continue
        items[notice.what, notice.case_id, notice.task_state_id] = {
            "line": notices.line(notice.what, notice.case_id),
            "titles": [link.petition.title for link in notice.case.links.all()],
            "url": notices.address(notice.what, notice.case_id, notice.task_state_id),
        }
    return list(items.values())
