import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page

from cms.blocks import BodyBlock

SUMMARY_SENTENCES = 5
SENTENCE_END = re.compile(r"[.!?…]+(?:[\"'»”’)]*)(?:\s|$)")


def at_most_five_sentences(text: str) -> None:
    """Raise ValidationError for a summary that nobody would call one."""
    sentences = [part for part in SENTENCE_END.split(text.strip()) if part.strip()]
    if len(sentences) > SUMMARY_SENTENCES:
        raise ValidationError(
            _("Use at most %(limit)s sentences; this has %(count)s."),
            params={"limit": SUMMARY_SENTENCES, "count": len(sentences)},
        )


def language_choices() -> list[tuple[str, Any]]:
    return list(settings.LANGUAGES)


class AnswerIndexPage(Page):
    """The list of all answers, and the parent of each."""

    max_count = 1
    subpage_types = ["responses.AnswerPage"]

    class Meta:
        verbose_name = _("list of answers")
        verbose_name_plural = _("lists of answers")


class AnswerPage(Page):
    """The answer that a case leads to, in every language it was given in. Made by a service, never by hand."""

    case = models.OneToOneField(
        "responses.Case", verbose_name=_("case"), on_delete=models.PROTECT, related_name="page", editable=False
    )
    responded_on = models.DateField(
        _("date of the answer"), null=True, blank=True, help_text=_("Empty: the day it is published.")
    )

    parent_page_types = ["responses.AnswerIndexPage"]
    subpage_types: list[str] = []
    is_creatable = False

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")


class AnswerText(Orderable):
    """The answer in one language, inside the page's revision: one approval covers all languages."""

    page = ParentalKey(AnswerPage, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=5, choices=language_choices)
    title = models.CharField(_("title"), max_length=255)
    summary = models.TextField(
        _("summary"),
        blank=True,
        help_text=_("What the answer is, in at most five plain sentences. Signers read it in their mail."),
    )
    body = StreamField(BodyBlock(required=False), verbose_name=_("text"), blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("language of the answer")
        verbose_name_plural = _("languages of the answer")
        constraints = (
            # Deferred: an editor may swap two languages in one save.
            models.UniqueConstraint(
                fields=("page", "language"), name="answer_text_language_once", deferrable=models.Deferrable.DEFERRED
            ),
        )

    def __str__(self) -> str:
        return f"{self.language}: {self.title}"
