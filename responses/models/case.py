from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class CaseState(models.TextChoices):
    NEW = "new", _("new")
    ASSIGNED = "assigned", _("assigned")
    DRAFTING = "drafting", _("being drafted")
    REVIEW = "review", _("in review")
    APPROVED = "approved", _("approved")
    SCHEDULED = "scheduled", _("scheduled")
    PUBLISHED = "published", _("published")
    FOLLOW_UP = "follow_up", _("follow-up")
    CLOSED = "closed", _("closed")


# What the public and the lists see instead of the state while the clock stands still.
PAUSED = "paused"

OWED = (
    CaseState.NEW,
    CaseState.ASSIGNED,
    CaseState.DRAFTING,
    CaseState.REVIEW,
    CaseState.APPROVED,
    CaseState.SCHEDULED,
)


SEES_ALL = (
    "responses.assign_case",
    "responses.review_legal",
    "responses.sign_off",
    "responses.publish_answer",
    "responses.view_case",
)
SEES_DEPARTMENT = ("responses.draft_answer", "responses.review_department")


class Origin(models.TextChoices):
    THRESHOLD = "threshold", _("threshold reached")
    MANUAL = "manual", _("opened by hand")
    IMPORT = "import", _("imported")


class CasePriority(models.IntegerChoices):
    HIGH = 1, _("high")
    NORMAL = 2, _("normal")
    LOW = 3, _("low")


class CaseQuerySet(models.QuerySet):
    """Conditions that lists, panels, sweeps and screens share."""

    def owed(self) -> "CaseQuerySet":
        return self.filter(state__in=OWED, published_at=None).exclude(origin=Origin.IMPORT)

    def overdue(self, today: date) -> "CaseQuerySet":
        return self.owed().filter(due_on__lt=today)

    def unassigned(self) -> "CaseQuerySet":
        """In the coordinator's queue."""
        return self.owed().filter(Q(department=None) | Q(state=CaseState.NEW))

    def at_desk(self) -> "CaseQuerySet":
        """Cleared and waiting for the publication desk."""
        return self.filter(state__in=(CaseState.APPROVED, CaseState.SCHEDULED))

    def visible_to(self, user: "User", principals: "list[User] | None" = None) -> "CaseQuerySet":
        """Those whose existence and text this member of staff may know of.

        Drafters and department reviewers see their own department's cases and those they own, in review those that a
        department asks them to review, and while an answer is under way those of a colleague for whom they stand in;
        the roles that work for all departments, and auditors, see all. ``principals`` are those colleagues; looked up
        when they are not given.
        """
        if not user.is_active:
            return self.none()
        if any(user.has_perm(permission) for permission in SEES_ALL):
            return self
        seen = _lent_to(user, principals)
        if any(user.has_perm(permission) for permission in SEES_DEPARTMENT):
            own = Q(department__isnull=False, department_id=user.department_id) if user.department_id else Q(pk=None)
            seen |= own | Q(owner=user)
        return self.filter(seen)


def _lent_to(user: "User", principals: "list[User] | None") -> Q:
    """What is in review where ``user`` is a named reviewer, and what is under way where they stand in for somebody."""
    from responses.models.approval import ExtraReviewTask
    from responses.models.reviewing import Delegation

    if principals is None:
        held = Delegation.objects.to(user, timezone.localdate()).select_related("principal")
        principals = [delegation.principal for delegation in held]
    named = ExtraReviewTask.objects.filter(active=True, reviewers__in=[user, *principals])
    seen = Q(state=CaseState.REVIEW, department__in=named.values("department"))
    for principal in principals:
        # Before the review too: more time and updates are asked for then, and their delegate decides on those.
        if any(principal.has_perm(permission) for permission in SEES_ALL):
            seen |= Q(state__in=OWED)
        elif principal.department_id and any(principal.has_perm(permission) for permission in SEES_DEPARTMENT):
            seen |= Q(state__in=OWED, department_id=principal.department_id)
    return seen


class CaseTag(models.Model):
    """A word of staff's own by which cases are found again. Never public."""

    name = models.CharField(_("tag"), max_length=40, unique=True)

    class Meta:
        default_permissions = ()
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Case(models.Model):
    """A promise of an answer: who owes it, since when, until when, and how far it is."""

    id = models.BigAutoField(primary_key=True)
    state = models.CharField(_("state"), max_length=10, choices=CaseState, default=CaseState.NEW)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin, default=Origin.THRESHOLD)
    priority = models.SmallIntegerField(_("priority"), choices=CasePriority, default=CasePriority.NORMAL)
    department = models.ForeignKey(
        "accounts.Department",
        verbose_name=_("department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cases",
    )
    owner = models.ForeignKey(
        "accounts.User",
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cases",
    )
    team = models.ForeignKey(
        "responses.Team",
        verbose_name=_("team"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cases",
    )
    opened_at = models.DateTimeField(_("opened"))
    owed_since = models.DateTimeField(_("owed since"))
    working_days = models.PositiveSmallIntegerField(
        _("working days allowed"), null=True, blank=True, help_text=_("As the limits stood when the case was opened.")
    )
    extended_days = models.PositiveSmallIntegerField(
        _("working days more"), default=0, help_text=_("By extensions that were signed off.")
    )
    paused_days = models.PositiveSmallIntegerField(_("working days paused"), default=0)
    due_on = models.DateField(_("due"), null=True, blank=True, help_text=_("Empty for imported cases: no clock."))
    paused_at = models.DateTimeField(_("paused since"), null=True, blank=True)
    pause_reason = models.JSONField(_("why paused"), default=dict, blank=True, help_text="By language, public.")
    counted_on = models.DateField(null=True, blank=True, help_text="The day on which the due date was last counted.")
    next_mark_on = models.DateField(null=True, blank=True, help_text="When the clock passes its next mark.")
    overdue_noted_at = models.DateTimeField(null=True, blank=True, help_text="When the clock found it overdue.")
    publish_at = models.DateTimeField(_("goes live"), null=True, blank=True, help_text=_("Set at the desk."))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    followed_up_at = models.DateTimeField(
        _("taken up again"), null=True, blank=True, help_text="When its signers' votes brought it back, once."
    )
    correction = models.JSONField(
        _("why corrected"), default=dict, blank=True, help_text="By language, public; empty: no correction under way."
    )
    tags = models.ManyToManyField(CaseTag, verbose_name=_("tags"), blank=True, related_name="cases")

    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("answered with"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="absorbed",
        help_text="The case that its petitions were put into. It is closed and does nothing more while this stands.",
    )

    objects = CaseQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        default_permissions = ("view",)
        permissions = (
            ("assign_case", "Can assign and pause cases, of all departments"),
            ("draft_answer", "Can draft answers"),
            ("review_department", "Can review answers for their own department"),
            ("review_legal", "Can review answers for their legal soundness"),
            ("sign_off", "Can sign answers off"),
            ("publish_answer", "Can publish cleared answers at the publication desk"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True) | ~Q(pause_reason={}), name="case_pause_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(origin="import") | Q(due_on__isnull=False, working_days__isnull=False),
                name="case_has_due_date",
            ),
            models.CheckConstraint(condition=~Q(origin="import") | Q(due_on__isnull=True), name="case_import_no_clock"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="case_published_has_date"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False), name="case_closed_has_date"
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(publish_at__isnull=False), name="case_scheduled_has_date"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(state="closed", published_at__isnull=True),
                name="case_merged_is_closed",
            ),
        )
        indexes = (
            models.Index(fields=("state", "due_on"), name="case_by_state"),
            models.Index(fields=("department", "state", "due_on"), name="case_by_department"),
            models.Index(fields=("owner", "state"), name="case_by_owner"),
            # Lists show the one due first: without these every case is read and sorted for a page of fifty.
            models.Index(fields=("due_on", "id"), name="case_by_due"),
            models.Index(
                fields=("due_on", "id"),
                name="case_owed_by_due",
                condition=Q(state__in=OWED, published_at=None) & ~Q(origin="import"),
            ),
            models.Index(
                fields=("next_mark_on",),
                name="case_by_next_mark",
                condition=Q(published_at=None, paused_at=None, next_mark_on__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return str(_("Case %(number)s") % {"number": self.pk})

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None

    @property
    def is_owed(self) -> bool:
        """Whether the first answer is still to come; a correction of a published one is not owed."""
        return self.state in OWED and self.published_at is None

    @property
    def shown_state(self) -> str:
        """The state as lists and the public see it: "paused" covers an owed case whose clock stands still."""
        return PAUSED if self.is_paused and self.is_owed else self.state
