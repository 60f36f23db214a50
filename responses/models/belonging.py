"""What belongs to a case: the petitions that it answers, what opened it, what colleagues noted."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from responses.models.case import Case


class CaseLink(models.Model):
    """One of the petitions that a case answers. Each keeps its own text, signatures and count."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links")
    petition = models.ForeignKey("petitions.Petition", on_delete=models.PROTECT, related_name="case_links")
    linked_at = models.DateTimeField(db_default=Now())
    came_from = models.ForeignKey(
        Case,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="lent",
        help_text="The case that the petition had of its own before it was grouped.",
    )

    class Meta:
        default_permissions = ()
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("case", "petition"), name="case_link_once"),)

    def __str__(self) -> str:
        return f"{self.case_id}: {self.petition_id}"


class CaseTrigger(models.Model):
    """The reached threshold that opened a case, or that reached an open one: each is dealt with exactly once."""

    crossing = models.OneToOneField("petitions.Crossing", on_delete=models.PROTECT, related_name="case_trigger")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="triggers")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.case_id}: {self.crossing_id}"


class CaseNote(models.Model):
    """A remark for colleagues."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField(_("note"))

    class Meta:
        ordering = ("-at", "-id")
        default_permissions = ()

    def __str__(self) -> str:
        return self.text[:60]
