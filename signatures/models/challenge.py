from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ChallengeMode(models.Model):
    """Whether signing one petition takes a proof of work: as staff say, else until the moment the clock has set."""

    class Hand(models.TextChoices):
        ON = "on", _("on")
        OFF = "off", _("off")

    class Cause(models.TextChoices):
        RATE = "rate", _("many times its usual rate")
        REFUSED = "refused", _("many tries that were refused")

    petition = models.OneToOneField("petitions.Petition", models.CASCADE, primary_key=True, related_name="+")
    by_hand = models.CharField(max_length=3, choices=Hand, blank=True, default="", help_text="'' lets the clock say.")
    until = models.DateTimeField(null=True, help_text="Until then it is on by itself.")
    cause = models.CharField(max_length=7, choices=Cause, blank=True, default="")
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        permissions = (("manage_challenge", "Can switch the challenge of a petition"),)
        constraints = (
            models.CheckConstraint(condition=Q(by_hand__in=("", "on", "off")), name="challenge_by_hand"),
            models.CheckConstraint(
                condition=Q(until=None, cause="") | Q(until__isnull=False) & ~Q(cause=""), name="challenge_has_cause"
            ),
        )

    def __str__(self) -> str:
        return f"challenge of {self.petition_id}"


class SpentProof(models.Model):
    """A proof that has let a signature in, kept until it would have expired: it lets in no second one."""

    digest = models.BinaryField(max_length=16, primary_key=True)
    expires_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"spent until {self.expires_at:%H:%M}"
