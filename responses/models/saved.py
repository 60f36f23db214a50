from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from responses.models import AnswerPage


class SavedKind(models.TextChoices):
    TEMPLATE = "template", _("template")
    ARGUMENT = "argument", _("argument")
    FIGURE = "figure", _("figure")


def languages() -> list[tuple[str, object]]:
    """The languages of the site, as choices that no migration freezes."""
    from responses.models.page import language_choices

    return language_choices()


class SavedText(models.Model):
    """Words that answers use again: a template with placeholders, an argument or a figure with its source."""

    kind = models.CharField(_("kind"), max_length=10, choices=SavedKind)
    language = models.CharField(_("language"), max_length=5, choices=languages, default="en")
    title = models.CharField(_("title"), max_length=120, help_text=_("For finding it; not inserted."))
    text = models.TextField(_("text"), max_length=4000)
    source = models.CharField(_("source"), max_length=200, blank=True, help_text=_("What it rests on, for readers."))
    source_url = models.URLField(_("web address of the source"), max_length=500, blank=True)
    department = models.ForeignKey(
        "accounts.Department",
        verbose_name=_("department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: for all."),
    )
    answer = models.ForeignKey(
        "responses.AnswerPage",
        verbose_name=_("taken from the answer"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="saved_texts",
    )
    # The version of that answer: a later one says that it was corrected since.
    answer_revision = models.ForeignKey(
        "wagtailcore.Revision", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    active = models.BooleanField(_("active"), default=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("saved text")
        verbose_name_plural = _("saved texts")
        default_permissions = ("add", "change", "view")
        ordering = ("title", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(kind="template") | ~Q(source=""), name="saved_text_has_source"),
            models.CheckConstraint(
                condition=Q(answer__isnull=True, answer_revision__isnull=True)
                | Q(answer__isnull=False, answer_revision__isnull=False),
                name="saved_text_knows_version",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def corrected_since(self) -> bool:
        """Whether the answer it was taken from says something else now, or is gone."""
        return _moved_on(self.answer, self.answer_revision_id)


class Quotation(models.Model):
    """That a piece of a draft came from somewhere: which block, from what, in which version."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey("responses.Case", on_delete=models.PROTECT, related_name="quotations")
    block_id = models.UUIDField(help_text="Of the block in the answer's text.")
    language = models.CharField(max_length=5)
    contribution = models.ForeignKey(
        "responses.Contribution", null=True, on_delete=models.PROTECT, related_name="quotations"
    )
    saved_text = models.ForeignKey("responses.SavedText", null=True, on_delete=models.PROTECT, related_name="+")
    answer = models.ForeignKey("responses.AnswerPage", null=True, on_delete=models.PROTECT, related_name="+")
    answer_revision = models.ForeignKey("wagtailcore.Revision", null=True, on_delete=models.PROTECT, related_name="+")
    quoted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    quoted_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(contribution__isnull=False, saved_text__isnull=True)
                | Q(contribution__isnull=True, saved_text__isnull=False)
                | Q(contribution__isnull=True, saved_text__isnull=True, answer__isnull=False),
                name="quotation_one_source",
            ),
            models.CheckConstraint(
                condition=Q(answer__isnull=True, answer_revision__isnull=True)
                | Q(answer__isnull=False, answer_revision__isnull=False),
                name="quotation_knows_version",
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id}: {self.block_id}"

    @property
    def corrected_since(self) -> bool:
        """Whether the earlier answer behind it was corrected or taken off after this was inserted."""
        return _moved_on(self.answer, self.answer_revision_id)


def _moved_on(answer: "AnswerPage | None", revision_id: int | None) -> bool:
    return answer is not None and not (answer.live and answer.live_revision_id == revision_id)
