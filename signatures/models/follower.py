from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from vault.signer import SIGNER_KEY_BYTES


class Follower(models.Model):
    """A mailbox that wants to hear of a petition, signed or not. Counted nowhere, and shown to nobody.

    Keyed as the petition's signatures are, so that it says nothing about any other petition.
    """

    petition_id = models.BigIntegerField()
    follower_key = models.BinaryField(max_length=SIGNER_KEY_BYTES)
    sealed = models.BinaryField(help_text="The e-mail address.")
    language = models.CharField(max_length=5, default="en")
    created_at = models.DateTimeField(db_default=Now())
    confirmed_at = models.DateTimeField(null=True, help_text="Null: its owner has not said yet that they want it.")

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("petition_id", "follower_key"), name="one_follower_per_mailbox"),
        )
        indexes = (
            models.Index(fields=("created_at",), name="follower_pending", condition=Q(confirmed_at__isnull=True)),
        )

    def __str__(self) -> str:
        return f"follower {self.pk} of {self.petition_id}"
