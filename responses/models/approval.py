from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Revision, Task, TaskState, WorkflowState

if TYPE_CHECKING:
    from accounts.models import User


class Step(models.TextChoices):
    """The approvals that no answer is published without, in their order."""

    DEPARTMENT = "department", _("department review")
    LEGAL = "legal", _("legal review")
    SIGN_OFF = "sign_off", _("sign-off")
    # Asked for by a department besides those above, never instead of one of them.
    EXTRA = "extra", _("further review")


class ApprovalQuerySet(models.QuerySet):
    def standing(self, revision: Revision) -> "ApprovalQuerySet":
        """Those of this revision that were not voided by a return or a change."""
        return self.filter(revision=revision, voided_at=None)


class Approval(models.Model):
    """That somebody approved exactly this revision with exactly these public fields, at one step."""

    page = models.ForeignKey("responses.AnswerPage", on_delete=models.PROTECT, related_name="approvals")
    revision = models.ForeignKey("wagtailcore.Revision", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    step = models.CharField(_("step"), max_length=10, choices=Step)
    extra = models.ForeignKey(
        "responses.ExtraReviewTask", null=True, blank=True, on_delete=models.PROTECT, related_name="approvals"
    )
    approver = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(
        "accounts.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose delegate the approver was: both count as having approved.",
    )
    department = models.ForeignKey(
        "accounts.Department",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose case it was then: the review of one department does not count for another.",
    )
    at = models.DateTimeField()
    comment = models.TextField(blank=True, default="")
    voided_at = models.DateTimeField(null=True, blank=True, help_text="When the answer was returned or changed.")

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=("revision", "step"),
                condition=Q(voided_at__isnull=True) & ~Q(step="extra"),
                name="approval_step_once",
            ),
            models.UniqueConstraint(
                fields=("revision", "extra"), condition=Q(voided_at__isnull=True), name="approval_extra_once"
            ),
            models.UniqueConstraint(
                fields=("revision", "approver"), condition=Q(voided_at__isnull=True), name="approval_one_step_a_person"
            ),
            models.UniqueConstraint(
                fields=("revision", "on_behalf_of"),
                condition=Q(voided_at__isnull=True),
                name="approval_one_step_a_principal",
            ),
            models.CheckConstraint(
                condition=Q(step="extra", extra__isnull=False) | ~Q(step="extra") & Q(extra__isnull=True),
                name="approval_extra_is_named",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of__isnull=True) | ~Q(on_behalf_of=models.F("approver")),
                name="approval_delegate_is_another",
            ),
        )

    def __str__(self) -> str:
        return f"{self.step} of {self.revision_id}"


class ClearanceKind(models.TextChoices):
    WORKFLOW = "workflow", _("approved here")
    IMPORT = "import", _("published elsewhere before")
    WITHDRAWAL = "withdrawal", _("approved to be taken off")


class Clearance(models.Model):
    """The key without which no revision of an answer goes live: all steps were taken, or it was public elsewhere."""

    page = models.ForeignKey("responses.AnswerPage", on_delete=models.PROTECT, related_name="clearances")
    revision = models.OneToOneField("wagtailcore.Revision", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=ClearanceKind)
    issued_at = models.DateTimeField()
    source = models.URLField(max_length=500, blank=True, default="", help_text="Where an imported answer was public.")
    licence = models.CharField(max_length=200, blank=True, default="")
    extras = models.JSONField(default=list, blank=True, help_text="Ids of the further reviews that it passed.")

    class Meta:
        default_permissions = ("view",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(kind="import") | ~Q(source="") & ~Q(licence=""), name="clearance_import_has_source"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} clearance of {self.revision_id}"


class ReviewState(TaskState):
    """One run of one review, with the day by which it is asked for."""

    due_on = models.DateField(_("due"), null=True)
    handed_to = models.ForeignKey(
        "accounts.User", verbose_name=_("handed to"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    handed_by = models.ForeignKey(
        "accounts.User", verbose_name=_("handed on by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    handed_word = models.TextField(blank=True, default="", help_text=_("What the colleague should know."))


class ReviewTask(Task):
    """One step of clearance. Wagtail's own screens and ours end in the same services, which hold the rules."""

    step: Step

    working_days = models.PositiveSmallIntegerField(
        _("working days"), default=3, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )

    task_state_class = ReviewState
    admin_form_fields = [*Task.admin_form_fields, "working_days"]

    class Meta:
        abstract = True

    def start(self, workflow_state: WorkflowState, user: "User | None" = None) -> TaskState:
        from responses.services import review

        task_state = super().start(workflow_state, user=user)
        review.step_started(task_state=task_state, now=timezone.now())
        return task_state

    def on_action(self, task_state: TaskState, user: "User", action_name: str, comment: str = "", **_data: str) -> None:
        """Decide through the review service. Raises PermissionDenied where that refuses: Wagtail shows it to staff."""
        from petitions.services import Refused
        from responses.services import review

        try:
            if action_name == "approve":
                review.approve(task_state_id=task_state.pk, actor=user, comment=comment, now=timezone.now())
            elif action_name == "reject":
                review.send_back(task_state_id=task_state.pk, actor=user, reason=comment, now=timezone.now())
        except Refused as refusal:
            raise PermissionDenied(str(refusal)) from refusal

    def get_actions(self, obj: Page, user: "User") -> list[tuple[str, str, bool]]:
        from responses.services import review

        if not review.may_decide(page=obj, task=self, user=user):
            return []
        return [("reject", gettext("Return with reason"), True), ("approve", gettext("Approve"), False)]

    def locked_for_user(self, obj: Page, user: "User") -> bool:
        return True

    def get_task_states_user_can_moderate(self, user: "User", **kwargs: object) -> QuerySet[TaskState]:
        from responses import selectors

        return selectors.task_states_for(user, self)

    @classmethod
    def get_description(cls) -> str:
        return str(cls.step.label)


class DepartmentReviewTask(ReviewTask):
    """Done by a reviewer of the case's own department."""

    step = Step.DEPARTMENT

    class Meta:
        verbose_name = _("department review")
        verbose_name_plural = _("department reviews")


class LegalReviewTask(ReviewTask):
    step = Step.LEGAL

    class Meta:
        verbose_name = _("legal review")
        verbose_name_plural = _("legal reviews")


class SignOffTask(ReviewTask):
    step = Step.SIGN_OFF

    class Meta:
        verbose_name = _("sign-off")
        verbose_name_plural = _("sign-offs")


class ExtraReviewTask(ReviewTask):
    """A review that one department asks for besides the required ones, by the people it names."""

    step = Step.EXTRA
    PLACES = ((Step.DEPARTMENT, _("after department review")), (Step.LEGAL, _("after legal review")))

    department = models.ForeignKey(
        "accounts.Department", verbose_name=_("department"), on_delete=models.PROTECT, related_name="extra_reviews"
    )
    after = models.CharField(_("place"), max_length=10, choices=PLACES, default=Step.LEGAL)
    reviewers = models.ManyToManyField("accounts.User", verbose_name=_("reviewers"), related_name="extra_reviews")

    admin_form_fields = [*ReviewTask.admin_form_fields, "department", "after", "reviewers"]

    class Meta:
        verbose_name = _("further review")
        verbose_name_plural = _("further reviews")
        ordering = ("department__name", "after", "pk")
