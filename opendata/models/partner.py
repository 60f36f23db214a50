"""Who may sign for others: partners' keys, and which signatures came through them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

DIGEST_BYTES = 32


class PartnerKey(models.Model):
    """A partner's key: what may be done with it, how often, and on what the partner has given its word.

    The key itself is nowhere: only its digest, and its first characters, by which staff tell keys apart.
    """

    partner = models.CharField(_("partner"), max_length=100)
    digest = models.BinaryField(max_length=DIGEST_BYTES, unique=True)
    beginning = models.CharField(_("begins with"), max_length=12)
    declaration = models.TextField(_("eligibility declaration"), max_length=1000)
    country = models.CharField(_("default country"), max_length=3)
    language = models.CharField(_("language of the mails"), max_length=5)
    trusted = models.BooleanField(_("trusted under a challenge"), default=False)
    per_minute = models.PositiveIntegerField(_("signatures per minute"))
    per_hour = models.PositiveIntegerField(_("signatures per hour"))
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    issued_at = models.DateTimeField(_("issued"), db_default=Now())
    issued_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("key of a partner")
        verbose_name_plural = _("keys of partners")
        default_permissions = ()
        permissions = (("manage_partners", "Can issue, change and revoke keys of partners"),)
        constraints = (
            models.CheckConstraint(condition=Q(per_minute__gt=0, per_hour__gt=0), name="partner_limits_positive"),
            models.CheckConstraint(condition=~Q(declaration=""), name="partner_has_declared"),
        )

    def __str__(self) -> str:
        return f"{self.partner} ({self.beginning}…)"


class PartnerSignature(models.Model):
    """That a signature was handed in through a key, last at this moment.

    It came through the key if that is when the row was accepted: whoever hands it in again later, or whose address
    had signed before, leaves another moment there. ``petition_id`` and ``row_id`` are no foreign keys, as in the
    table of signatures.
    """

    key = models.ForeignKey(PartnerKey, on_delete=models.PROTECT, related_name="signatures")
    petition_id = models.BigIntegerField()
    row_id = models.BigIntegerField()
    handed_in_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("key", "petition_id", "row_id"), name="partner_signature_once"),)
        indexes = (models.Index(fields=("handed_in_at",), name="partner_signature_by_age"),)

    def __str__(self) -> str:
        return f"signature {self.petition_id}/{self.row_id} of key {self.key_id}"
