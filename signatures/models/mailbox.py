from django.contrib.postgres.fields import ArrayField
from django.db import models

from vault.signer import SIGNER_KEY_BYTES


class MailedAddress(models.Model):
    """When a mailbox was written to in the last day, over all petitions. Its key is none of the signer keys."""

    address_key = models.BinaryField(max_length=SIGNER_KEY_BYTES, primary_key=True)
    sent = ArrayField(models.DateTimeField())

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{len(self.sent)} mails"
