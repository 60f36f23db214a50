from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

if TYPE_CHECKING:
    from accounts.models import User


class DelegationQuerySet(models.QuerySet):
    def on(self, day: date) -> "DelegationQuerySet":
        """Those in force on this day."""
        return self.filter(starts_on__lte=day, ends_on__gte=day, ended_at=None)

    def ahead(self, day: date) -> "DelegationQuerySet":
        """Those in force now or later."""
        return self.filter(ends_on__gte=day, ended_at=None)

    def to(self, user: "User", day: date) -> "DelegationQuerySet":
        """Those under which ``user`` may act for somebody on this day.

        A principal who left lends nothing, and nobody lends what a superuser may do.
        """
        return self.on(day).filter(delegate=user, principal__is_active=True, principal__is_superuser=False)


class Delegation(models.Model):
    """That somebody is away, and who takes their reviews meanwhile."""

    principal = models.ForeignKey(
        "accounts.User", verbose_name=_("away"), on_delete=models.PROTECT, related_name="delegations_given"
    )
    delegate = models.ForeignKey(
        "accounts.User", verbose_name=_("delegate"), on_delete=models.PROTECT, related_name="delegations_held"
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(_("ended early"), null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        default_permissions = ()
        ordering = ("starts_on", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="delegation_ends_after_start"),
            models.CheckConstraint(condition=~Q(principal=F("delegate")), name="delegation_to_another"),
            models.CheckConstraint(condition=~Q(set_by=F("delegate")), name="delegation_not_taken"),
        )
        indexes = (models.Index(fields=("delegate", "ends_on"), name="delegation_by_delegate"),)

    def __str__(self) -> str:
        return f"{self.principal_id} -> {self.delegate_id}"


class ReviewReading(models.Model):
    """That somebody opened this version to decide about it: their next review begins with what changed since."""

    revision = models.ForeignKey("wagtailcore.Revision", on_delete=models.CASCADE, related_name="+")
    reader = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=10)
    digest = models.CharField(max_length=64, help_text="Of what was shown: a replaced file changes it too.")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("revision", "reader", "step"), name="review_reading_once"),)

    def __str__(self) -> str:
        return f"{self.reader_id} read {self.revision_id}"


class AnswerComment(models.Model):
    """A remark on the draft by somebody who reviews or writes it, until somebody has dealt with it."""

    case = models.ForeignKey("responses.Case", on_delete=models.CASCADE, related_name="comments")
    revision = models.ForeignKey(Revision, null=True, on_delete=models.SET_NULL, related_name="+")
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    language = models.CharField(_("language"), max_length=5, blank=True, default="")
    passage = models.CharField(_("about the words"), max_length=300, blank=True, default="")
    text = models.TextField(_("comment"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ("at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="comment_settled_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return self.text[:60]


class WithdrawalQuerySet(models.QuerySet):
    def under_way(self) -> "WithdrawalQuerySet":
        """Asked for, and neither done nor dropped."""
        return self.filter(done_at=None, dropped_at=None)


class Withdrawal(models.Model):
    """That a published answer is to be taken off the site, for a reason that the public reads."""

    case = models.ForeignKey("responses.Case", on_delete=models.PROTECT, related_name="withdrawals")
    reason = models.JSONField(_("why taken off"), help_text="By language, public.")
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True, help_text="When it was decided to leave the answer.")

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("case",), condition=Q(done_at=None, dropped_at=None), name="withdrawal_one_under_way"
            ),
            models.CheckConstraint(condition=~Q(reason={}), name="withdrawal_has_reason"),
        )

    def __str__(self) -> str:
        return f"withdrawal of the answer of {self.case_id}"
