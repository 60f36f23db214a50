"""Stopping a case's clock for a public reason, and letting it run again."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import require
from petitions.services import Refused
from responses.models import Case
from responses.services import news, steps

REASON_LENGTH = 1000


@transaction.atomic
def pause(*, case_id: int, actor: User, reason: dict[str, str], now: datetime) -> Case:
    """Stop the clock for a reason that the public sees, by language; the creator is told of it.

    Raises NotAllowed without ``responses.assign_case``; Refused without a reason in the main language, for a case
    that is paused already or owes nothing any more.
    """
    require(actor, "responses.assign_case")
    case = steps.locked(case_id)
    if not case.is_owed:
        raise Refused(_("This case owes no answer: there is no clock to pause."))
    if case.is_paused:
        raise Refused(_("The clock stands still already."))
    case.pause_reason = public_reason(reason)
    case.paused_at = now
    steps.store(case, now)
    steps.record(case, "pause", actor=actor, reason=next(iter(case.pause_reason.values())), due_on=str(case.due_on))
    news.tell_creators(case, "paused", key=f"{case.pk}:{now.isoformat()}", text=case.pause_reason, now=now)
    return case


@transaction.atomic
def resume(*, case_id: int, actor: User, now: datetime) -> Case:
    """Let the clock run again: the due date moves by the working days that it stood still; the creator is told.

    Raises NotAllowed without ``responses.assign_case``, Refused for a case that is not paused.
    """
    require(actor, "responses.assign_case")
    case = steps.locked(case_id)
    if not case.is_paused:
        raise Refused(_("The clock is running."))
    end_pause(case, now)
    steps.store(case, now)
    steps.record(case, "resume", actor=actor, due_on=str(case.due_on), paused_days=case.paused_days)
    news.tell_creators(case, "resumed", key=f"{case.pk}:{now.isoformat()}", text={}, now=now)
    return case


def end_pause(case: Case, now: datetime) -> None:
    """Turn the pause under way into paused days, unsaved."""
    today = timezone.localdate(now)
    case.paused_days += steps.pause_so_far(case, today)
    case.paused_at, case.pause_reason = None, {}
    steps.set_due_date(case, today)


def public_reason(reason: dict[str, str]) -> dict[str, str]:
    """The reason by language, trimmed. Raises Refused when the main language is missing or a text is too long."""
    missing = _("Give the reason that the public will read.")
    return news.public_text(reason, field="reason", missing=missing, longest=REASON_LENGTH)
