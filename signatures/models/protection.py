from django.db import models
from django.db.models.functions import Now

from vault.signer import SIGNER_KEY_BYTES


class DataRequest(models.Model):
    """Somebody asked for the link under which a mailbox sees what is held about it. Gone when the link has expired.

    One row for a mailbox, under the key that counts mails; no answer depends on whether the mailbox ever signed.
    """

    id = models.BigAutoField(primary_key=True)
    address_key = models.BinaryField(max_length=SIGNER_KEY_BYTES, unique=True)
    sealed = models.BinaryField(help_text="The address as typed last.")
    language = models.CharField(max_length=5)
    asked_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"request {self.pk}"


class Retention(models.Model):
    """How far the data of a petition's signers are gone. No row: all is kept."""

    petition_id = models.BigIntegerField(primary_key=True)
    unsealed_through = models.BigIntegerField(default=0, help_text="Signature id up to which sealed data are gone.")
    unsealed_at = models.DateTimeField(null=True, help_text="When the last of them went.")
    unlinked_at = models.DateTimeField(null=True, help_text="When the salt went: keys lead to nobody since.")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"retention of {self.petition_id}"
