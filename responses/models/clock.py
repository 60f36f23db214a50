from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.roles import TABLE, Role

if TYPE_CHECKING:
    from accounts.models import User


class Mark(models.IntegerChoices):
    """How much of the time for an answer is used, in per cent, when somebody is warned."""

    HALF = 50, _("50 % of the time")
    THREE_QUARTERS = 75, _("75 % of the time")
    DUE = 100, _("100 % of the time, and when overdue")


class ClockMark(models.Model):
    """That a case's clock passed a mark. An extension makes a new term, with marks of its own."""

    case = models.ForeignKey("responses.Case", on_delete=models.CASCADE, related_name="marks")
    percent = models.PositiveSmallIntegerField(_("mark"), choices=Mark)
    term = models.PositiveSmallIntegerField(help_text="Working days allowed, with extensions, when it was passed.")
    on = models.DateField(help_text="The day on which the clock passed it.")
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ("noted_at", "percent")
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("case", "percent", "term"), name="clock_mark_once"),)

    def __str__(self) -> str:
        return f"{self.percent} % of case {self.case_id}"


class Escalation(models.Model):
    """Who hears besides the owner when the clock of a department's case passes a mark."""

    department = models.ForeignKey(
        "accounts.Department",
        verbose_name=_("department"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="escalations",
        help_text=_("Empty: for every department that has no line of its own at this mark, and for cases of none."),
    )
    percent = models.PositiveSmallIntegerField(_("at"), choices=Mark)
    role = models.CharField(
        _("role"),
        max_length=30,
        blank=True,
        choices=[(role.value, TABLE[role].label) for role in Role],
        help_text=_("Everybody in this role who may see the case."),
    )
    user = models.ForeignKey(
        "accounts.User", verbose_name=_("person"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ("department__name", "percent", "role", "pk")
        default_permissions = ("add", "change", "view")
        constraints = (
            models.CheckConstraint(
                condition=(Q(role="") & Q(user__isnull=False)) | (~Q(role="") & Q(user__isnull=True)),
                name="escalation_role_or_person",
                violation_error_message=_("Choose a role or a person, one of the two."),
            ),
            models.UniqueConstraint(
                fields=("department", "percent", "role", "user"),
                nulls_distinct=False,
                name="escalation_once",
                violation_error_message=_("There is such a line already."),
            ),
        )

    def __str__(self) -> str:
        whom = self.user or self.get_role_display()
        return f"{self.department or _('default')}, {self.get_percent_display()}: {whom}"


class ProposalQuerySet(models.QuerySet):
    """What one person proposes and another decides."""

    def waiting(self) -> "ProposalQuerySet":
        return self.filter(decided_at=None)

    def waiting_before(self, people: "Iterable[User]") -> "ProposalQuerySet":
        """Those that wait and are about owed cases that any of ``people`` sees."""
        from responses.models.case import Case

        seen = Q(pk=None)
        for person in people:
            seen |= Q(case__in=Case.objects.visible_to(person).owed())
        return self.waiting().filter(seen)


class Proposal(models.Model):
    """Public words about a case's clock that one person proposes and another one lets pass, or not."""

    case = models.ForeignKey("responses.Case", on_delete=models.CASCADE, related_name="%(class)s_set")
    proposed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    text = models.JSONField(help_text="By language; public once it has passed.")
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    passed = models.BooleanField(null=True)
    comment = models.TextField(blank=True, default="", help_text="Why it did not pass, for colleagues.")

    objects = ProposalQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("-proposed_at", "-pk")
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, passed__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False, passed__isnull=False),
                name="%(class)s_decided_whole",
            ),
            models.CheckConstraint(
                condition=~Q(passed=True) | ~Q(decided_by=F("proposed_by")), name="%(class)s_four_eyes"
            ),
            models.UniqueConstraint(
                fields=("case",), condition=Q(decided_at__isnull=True), name="%(class)s_one_waiting"
            ),
        )


class Extension(Proposal):
    """More working days for an answer; ``text`` is the public reason. The due date moves when it is signed off."""

    case = models.ForeignKey("responses.Case", on_delete=models.CASCADE, related_name="extensions")
    working_days = models.PositiveSmallIntegerField(_("working days more"))

    class Meta(Proposal.Meta):
        constraints = (
            *Proposal.Meta.constraints,
            models.CheckConstraint(condition=Q(working_days__gte=1), name="extension_some_days"),
        )

    def __str__(self) -> str:
        return f"{self.working_days} days more for case {self.case_id}"


class InterimUpdate(Proposal):
    """News about an answer under way. Stops no clock; public once one other person has approved it."""

    case = models.ForeignKey("responses.Case", on_delete=models.CASCADE, related_name="updates")

    def __str__(self) -> str:
        return f"update on case {self.case_id}"
