from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One act of a person or a clock. Holds ids and staff's own words; never personal data of citizens."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("when"), db_default=Now())
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    action = models.CharField(_("act"), max_length=60)
    subject_kind = models.CharField(_("kind of subject"), max_length=30)
    subject_id = models.BigIntegerField(_("subject"))
    reason = models.TextField(_("reason"), blank=True, default="")
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ("-id",)
        indexes = (models.Index(fields=("subject_kind", "subject_id", "id"), name="audit_by_subject"),)
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.action} {self.subject_kind} {self.subject_id}"


class Unsealed(models.Model):
    """An entry that waits for its link: a trigger puts it here in the transaction that writes it."""

    entry_id = models.BigIntegerField(primary_key=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.entry_id)


class Link(models.Model):
    """An entry's place in the chain. Only ``audit.sealing`` appends; nothing changes or deletes one."""

    number = models.BigIntegerField(primary_key=True, help_text="1, 2, 3 … without a gap.")
    # No foreign key: it would stop nobody whom the append-only trigger does not stop, and verifying must see the loss.
    entry_id = models.BigIntegerField(unique=True)
    content = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    class Meta:
        default_permissions = ()
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.number}: {self.entry_id}"


class Seal(models.Model):
    """The end of a batch of links, marked with a key that the database does not hold."""

    number = models.BigIntegerField(primary_key=True, help_text="The last link of the batch.")
    digest = models.BinaryField(max_length=32)
    key_version = models.IntegerField()
    mark = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ("number",)

    def __str__(self) -> str:
        return str(self.number)


class Head(models.Model):
    """The newest seal as it stood when a day began: published, so that others can hold us to it."""

    day = models.DateField(primary_key=True)
    number = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)
    published_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ("-day",)

    def __str__(self) -> str:
        return f"{self.day}: {self.number}"
