from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState


class Step(models.TextChoices):
    """The approvals that no answer is published without, in their order."""

    DEPARTMENT = "department", _("department review")
    LEGAL = "legal", _("legal review")
    SIGN_OFF = "sign_off", _("sign-off")


class Approval(models.Model):
    """That somebody approved exactly this revision with exactly these public fields, at one step."""

    page = models.ForeignKey("responses.AnswerPage", on_delete=models.PROTECT, related_name="approvals")
    revision = models.ForeignKey("wagtailcore.Revision", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    step = models.CharField(_("step"), max_length=10, choices=Step)
    approver = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    comment = models.TextField(blank=True, default="")
    voided_at = models.DateTimeField(null=True, blank=True, help_text="When the answer was returned or changed.")

    class Meta:
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=("revision", "step"), condition=Q(voided_at__isnull=True), name="approval_step_once"
            ),
            models.UniqueConstraint(
                fields=("revision", "approver"), condition=Q(voided_at__isnull=True), name="approval_one_step_a_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.step} of {self.revision_id}"


class ClearanceKind(models.TextChoices):
    WORKFLOW = "workflow", _("approved here")
    IMPORT = "import", _("published elsewhere before")


class Clearance(models.Model):
    """The key without which no revision of an answer goes live: all steps were taken, or it was public elsewhere."""

    page = models.ForeignKey("responses.AnswerPage", on_delete=models.PROTECT, related_name="clearances")
    revision = models.OneToOneField("wagtailcore.Revision", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=ClearanceKind)
    issued_at = models.DateTimeField()
    source = models.URLField(max_length=500, blank=True, default="", help_text="Where an imported answer was public.")
    licence = models.CharField(max_length=200, blank=True, default="")

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


class ReviewTask(Task):
    """One step of clearance. Whoever wrote the text cannot clear it, and nobody clears it twice."""

    step: Step
    permission: str

    working_days = models.PositiveSmallIntegerField(_("working days"), default=3)

    task_state_class = ReviewState

    class Meta:
        abstract = True


class DepartmentReviewTask(ReviewTask):
    """Done by a reviewer of the case's own department."""

    step = Step.DEPARTMENT
    permission = "responses.review_department"

    class Meta:
        verbose_name = _("department review")
        verbose_name_plural = _("department reviews")


class LegalReviewTask(ReviewTask):
    step = Step.LEGAL
    permission = "responses.review_legal"

    class Meta:
        verbose_name = _("legal review")
        verbose_name_plural = _("legal reviews")


class SignOffTask(ReviewTask):
    step = Step.SIGN_OFF
    permission = "responses.sign_off"

    class Meta:
        verbose_name = _("sign-off")
        verbose_name_plural = _("sign-offs")
