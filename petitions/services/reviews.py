"""A refusal looked at again, by somebody else."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from petitions.models import Rejection, ReviewRequest
from petitions.models.moderation import ReviewOutcome
from petitions.models.timeline import EventKind
from petitions.refusals import Refused
from petitions.services.events import record_event
from petitions.services.refusing import take_back
from petitions.services.steps import lock_for_moderator, record
from petitions.wording import clean


@transaction.atomic
def decide_review(*, petition_id: int, actor: User, outcome: str, explanation: str, now: datetime) -> ReviewRequest:
    """Let a refusal stand or take it back; the creator is told, with the explanation.

    Taken back, a petition that had been open is restored with its dates, another returns to the queue. Raises
    NotAllowed; Refused for who decided first, without an explanation, or when no review waits.
    """
    petition = lock_for_moderator(petition_id, actor)
    review = ReviewRequest.objects.filter(petition=petition, outcome="").first()
    rejection = Rejection.objects.filter(petition=petition).first()
    if review is None or rejection is None:
        raise Refused(_("No review of this petition is waiting."))
    if rejection.decided_by_id == actor.pk:
        raise Refused(_("Somebody other than the moderator who refused the petition must review it."))
    if outcome not in ReviewOutcome.values:
        raise Refused(_("Choose what to decide."), "outcome")
    explanation = clean(explanation)
    if not explanation:
        raise Refused(_("Explain the decision to the creator."), "explanation")
    review.outcome, review.explanation = outcome, explanation
    review.decided_by, review.decided_at = actor, now
    review.save()
    record("decide_review", petition_id, actor=actor, reason=explanation, details={"outcome": outcome})
    if outcome == ReviewOutcome.OVERTURNED:
        take_back(petition, actor, explanation, now, tells_creator=False)
    record_event(
        petition_id=petition_id,
        kind=EventKind.REVIEW_DECIDED,
        text={petition.language: explanation},
        details={"outcome": outcome},
        public=False,
        tells_creator=True,
        now=now,
    )
    return review
