"""What the fraud desk keeps: rules, what was noticed, acts on many signatures, and how many left the count."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from vault.signer import TAG_BYTES


class DomainVerdict(models.TextChoices):
    PASS = "pass", _("never hold")  # noqa: S105
    HOLD = "hold", _("hold for a look")
    BLOCK = "block", _("hold, and send no mail")


class DomainRule(models.Model):
    """What staff decided about the addresses of a domain and of all domains below it. Before the public list."""

    domain = models.CharField(
        _("domain"), max_length=253, unique=True, help_text=_("Such as example.org; stands for its sub-domains too.")
    )
    verdict = models.CharField(_("what happens"), max_length=5, choices=DomainVerdict)
    note = models.CharField(_("why"), max_length=200, help_text=_("For colleagues. No address of anybody."))

    class Meta:
        verbose_name = _("rule for a domain")
        verbose_name_plural = _("rules for domains")
        ordering = ("domain",)
        default_permissions = ("add", "change", "view")
        constraints = (
            models.CheckConstraint(
                condition=Q(domain__regex=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$"), name="domain_rule_is_domain"
            ),
            models.CheckConstraint(condition=Q(verdict__in=DomainVerdict.values), name="domain_rule_has_verdict"),
        )

    def __str__(self) -> str:
        return self.domain


class FlagKind(models.TextChoices):
    NETWORK = "network", _("many from one network")
    DOMAIN = "domain", _("many addresses of one domain")
    NAME = "name", _("many of one name")
    BURST = "burst", _("far more than usual")


class Flag(models.Model):
    """Something about a petition's newest signatures that a person should look at. Nothing was done about it."""

    petition_id = models.BigIntegerField()
    kind = models.CharField(max_length=7, choices=FlagKind)
    tag = models.BinaryField(max_length=TAG_BYTES, default=b"", help_text="What they share; empty for a burst.")
    signatures = models.IntegerField(help_text="The most that were seen in one look.")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, help_text="When somebody had looked at it.")
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-last_at", "-id")
        default_permissions = ()
        permissions = (
            ("view_fraud", "Can see the fraud desk"),
            ("handle_fraud", "Can hold, release and reject signatures, and look one up"),
        )
        constraints = (models.UniqueConstraint(fields=("petition_id", "kind", "tag"), name="one_flag_of_a_kind"),)
        indexes = (models.Index(fields=("-last_at",), name="flag_open", condition=Q(settled_at=None)),)

    def __str__(self) -> str:
        return f"{self.kind} {self.petition_id}"


class Act(models.TextChoices):
    HOLD = "hold", _("hold")
    RELEASE = "release", _("release")
    REJECT = "reject", _("reject")
    REINSTATE = "reinstate", _("take a rejection back")


class BulkState(models.TextChoices):
    COUNTING = "counting", _("being counted")
    COUNTED = "counted", _("counted, not started")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


class BulkAct(models.Model):
    """One act on all signatures of a petition that meet some criteria: counted first, then started by a person.

    The row is the queue and says how far the work came: whoever locks it goes on after ``after_id``.
    """

    petition_id = models.BigIntegerField()
    act = models.CharField(max_length=9, choices=Act)
    state = models.CharField(max_length=9, choices=BulkState, default=BulkState.COUNTING)
    sealed = models.BinaryField(null=True, help_text="The criteria: they may name a person or a network.")
    unseals = models.BooleanField(help_text="Whether the tags don't suffice and each signature is unsealed.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    reason = models.TextField(blank=True, default="")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    through_id = models.BigIntegerField(help_text="The newest signature when it was made: later ones are left alone.")
    after_id = models.BigIntegerField(default=0, help_text="Done up to this signature.")
    rows = models.IntegerField(null=True, help_text="How many signatures there are to look at.")
    looked_at = models.IntegerField(default=0)
    found = models.IntegerField(default=0, help_text="How many the count found.")
    changed = models.IntegerField(default=0)
    count_change = models.IntegerField(default=0, help_text="By how much the petition's count changed.")
    removed = models.IntegerField(default=0, help_text="How many that were counted once were rejected.")

    class Meta:
        ordering = ("-id",)
        default_permissions = ()
        indexes = (
            models.Index(fields=("id",), name="bulk_act_due", condition=Q(state__in=("counting", "running"))),
            models.Index(fields=("petition_id", "-id"), name="bulk_act_by_petition"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(state__in=("running", "done"))
                | (Q(started_by__isnull=False) & Q(started_at__isnull=False) & ~Q(reason="")),
                name="bulk_act_started_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.act} {self.petition_id} #{self.pk}"

    @property
    def is_active(self) -> bool:
        """Whether a worker goes on with it."""
        return self.state in (BulkState.COUNTING, BulkState.RUNNING)


class Removal(models.Model):
    """How many signatures that were counted were rejected, and how many of them the public was told of."""

    petition_id = models.BigIntegerField(primary_key=True)
    removed = models.IntegerField(default=0)
    noted = models.IntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.removed} of {self.petition_id}"
