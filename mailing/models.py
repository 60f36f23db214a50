from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from vault.signer import SIGNER_KEY_BYTES


class Priority(models.IntegerChoices):
    """The order in which due mails leave: what somebody waits for goes before what can wait."""

    CONFIRMATION = 0, _("confirmation")
    PERSONAL = 1, _("personal")
    BULK = 2, _("bulk")


class MailState(models.TextChoices):
    QUEUED = "queued", _("queued")
    SENT = "sent", _("sent")
    DROPPED = "dropped", _("not needed any more")
    FAILED = "failed", _("failed for good")


class Mail(models.Model):
    """One mail that is due, sent, or failed. Holds ids only."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    priority = models.SmallIntegerField(choices=Priority)
    petition_id = models.BigIntegerField(null=True)
    row_id = models.BigIntegerField(help_text="The signature, user or event that the kind's builder looks up.")
    details = models.JSONField(default=dict)
    once_key = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001 - null: no key
    state = models.CharField(max_length=8, choices=MailState, default=MailState.QUEUED)
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    leased_until = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True, default="")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes = (
            models.Index(fields=("priority", "due_at"), name="mail_due", condition=Q(state="queued")),
            models.Index(fields=("petition_id", "row_id", "created_at"), name="mail_by_row"),
        )
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class SuppressionReason(models.TextChoices):
    ASKED = "asked", _("its owner asked for it")
    BOUNCED = "bounced", _("there is no such mailbox")
    COMPLAINED = "complained", _("reported as unwanted")


class Suppression(models.Model):
    """A mailbox that is never mailed, about any petition. Kept under the key that counts mails, not the address."""

    address_key = models.BinaryField(max_length=SIGNER_KEY_BYTES, primary_key=True)
    reason = models.CharField(max_length=10, choices=SuppressionReason)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.get_reason_display()
