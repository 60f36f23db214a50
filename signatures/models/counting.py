from django.db import models
from django.db.models import Q


class CountCheck(models.Model):
    """When a petition's counts were last compared with its rows."""

    petition_id = models.BigIntegerField(primary_key=True)
    checked_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = (models.Index(fields=("checked_at",), name="count_check_by_age"),)

    def __str__(self) -> str:
        return f"{self.petition_id} {self.checked_at:%Y-%m-%d %H:%M}"


class Drift(models.Model):
    """That a petition's counts and its rows did not agree: at most one open row for each petition, kept for good."""

    petition_id = models.BigIntegerField()
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="When it was last found.")
    off_by = models.IntegerField(help_text="Counted in the total less what the rows say.")
    cells = models.JSONField(help_text="Kind, place, what the rows say, what was counted; the first hundred.")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-found_at", "-id")
        default_permissions = ()
        permissions = (("view_counting", "Can see how counts and rows agree"),)
        constraints = (
            models.UniqueConstraint(fields=("petition_id",), condition=Q(settled_at=None), name="one_open_drift"),
        )

    def __str__(self) -> str:
        return f"{self.off_by:+d} {self.petition_id}"
