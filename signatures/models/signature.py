from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from vault.signer import SIGNER_KEY_BYTES, TAG_BYTES


class SignatureState(models.TextChoices):
    PENDING = "pending", _("waiting for confirmation")
    CONFIRMED = "confirmed", _("confirmed")
    HELD = "held", _("held")
    WITHDRAWN = "withdrawn", _("withdrawn")
    INVALIDATED = "invalidated", _("invalidated")


class Suspicion(models.TextChoices):
    """What an address said about itself when it was handed in (``signatures.fraud.suspicion``)."""

    NONE = "", _("none")
    DISPOSABLE = "disposable", _("disposable address")
    BLOCKED = "blocked", _("blocked domain")
    WATCHED = "watched", _("to be held when confirmed")  # by staff, before it counted
    STAFF = "staff", _("held by staff")  # after it counted


class Role(models.TextChoices):
    SIGNER = "signer", _("signer")
    SUPPORTER = "supporter", _("supporter")
    CREATOR = "creator", _("creator")


class Signature(models.Model):
    """One person's signature under one petition.

    ``petition_id`` is in every key and is no foreign key: rows can be spread by petition, and signing takes no lock on
    the petition's row. Nothing points here by foreign key either.
    """

    pk = models.CompositePrimaryKey("petition_id", "id")
    petition_id = models.BigIntegerField()
    id = models.BigIntegerField(db_default=Func(Value("signatures_signature_id_seq"), function="nextval"))
    signer_key = models.BinaryField(max_length=SIGNER_KEY_BYTES)
    state = models.CharField(max_length=11, choices=SignatureState, default=SignatureState.PENDING)
    role = models.CharField(max_length=9, choices=Role, default=Role.SIGNER)
    notify = models.BooleanField(default=False, help_text="Wants to hear what becomes of the petition.")
    language = models.CharField(max_length=5, default="en")
    region_code = models.CharField(max_length=4, blank=True, default="")
    country_code = models.CharField(max_length=3, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    confirmed_at = models.DateTimeField(null=True)
    generation = models.SmallIntegerField(default=0, help_text="Links of another generation are void.")
    code_tries = models.SmallIntegerField(default=0)
    sealed = models.BinaryField(null=True, help_text="Name, e-mail, postcode and network address; null once erased.")
    domain_tag = models.BinaryField(max_length=TAG_BYTES)
    name_tag = models.BinaryField(max_length=TAG_BYTES)
    network_tag = models.BinaryField(max_length=TAG_BYTES)
    suspicion = models.CharField(
        max_length=12,
        choices=Suspicion,
        blank=True,
        db_default="",
        default="",
        help_text="Confirmed, a suspected signature is held for staff.",
    )

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        default_permissions = ()
        # No index names `state`: a confirmation then changes no index.
        indexes = (
            BrinIndex(fields=("created_at",), name="signature_by_age"),
            models.Index(fields=("petition_id", "id"), name="signature_suspected", condition=~Q(suspicion="")),
        )
        constraints = (
            models.UniqueConstraint(fields=("petition_id", "signer_key"), name="one_signature_per_signer"),
            models.UniqueConstraint(
                fields=("petition_id",), condition=Q(role="creator"), name="one_creator_per_petition"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False), name="confirmed_signature_has_date"
            ),
        )

    def __str__(self) -> str:
        return f"signature {self.petition_id}/{self.id}"


class Delta(models.Model):
    """A change of a count that is not yet folded: appended with the signature's change, in its transaction."""

    id = models.BigAutoField(primary_key=True)
    petition_id = models.BigIntegerField()
    region_code = models.CharField(max_length=4, blank=True, default="")
    country_code = models.CharField(max_length=3, blank=True, default="")
    at = models.DateTimeField(db_default=Now())
    amount = models.SmallIntegerField()

    class Meta:
        default_permissions = ()
        constraints = (models.CheckConstraint(condition=Q(amount__in=(1, -1)), name="delta_is_one"),)

    def __str__(self) -> str:
        return f"{self.amount:+d} {self.petition_id}"


class LapsedCount(models.Model):
    """How many signatures of a petition were never confirmed and are gone: only the number is kept."""

    petition_id = models.BigIntegerField(primary_key=True)
    count = models.IntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.count} of {self.petition_id}"
