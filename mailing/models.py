from django.contrib.postgres.indexes import BrinIndex
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
    once_key = models.CharField(max_length=120, null=True)  # noqa: DJ001 - null: no key
    state = models.CharField(max_length=8, choices=MailState, default=MailState.QUEUED)
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    has_slot = models.BooleanField(
        db_default=False, help_text="It waits for its turn at a receiver that gets many mails; due_at is that turn."
    )
    attempts = models.SmallIntegerField(default=0)
    error = models.CharField(
        max_length=200, blank=True, default="", help_text="A code or class, never a server's text."
    )
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes = (
            models.Index(fields=("priority", "due_at"), name="mail_due", condition=Q(state="queued")),
            models.Index(fields=("id",), name="mail_failed", condition=Q(state="failed")),
            models.Index(
                fields=("petition_id",), name="mail_bulk_waiting", condition=Q(state="queued", priority=Priority.BULK)
            ),
            BrinIndex(fields=("created_at",), name="mail_by_age"),
        )
        constraints = (
            # Most mails have no key, and cost this index nothing.
            models.UniqueConstraint(fields=("once_key",), name="mail_once", condition=Q(once_key__isnull=False)),
        )
        default_permissions = ("view", "change")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ReceiverPace(models.Model):
    """When a receiving domain may get its next mail, for bulk apart from all other mail. Its name is not kept."""

    pk = models.CompositePrimaryKey("domain_key", "bulk")
    domain_key = models.BinaryField(max_length=SIGNER_KEY_BYTES)
    bulk = models.BooleanField()
    free_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"free at {self.free_at}"


class LastSent(models.Model):
    """One row: when a mail last left. By it a queue that stands still is told from one mail that is put off."""

    only = models.BooleanField(primary_key=True, default=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = (models.CheckConstraint(condition=Q(only=True), name="last_sent_is_one_row"),)

    def __str__(self) -> str:
        return str(self.at)


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
