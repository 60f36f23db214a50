import secrets

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from petitions.models.petition import Petition


def new_secret() -> str:
    """Of drafts until their addresses were tokens; the first migration names it."""
    return secrets.token_urlsafe(24)


class RejectionReason(models.Model):
    """Why petitions are refused; staff edit the list."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("reason"), max_length=120)
    title_fr = models.CharField(_("reason in French"), max_length=120, blank=True)
    title_ar = models.CharField(_("reason in Arabic"), max_length=120, blank=True, default="")
    explanation = models.TextField(_("explanation for the creator and the public"))
    explanation_fr = models.TextField(_("explanation in French"), blank=True)
    explanation_ar = models.TextField(_("explanation in Arabic"), blank=True, default="")
    advice = models.TextField(_("how to try again"), blank=True)
    advice_fr = models.TextField(_("how to try again, in French"), blank=True)
    advice_ar = models.TextField(_("how to try again, in Arabic"), blank=True, default="")
    hides = models.BooleanField(_("hides the petition"), default=False, help_text=_("The text is shown nowhere."))
    needs_duplicate = models.BooleanField(_("names another petition"), default=False)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("reason for rejection")
        verbose_name_plural = _("reasons for rejection")
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title


class Rejection(models.Model):
    petition = models.OneToOneField(Petition, on_delete=models.CASCADE, related_name="rejection")
    reason = models.ForeignKey(RejectionReason, on_delete=models.PROTECT, related_name="rejections")
    details = models.TextField(blank=True, default="")
    duplicate_of = models.ForeignKey(
        Petition, null=True, blank=True, on_delete=models.SET_NULL, related_name="duplicates"
    )
    decided_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=~Q(duplicate_of=models.F("petition")), name="rejection_not_of_itself"),
        )

    def __str__(self) -> str:
        return f"{self.petition_id}: {self.reason_id}"


class Resubmission(models.Model):
    """A petition that was refused, corrected and handed in again: it has a number of its own, and is checked anew."""

    petition = models.OneToOneField(Petition, primary_key=True, on_delete=models.CASCADE, related_name="resubmission")
    refused = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="resubmissions")

    class Meta:
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=~Q(refused=models.F("petition")), name="resubmission_not_of_itself"),
        )

    def __str__(self) -> str:
        return f"{self.petition_id} corrects {self.refused_id}"


class Correction(models.Model):
    """A change to the text of an open petition, with the text as people had signed it until then."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="corrections")
    at = models.DateTimeField()
    note = models.JSONField(help_text="By language, public.")
    title = models.TextField()
    ask = models.TextField(blank=True)
    detail = models.TextField(blank=True)
    hidden = models.BooleanField(default=False, help_text="The earlier text is not shown.")
    made_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-at", "-id")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.petition_id} {self.at:%Y-%m-%d}"


class Note(models.Model):
    """A moderator's remark for colleagues."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    text = models.TextField(_("note"))

    class Meta:
        ordering = ("-at", "-id")
        default_permissions = ()

    def __str__(self) -> str:
        return self.text[:60]


class ReportReason(models.TextChoices):
    OFFENSIVE = "offensive", _("It is offensive or threatening")
    LIBELLOUS = "libellous", _("It makes false claims about somebody")
    PERSONAL = "personal", _("It shows somebody's private information")
    SPAM = "spam", _("It is spam or advertising")
    OTHER = "other", _("Something else")


class ReportState(models.TextChoices):
    OPEN = "open", _("waiting")
    DISMISSED = "dismissed", _("dismissed")
    ACTED_ON = "acted_on", _("acted on")


class Report(models.Model):
    """Somebody found a petition wrong. Anonymous: nothing of the reporter is kept."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="reports")
    reason = models.CharField(_("reason"), max_length=12, choices=ReportReason)
    text = models.TextField(_("what is wrong"), blank=True, default="")
    at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, choices=ReportState, default=ReportState.OPEN)
    decided_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        default_permissions = ()
        indexes = (models.Index(fields=("petition",), name="report_open", condition=Q(state="open")),)
        constraints = (
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="report_decided_by",
            ),
        )

    def __str__(self) -> str:
        return f"{self.petition_id}: {self.get_reason_display()}"


class ReviewOutcome(models.TextChoices):
    UPHELD = "upheld", _("the refusal stands")
    OVERTURNED = "overturned", _("the refusal is taken back")


class ReviewRequest(models.Model):
    """A creator asks once that a refusal be looked at again, by somebody else."""

    petition = models.OneToOneField(Petition, on_delete=models.CASCADE, related_name="review_request")
    text = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=ReviewOutcome, blank=True, default="")
    explanation = models.TextField(blank=True, default="")
    decided_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"review of {self.petition_id}"
