from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from responses.models.case import Case


class BatchAct(models.TextChoices):
    ASSIGN = "assign", _("assign")
    TAG = "tag", _("add tags")
    UNTAG = "untag", _("take tags away")
    PAUSE = "pause", _("pause the clock")


class BatchState(models.TextChoices):
    TRYING = "trying", _("being tried out")
    TRIED = "tried", _("tried out, nothing changed yet")
    RUNNING = "running", _("under way")
    DONE = "done", _("done")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")


class Outcome(models.TextChoices):
    WAITING = "waiting", _("waiting")
    POSSIBLE = "possible", _("possible")
    DONE = "done", _("done")
    REFUSED = "refused", _("not possible")
    UNDONE = "undone", _("undone")
    KEPT = "kept", _("changed since, left as it is")


class Batch(models.Model):
    """One act on many cases: tried out first, then done case by case by any worker that goes on, and undone so."""

    act = models.CharField(_("act"), max_length=10, choices=BatchAct)
    details = models.JSONField(default=dict, help_text="What the act needs: department, owner, tags, public reason.")
    state = models.CharField(_("state"), max_length=10, choices=BatchState, default=BatchState.TRYING)
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    undone_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        indexes = (
            models.Index(fields=("id",), name="batch_active", condition=Q(state__in=("trying", "running", "undoing"))),
        )

    def __str__(self) -> str:
        return f"{self.act} {self.pk}"


class BatchItem(models.Model):
    """One case of a batch: what became of it, and what it was before."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    words = models.CharField(max_length=300, blank=True, default="", help_text="Why it was not possible.")

    class Meta:
        default_permissions = ()
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("batch", "case"), name="batch_item_once"),)
        indexes = (models.Index(fields=("batch", "outcome"), name="batch_item_by_outcome"),)

    def __str__(self) -> str:
        return f"{self.case_id} in {self.batch_id}"
