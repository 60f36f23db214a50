"""Every petition that was ever public, by the month in which it opened or was refused: nothing goes away."""

from datetime import date

from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from cms.kept import Kept
from petitions.listings import named
from petitions.models import Petition

SECONDS = 600
# One refused before it opened stands where it was written.
SINCE = Coalesce("opened_at", "created_at")


def every() -> QuerySet[Petition]:
    """All petitions that the archive shows."""
    return Petition.objects.public().filter(named("all").condition)


def _by_month() -> tuple[tuple[date, int], ...]:
    months = every().order_by().annotate(month=TruncMonth(SINCE)).values("month")
    return tuple(
        (timezone.localdate(row["month"]), row["count"]) for row in months.annotate(count=Count("pk")).order_by("month")
    )


# The first day of each month that has petitions, and how many; at most ten minutes old.
by_month = Kept(_by_month, seconds=SECONDS)
