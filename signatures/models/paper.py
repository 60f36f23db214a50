from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

MOST_IN_A_BATCH = 100_000


class PaperState(models.TextChoices):
    ENTERED = "entered", _("waiting for a second person")
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("refused")
    TAKEN_BACK = "taken_back", _("taken back")


class PaperBatch(models.Model):
    """Sheets of signatures on paper: how many, from where, and the scan that shows them.

    One person enters them, another one decides. Confirmed batches make the number beside the count; never a part of it.
    """

    petition = models.ForeignKey("petitions.Petition", on_delete=models.PROTECT, related_name="paper_batches")
    place = models.CharField(_("where they were collected"), max_length=100)
    number = models.PositiveIntegerField(
        _("valid signatures"), validators=[MinValueValidator(1), MaxValueValidator(MOST_IN_A_BATCH)]
    )
    state = models.CharField(max_length=10, choices=PaperState, default=PaperState.ENTERED)
    entered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    scan_type = models.CharField(max_length=4, help_text="pdf, png or jpeg: what the file is, not what it was called.")
    scan_size = models.PositiveIntegerField(help_text="Bytes.")
    scan_digest = models.BinaryField(max_length=32, help_text="SHA-256 of the file: one scan counts once.")

    class Meta:
        verbose_name = _("signatures on paper")
        ordering = ("-entered_at", "-id")
        default_permissions = ()
        permissions = (
            ("enter_paper", "Can enter signatures on paper"),
            ("confirm_paper", "Can confirm signatures on paper that somebody else entered"),
        )
        constraints = (
            models.CheckConstraint(condition=~Q(decided_by=F("entered_by")), name="paper_decided_by_another"),
            models.CheckConstraint(
                condition=Q(state="entered", decided_by=None, decided_at=None)
                | ~Q(state="entered") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="paper_decided_by_somebody",
            ),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=MOST_IN_A_BATCH), name="paper_number"),
            models.UniqueConstraint(
                fields=("petition", "scan_digest"),
                condition=Q(state__in=("entered", "confirmed")),
                name="paper_scan_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} for {self.petition_id}"


class PaperScan(models.Model):
    """The scanned sheets, sealed: they bear names, addresses and signatures."""

    batch = models.OneToOneField(PaperBatch, primary_key=True, on_delete=models.CASCADE, related_name="scan")
    sealed = models.BinaryField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"scan of {self.batch_id}"
