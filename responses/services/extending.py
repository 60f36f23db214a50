"""More time for an answer: asked for with a public reason, signed off by somebody else; only then the date moves."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from petitions.services import Refused
from responses.models import Case, Extension
from responses.services import news, notices, proposals, steps
from responses.services.pausing import public_reason

SIGN_OFF = "responses.sign_off"
# Longer ones are asked for again: somebody should look at the case in between.
LONGEST = 60


@transaction.atomic
def ask_extension(*, case_id: int, actor: User, working_days: int, reason: dict[str, str], now: datetime) -> Extension:
    """A request for ``working_days`` more, for a reason by language that is public once it is granted.

    Those who sign off are told. Raises NotAllowed to those who neither draft nor assign; Refused without a reason in
    the main language, for less than a day or more than 60, when no answer is owed or a request waits already.
    """
    case = proposals.begin(Extension, case_id, actor)
    if not 1 <= working_days <= LONGEST:
        raise Refused(_("Ask for 1 to %(limit)s working days.") % {"limit": LONGEST}, "working_days")
    extension = Extension.objects.create(
        case=case, proposed_by=actor, proposed_at=now, text=public_reason(reason), working_days=working_days
    )
    steps.record(case, "extension_asked", actor=actor, extension=extension.pk, working_days=working_days)
    notices.tell(notices.What.EXTENSION, case=case, but=actor)
    return extension


@transaction.atomic
def grant_extension(*, case_id: int, extension_id: int | None, actor: User, now: datetime) -> Case:
    """The case with its due date moved; the reason is public and the creators are told.

    Raises NotAllowed without ``responses.sign_off`` and to whoever asked; Refused when it was decided, or no answer is
    owed any more.
    """
    case = steps.locked(case_id)
    proposals.require_holder(case, actor, SIGN_OFF)
    extension = proposals.waiting(Extension, case, extension_id)
    proposals.let_pass(extension, actor=actor, now=now)
    case.extended_days += extension.working_days
    before = case.due_on
    steps.set_due_date(case, timezone.localdate(now))
    steps.store(case, now)
    reason = next(iter(extension.text.values()))
    steps.record(
        case,
        "extend",
        actor=actor,
        reason=reason,
        extension=extension.pk,
        working_days=extension.working_days,
        before=str(before),
        due_on=str(case.due_on),
    )
    days = extension.working_days
    news.tell_creators(case, "extended", key=str(extension.pk), text=extension.text, now=now, working_days=days)
    notices.tell(notices.What.EXTENDED, case=case, to=_asker_and_owner(extension, case), but=actor)
    return case


@transaction.atomic
def refuse_extension(*, case_id: int, extension_id: int | None, actor: User, comment: str, now: datetime) -> Case:
    """The case with its due date as it was; whoever asked is told.

    They may take the request back themselves, without a reason. Raises NotAllowed to others without
    ``responses.sign_off``; Refused without a reason, when it was decided, or no answer is owed any more.
    """
    case = steps.locked(case_id)
    proposals.require_holder(case, actor, SIGN_OFF, *proposals.WRITERS)
    extension = proposals.waiting(Extension, case, extension_id)
    proposals.require_decider(extension, actor, SIGN_OFF)
    proposals.turn_down(extension, actor=actor, comment=comment, now=now)
    steps.record(case, "extension_refused", actor=actor, reason=extension.comment, extension=extension.pk)
    notices.tell(notices.What.NOT_EXTENDED, case=case, to=_asker_and_owner(extension, case), but=actor)
    return case


def _asker_and_owner(extension: Extension, case: Case) -> set[int]:
    return {extension.proposed_by_id} | ({case.owner_id} if case.owner_id else set())
