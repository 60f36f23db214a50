"""What signers say of an answer: one vote each, counted behind their backs, never in their request."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from petitions import ratings, signals
from petitions.models import Petition, PublicCase, Rating
from petitions.models.rating import RatingChoice
from petitions.refusals import Refused
from petitions.wording import clean

COMMENT_LENGTH = 500
COMMENTS_KEPT = timedelta(days=365)
CASES_A_RUN = 200


def record_rating(
    *, petition_id: int, case_id: int, row_id: int, choice: str, comment: str = "", now: datetime
) -> Rating:
    """Keep this signer's vote on the answer of the case; a later one of the same signer takes its place.

    The caller has made sure that ``row_id`` is a signature that counts. Raises Refused for an unknown choice, for a
    comment that is too long, and where the petition does not show this case's answer.
    """
    if choice not in RatingChoice.values:
        raise Refused(_("Choose one of the three."), "choice")
    comment = clean(comment)
    if len(comment) > COMMENT_LENGTH:
        raise Refused(_("Use at most %(limit)s characters.") % {"limit": COMMENT_LENGTH}, "comment")
    if not is_rateable(petition_id=petition_id, case_id=case_id):
        raise Refused(_("This answer can no longer be rated."))
    rating = Rating(
        petition_id=petition_id, case_id=case_id, row_id=row_id, choice=choice, comment=comment, at=now, counted=False
    )
    Rating.objects.bulk_create(
        [rating],
        update_conflicts=True,
        unique_fields=["petition", "row_id", "case_id"],
        update_fields=["choice", "comment", "at", "counted"],
    )
    return rating


def is_rateable(*, petition_id: int, case_id: int) -> bool:
    """Whether the petition shows the answer of this case."""
    return PublicCase.objects.filter(petition=petition_id, case_id=case_id, answered_at__isnull=False).exists()


def count_ratings(now: datetime) -> int:
    """Bring the figures of every case with new votes up to date; how many cases."""
    waiting = Rating.objects.filter(counted=False).order_by("case_id").values_list("case_id", flat=True).distinct()
    return sum(_count(case_id, now) for case_id in list(waiting[:CASES_A_RUN]))


@transaction.atomic
def _count(case_id: int, now: datetime) -> bool:
    petition_ids = list(PublicCase.objects.filter(case_id=case_id).values_list("petition_id", flat=True))
    # The petition's row first, as everybody who writes the public face of a case.
    list(Petition.objects.select_for_update(no_key=True).filter(pk__in=petition_ids).order_by("pk").values("pk"))
    # Those that come after this line are counted by the next run.
    Rating.objects.filter(case_id=case_id, counted=False).update(counted=True)
    votes = Rating.objects.filter(case_id=case_id, counted=True).exclude(choice="").values("choice")
    counted = {"case": case_id} | {row["choice"]: row["votes"] for row in votes.annotate(votes=Count("pk")).order_by()}
    is_low = ratings.result(counted, case_id=case_id).is_low
    PublicCase.objects.filter(petition__in=petition_ids, case_id=case_id).update(
        ratings=counted, low_rated_case_id=case_id if is_low else None
    )
    for petition_id in petition_ids:
        signals.announce(signals.answer_rated, petition_id=petition_id)
    return True


def void_ratings(*, petition_id: int, row_ids: Sequence[int]) -> int:
    """Take the votes of these signatures out, in the caller's transaction: they were found forged. How many."""
    given = Rating.objects.filter(petition=petition_id, row_id__in=row_ids).exclude(choice="")
    return given.update(choice="", comment="", counted=False)


def forget_rater(*, petition_id: int, row_id: int) -> None:
    """Let nothing lead from a vote to this signature any more, in the caller's transaction; the vote still counts."""
    Rating.objects.filter(petition=petition_id, row_id=row_id).update(row_id=None, comment="")


def forget_comments(now: datetime) -> int:
    """Empty what was said with votes a year ago or longer; how many."""
    return Rating.objects.filter(at__lt=now - COMMENTS_KEPT).exclude(comment="").update(comment="")
