from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class ContributionQuerySet(models.QuerySet):
    """Conditions that screens and the sweep share."""

    def waiting(self) -> "ContributionQuerySet":
        """Asked, and neither answered nor withdrawn."""
        return self.filter(answered_at=None, withdrawn_at=None)

    def asked_of(self, user: "User") -> "ContributionQuerySet":
        """Those that wait for this member of staff, or for their department."""
        office = Q(department__isnull=False, department_id=user.department_id) if user.department_id else Q(pk=None)
        return self.waiting().filter(Q(colleague=user) | office)

    def to_chase(self, today: date) -> "ContributionQuerySet":
        return self.waiting().filter(chase_on__lte=today)

    def forgettable(self, before: datetime) -> "ContributionQuerySet":
        """Those answered or withdrawn before then whose address is still kept."""
        return self.filter(Q(answered_at__lt=before) | Q(withdrawn_at__lt=before), sealed__isnull=False)


class Contribution(models.Model):
    """A question to one office on the way to an answer, and what that office said.

    It goes to a member of staff or to an address of somebody without an account, which is sealed. Once answered, what
    was asked and said stays as it is: a trigger of the database holds that.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey("responses.Case", on_delete=models.PROTECT, related_name="contributions")
    office = models.CharField(_("office"), max_length=120, help_text=_("As it is named where its words are quoted."))
    department = models.ForeignKey(
        "accounts.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    colleague = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="contributions"
    )
    sealed = models.BinaryField(
        null=True, help_text="The address of somebody without an account, until it is forgotten."
    )
    generation = models.PositiveSmallIntegerField(default=1, help_text="Rises when its link must no longer work.")
    language = models.CharField(_("language"), max_length=5)
    question = models.TextField(_("question"))
    due_on = models.DateField(_("asked for by"))
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    chased = models.PositiveSmallIntegerField(default=0, help_text="How often it was reminded.")
    chase_on = models.DateField(null=True, help_text="When it is reminded next; empty: not any more.")
    text = models.TextField(_("contribution"), blank=True, default="")
    answered_by = models.CharField(_("answered by"), max_length=120, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(colleague__isnull=True) | Q(sealed__isnull=True), name="contribution_one_addressee"
            ),
            models.CheckConstraint(
                condition=~Q(answered_at__isnull=True, withdrawn_at__isnull=True, colleague=None, sealed=None),
                name="contribution_waiting_has_addressee",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, text="") | Q(answered_at__isnull=False) & ~Q(text=""),
                name="contribution_answered_has_text",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="contribution_answered_or_withdrawn",
            ),
        )
        indexes = (
            models.Index(
                fields=("chase_on",),
                condition=Q(answered_at__isnull=True, withdrawn_at__isnull=True),
                name="contribution_to_chase",
            ),
        )

    def __str__(self) -> str:
        return f"{self.office}: {self.question[:60]}"

    @property
    def is_waiting(self) -> bool:
        return self.answered_at is None and self.withdrawn_at is None

    def is_late(self, today: date) -> bool:
        """Whether the day by which it was asked for has passed without an answer."""
        return self.is_waiting and self.due_on < today


class Attachment(models.Model):
    """A file that came with a contribution: sealed, and never changed (a trigger of the database holds that)."""

    id = models.BigAutoField(primary_key=True)
    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=4, help_text="What it is, not what it was called.")
    size = models.PositiveIntegerField(help_text="Bytes.")
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of the file.")
    sealed = models.BinaryField()

    class Meta:
        default_permissions = ()
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name
