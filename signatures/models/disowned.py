from django.db import models
from django.db.models.functions import Now

from vault.signer import SIGNER_KEY_BYTES


class Disowned(models.Model):
    """A mailbox whose owner said "I did not sign this": it is not written to for this petition again.

    Keyed as the petition's signatures are, so that it says nothing about any other petition.
    """

    pk = models.CompositePrimaryKey("petition_id", "signer_key")
    petition_id = models.BigIntegerField()
    signer_key = models.BinaryField(max_length=SIGNER_KEY_BYTES)
    row_id = models.BigIntegerField(
        null=True, help_text="The signature that it was said of; by it the link still works."
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"a mailbox of {self.petition_id}"
