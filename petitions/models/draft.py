from datetime import timedelta

from django.db import models
from django.db.models.functions import Now

from petitions.models.petition import Petition
from vault import tokens
from vault.tokens import Purpose

KEPT = timedelta(days=30)


class Draft(models.Model):
    """A petition that somebody is writing: its text and, sealed, who they say they are."""

    language = models.CharField(max_length=5, default="en")
    eligible = models.BooleanField(default=False)
    title = models.TextField(blank=True, default="")
    ask = models.TextField(blank=True, default="")
    detail = models.TextField(blank=True, default="")
    saw_similar = models.BooleanField(default=False, help_text="For this title.")
    sealed = models.BinaryField(null=True, help_text="What the writer typed about themselves.")
    created_at = models.DateTimeField(db_default=Now())
    corrects = models.ForeignKey(
        Petition, null=True, on_delete=models.SET_NULL, related_name="+", help_text="The refused petition it follows."
    )
    petition = models.OneToOneField(Petition, null=True, on_delete=models.CASCADE, related_name="draft")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"draft {self.pk}"

    @property
    def token(self) -> str:
        """What opens the draft: stands in its addresses and nowhere else."""
        return tokens.make(
            Purpose.DRAFT, petition_id=self.pk, row_id=0, generation=0, now=self.created_at, lifetime=KEPT
        )
