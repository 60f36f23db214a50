"""Reports by anybody that something is wrong with a petition, and what became of them."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from petitions import staff_mail
from petitions.lifecycle import UNOPENED
from petitions.models import Petition, Report
from petitions.models.moderation import ReportReason, ReportState
from petitions.refusals import Refused
from petitions.services.steps import lock_for_moderator, record
from petitions.wording import clean

TEXT_LENGTH = 1000


@transaction.atomic
def report(*, petition_id: int, reason: str, text: str, now: datetime) -> Report:
    """Store that somebody finds a petition wrong, and why; nothing of the reporter.

    Raises Petition.DoesNotExist for one that the reporter cannot see; Refused (with the field) for an unknown
    reason, a text that is too long, or none where the reason says nothing.
    """
    petition = Petition.objects.filter(Q(pk__in=Petition.objects.public()) | Q(state__in=UNOPENED)).get(pk=petition_id)
    if reason not in ReportReason.values:
        raise Refused(_("Choose what is wrong."), "reason")
    text = clean(text)
    if not text and reason == ReportReason.OTHER:
        raise Refused(_("Say what is wrong."), "text")
    if len(text) > TEXT_LENGTH:
        raise Refused(_("Use %(longest)s characters or fewer.") % {"longest": TEXT_LENGTH}, "text")
    stored = Report.objects.create(petition=petition, reason=reason, text=text, at=now)
    staff_mail.tell_moderators(now)
    return stored


@transaction.atomic
def decide_reports(
    *, petition_id: int, actor: User, outcome: str, decision: str, newest_id: int | None = None, now: datetime
) -> int:
    """Dismiss all waiting reports of the petition, or mark them acted on, with a reason; how many there were.

    Those that came after the one of ``newest_id`` wait on: whoever decides has not read them.
    What is done about the petition itself is another act (hide, take down, correct). Raises NotAllowed; Refused
    without a reason, for another outcome, or when no report waits (a colleague was faster).
    """
    lock_for_moderator(petition_id, actor)
    if outcome not in (ReportState.DISMISSED, ReportState.ACTED_ON):
        raise Refused(_("Choose what to do with the reports."), "outcome")
    decision = clean(decision)
    if not decision:
        raise Refused(_("Say why."), "decision")
    waiting = Report.objects.filter(petition_id=petition_id, state=ReportState.OPEN)
    if newest_id is not None:
        waiting = waiting.filter(pk__lte=newest_id)
    decided = waiting.update(state=outcome, decided_by=actor, decided_at=now, decision=decision)
    if not decided:
        raise Refused(_("No report on this petition is waiting."))
    record(
        "decide_reports", petition_id, actor=actor, reason=decision, details={"outcome": outcome, "reports": decided}
    )
    return decided
