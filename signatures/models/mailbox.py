from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Value

from vault.signer import SIGNER_KEY_BYTES


class MailedAddress(models.Model):
    """When a mailbox was written to in the last day, over all petitions. Its key is none of the signer keys.

    ``about`` says of each mail in ``sent`` which petition it was for: by a tag that only the keyring can make.
    """

    address_key = models.BinaryField(max_length=SIGNER_KEY_BYTES, primary_key=True)
    sent = ArrayField(models.DateTimeField())
    about = ArrayField(models.BigIntegerField(), db_default=Value("{}"), default=list)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{len(self.sent)} mails"
