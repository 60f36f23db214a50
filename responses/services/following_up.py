"""What becomes of a case whose answer failed its signers."""

from datetime import datetime

from django.db import transaction

from petitions import ratings
from petitions.models import PublicCase
from responses import lifecycle
from responses.models import Case
from responses.models.case import CaseState
from responses.services import notices, steps

ANSWERED = (CaseState.PUBLISHED, CaseState.CLOSED)


def follow_up_low_rated(now: datetime) -> int:
    """Take up again every answered case whose signers mostly say that it was no answer; how many. Once for each case:
    when staff have dealt with it, later votes do not bring it back.
    """
    low = PublicCase.objects.filter(low_rated_case_id__isnull=False).values("low_rated_case_id")
    waiting = Case.objects.filter(pk__in=low, state__in=ANSWERED, followed_up_at=None).order_by("pk")
    return sum(_take_up(case_id, now) for case_id in list(waiting.values_list("pk", flat=True)))


@transaction.atomic
def _take_up(case_id: int, now: datetime) -> bool:
    case = steps.locked(case_id)
    if case.followed_up_at is not None or case.state not in ANSWERED:
        return False
    steps.move(case, lifecycle.Act.FOLLOW_UP)
    case.followed_up_at, case.closed_at = now, None
    steps.store(case, now)
    votes = ratings_of(case)
    steps.record(case, "follow_up", actor=None, yes=votes.yes, partly=votes.partly, no=votes.no)
    notices.tell(notices.What.FOLLOW_UP, case=case)
    return True


def ratings_of(case: Case) -> ratings.Result:
    """What signers of the case's petitions said of its answer, together."""
    face = PublicCase.objects.filter(case_id=case.pk).first()
    return ratings.result(face.ratings, case_id=case.pk) if face else ratings.Result()
