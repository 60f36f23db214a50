"""What the tally leaves beside the counts themselves, so that nobody has to work it out on request."""

from django.db import models
from django.db.models import Q

from petitions.models.petition import Petition


class Tally(models.Model):
    """Until when everything that was confirmed is counted: one row, written by the tally alone."""

    counted_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = (models.CheckConstraint(condition=Q(pk=1), name="tally_one_row"),)

    def __str__(self) -> str:
        return f"counted until {self.counted_at:%Y-%m-%d %H:%M:%S}"


class Trend(models.Model):
    """How many signed a petition lately: in the last 24 hours and in the hour before ``hour`` and since.

    Only petitions that somebody signed in that time have a row.
    """

    petition = models.OneToOneField(Petition, primary_key=True, on_delete=models.CASCADE, related_name="trend")
    hour = models.DateTimeField(help_text="The hour (UTC) in which the figures were worked out.")
    last_day = models.IntegerField(help_text="In that hour and the 23 before it.")
    last_hour = models.IntegerField(help_text="In that hour and the one before it.")

    class Meta:
        default_permissions = ()
        indexes = (
            models.Index(fields=("-last_day", "-petition"), name="trend_by_day"),
            models.Index(fields=("hour",), name="trend_by_hour"),
        )

    def __str__(self) -> str:
        return f"{self.last_day} today for {self.petition_id}"
