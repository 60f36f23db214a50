"""The count fell below a threshold that was reached before: a person looks at it. The promise stands."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from petitions.models import Crossing
from petitions.refusals import Refused
from petitions.services.steps import lock_for_moderator, record
from petitions.wording import clean


@transaction.atomic
def review_undercut(*, crossing_id: int, actor: User, finding: str, now: datetime) -> Crossing:
    """Note what a person found. Neither the threshold nor what it promised is undone; should the count rise and fall
    again, the next review is due.

    Raises NotAllowed; Refused without a finding or when no review waits; Crossing.DoesNotExist.
    """
    petition_id = Crossing.objects.values_list("petition_id", flat=True).get(pk=crossing_id)
    lock_for_moderator(petition_id, actor)
    crossing = Crossing.objects.undercut_unreviewed().filter(pk=crossing_id).first()
    if crossing is None:
        raise Refused(_("Somebody has looked at this already."))
    finding = clean(finding)
    if not finding:
        raise Refused(_("Say what you found."), "finding")
    crossing.undercut_reviewed_at = now
    crossing.save(update_fields=["undercut_reviewed_at"])
    record("undercut_reviewed", petition_id, actor=actor, reason=finding, details={"crossing": crossing_id})
    return crossing
