"""News about an answer under way: written by one person, let pass by another. It stops no clock."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from responses.models import Case, InterimUpdate
from responses.services import news, notices, proposals, steps

# One approval, by somebody who reviews for the case's department or who signs off.
APPROVERS = ("responses.review_department", "responses.sign_off")
LENGTH = 1500


@transaction.atomic
def propose_update(*, case_id: int, actor: User, text: dict[str, str], now: datetime) -> InterimUpdate:
    """Words by language that wait for somebody else; a changed text is proposed anew.

    Raises NotAllowed to those who neither draft nor assign; Refused without a text in the main language, when no answer
    is owed or one waits already.
    """
    case = proposals.begin(InterimUpdate, case_id, actor)
    words = news.public_text(text, field="text", missing=_("Write what the public will read."), longest=LENGTH)
    update = InterimUpdate.objects.create(case=case, proposed_by=actor, proposed_at=now, text=words)
    steps.record(case, "update_proposed", actor=actor, update=update.pk)
    notices.tell(notices.What.UPDATE, case=case, but=actor)
    return update


@transaction.atomic
def approve_update(*, case_id: int, update_id: int | None, actor: User, now: datetime) -> Case:
    """The update in the timeline of each petition of the case, and on the tracker; the creators are told.

    Raises NotAllowed to those who neither review for the case's department nor sign off, and to whoever wrote it;
    Refused when it was decided, or the answer is out.
    """
    case = steps.locked(case_id)
    proposals.require_holder(case, actor, *APPROVERS)
    update = proposals.waiting(InterimUpdate, case, update_id)
    proposals.let_pass(update, actor=actor, now=now)
    steps.store(case, now)
    steps.record(case, "update", actor=actor, reason=next(iter(update.text.values())), update=update.pk)
    news.tell_creators(case, "interim", key=str(update.pk), text=update.text, now=now)
    notices.tell(notices.What.UPDATE_PUBLISHED, case=case, to={update.proposed_by_id}, but=actor)
    return case


@transaction.atomic
def return_update(*, case_id: int, update_id: int | None, actor: User, comment: str, now: datetime) -> Case:
    """The case without this update; whoever wrote it is told, and may take it back themselves without a reason.

    Raises NotAllowed to others who may not approve it; Refused without a reason, when it was decided, or the answer is
    out.
    """
    case = steps.locked(case_id)
    proposals.require_holder(case, actor, *APPROVERS, *proposals.WRITERS)
    update = proposals.waiting(InterimUpdate, case, update_id)
    proposals.require_decider(update, actor, *APPROVERS)
    proposals.turn_down(update, actor=actor, comment=comment, now=now)
    steps.record(case, "update_returned", actor=actor, reason=update.comment, update=update.pk)
    notices.tell(notices.What.UPDATE_RETURNED, case=case, to={update.proposed_by_id}, but=actor)
    return case
