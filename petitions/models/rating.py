from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from petitions.models.petition import Petition


class RatingChoice(models.TextChoices):
    YES = "yes", _("Yes")
    PARTLY = "partly", _("Partly")
    NO = "no", _("No")


class Rating(models.Model):
    """What one signer says of the answer of one case: was it an answer to what was asked?"""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="ratings", db_index=False)
    case_id = models.BigIntegerField()
    row_id = models.BigIntegerField(null=True, help_text="The signature; null once its person was erased.")
    choice = models.CharField(
        max_length=6, choices=RatingChoice, blank=True, help_text="Empty: void, the signature was found forged."
    )
    comment = models.TextField(blank=True, default="", help_text="For staff only.")
    at = models.DateTimeField()
    counted = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        constraints = (
            # By petition and signature first: this index serves the erasure of one signer too.
            models.UniqueConstraint(fields=("petition", "row_id", "case_id"), name="one_rating_per_signer"),
        )
        indexes = (
            models.Index(fields=("case_id", "choice"), name="rating_by_case"),
            models.Index(fields=("case_id",), name="rating_uncounted", condition=Q(counted=False)),
        )

    def __str__(self) -> str:
        return f"{self.choice} on case {self.case_id}"
