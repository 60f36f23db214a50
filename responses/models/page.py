import re
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import InvalidPage, Paginator
from django.db import models, transaction
from django.db.models import F, Func, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, Panel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page, PagePermissionTester, Revision
from wagtail.url_routing import RouteResult

from cms.caching import mark_public
from cms.errors import error_page
from cms.languages import current_language
from petitions.models.timeline import AnswerKind
from petitions.timeline import words
from responses.blocks import AnswerBody
from responses.models.case import Case, Origin
from responses.staff.editor import CasePanel
from responses.staff.page_form import AnswerPageForm

if TYPE_CHECKING:
    from accounts.models import User

READ_ONLY = ["GET", "HEAD", "OPTIONS"]
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

    PER_PAGE = 20

    max_count = 1
    allowed_http_methods = READ_ONLY
    subpage_types = ["responses.AnswerPage"]
    settings_panels: list[Panel] = []
    template = "responses/answer_index_page.html"

    class Meta:
        verbose_name = _("list of answers")
        verbose_name_plural = _("lists of answers")

    def permissions_for_user(self, user: "User") -> PagePermissionTester:
        return AnswerIndexPermissions(user, self)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from responses import finding, selectors

        context = super().get_context(request, *args, **kwargs)
        question = finding.Question.read(request.GET)
        try:
            shown = Paginator(finding.answers(question), self.PER_PAGE).page(request.GET.get("page", "1"))
        except InvalidPage as error:
            raise Http404 from error
        language = current_language()
        return context | {
            "question": question,
            "departments": finding.departments(question, language),
            "kept": question.kept,
            "page_of_answers": shown,
            "answers": [selectors.listed(page, language) for page in shown],
        }

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().serve(request, *args, **kwargs)
        mark_public(response)
        return response


class AnswerPage(Page):
    """The answer that a case leads to, in every language it was given in. Made by a service, never by hand.

    Nobody holds a right to publish it. It goes live through ``publish``, which asks for a clearance of exactly the
    revision given; its permission tester closes the ways that do not pass there.
    """

    case = models.OneToOneField(
        "responses.Case", verbose_name=_("case"), on_delete=models.PROTECT, related_name="page", editable=False
    )
    responded_on = models.DateField(
        _("date of the answer"), null=True, blank=True, help_text=_("Empty: the day it is published.")
    )

    kind = models.CharField(
        _("kind of answer"),
        max_length=12,
        choices=AnswerKind,
        default=AnswerKind.ANSWER,
        db_default=AnswerKind.ANSWER,
        help_text=_("Shown with the answer. “Not ours to decide” says who decides; “already done” says what was done."),
    )

    allowed_http_methods = READ_ONLY
    parent_page_types = ["responses.AnswerIndexPage"]
    subpage_types: list[str] = []
    is_creatable = False
    base_form_class = AnswerPageForm
    template = "responses/answer_page.html"

    content_panels = [
        CasePanel(heading=_("What was asked"), icon="folder-open-inverse"),
        FieldPanel("kind"),
        InlinePanel("texts", label=_("Language"), heading=_("The answer"), min_num=1),
        FieldPanel("responded_on"),
    ]
    # No scheduling and no expiry: the publication desk sets the date, and what is live stays until it is corrected.
    promote_panels = [FieldPanel("slug"), FieldPanel("search_description")]
    settings_panels: list[Panel] = []

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")

    def permissions_for_user(self, user: "User") -> PagePermissionTester:
        return AnswerPermissions(user, self)

    @transaction.atomic
    def save_revision(self, *args: Any, **kwargs: Any) -> Revision:
        """Keep a version of the text.

        Raises PermissionDenied from review to publication, when it stands still, and for a page that was read before
        a colleague kept a newer version.
        """
        from responses import lifecycle

        case = Case.objects.select_for_update(no_key=True).get(pk=self.case_id)
        if case.origin != Origin.IMPORT and case.state not in lifecycle.WRITABLE:
            raise PermissionDenied(gettext("The answer is in review or cleared and cannot be changed now."))
        if not Page.objects.filter(pk=self.pk, latest_revision=self.latest_revision_id).exists():
            raise PermissionDenied(gettext("A colleague saved a newer version meanwhile."))
        return super().save_revision(*args, **kwargs)

    @transaction.atomic
    def publish(self, revision: Revision, *args: Any, **kwargs: Any) -> Any:
        """Make ``revision`` live. Raises ``clearance.NotCleared`` without a clearance of it as it stands now."""
        from responses import clearance

        clearance.require(revision)
        return super().publish(revision, *args, **kwargs)

    def text_in(self, language: str) -> "AnswerText | None":
        """The answer in this language, else in the one it was first given in."""
        texts = list(self.texts.all())
        return next((text for text in texts if text.language == language), texts[0] if texts else None)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from responses import selectors

        return super().get_context(request, *args, **kwargs) | selectors.answer(self, current_language())

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Its own address leads here after it was taken off too: the page says why."""
        if not path_components and not self.live and self.taken_off_for():
            return RouteResult(self)
        return super().route(request, path_components)

    def taken_off_for(self) -> dict[str, str]:
        """The public reason for which it is off the site; empty when it was never taken off."""
        last = self.case.withdrawals.filter(done_at__isnull=False).last()
        return last.reason if last else {}

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.live:
            reason, _language = words(self.taken_off_for(), current_language())
            return error_page(request, 410, message=reason)
        response = super().serve(request, *args, **kwargs)
        mark_public(response)
        return response


class AnswerIndexPermissions(PagePermissionTester):
    """The list itself stays where it is: with it every answer would move or vanish."""

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return False

    def can_unpublish(self) -> bool:
        return False

    def can_move(self) -> bool:
        return False

    def can_move_to(self, destination: Page) -> bool:
        return False

    def can_copy(self) -> bool:
        return False

    def can_submit_for_moderation(self) -> bool:
        # The reviews are for answers, and handing one in is an act on its case, which checks that the text is whole.
        return False


class AnswerPermissions(AnswerIndexPermissions):
    """What Wagtail's own screens allow on an answer: writing while it is drafted, and nothing else, to anybody."""

    def can_edit(self) -> bool:
        from responses import lifecycle

        return self.page.case.state in lifecycle.WRITABLE and self._sees_case() and super().can_edit()

    def can_view_revisions(self) -> bool:
        return self._sees_case()

    def _sees_case(self) -> bool:
        return Case.objects.visible_to(self.user).filter(pk=self.page.case_id).exists()

    def can_publish(self) -> bool:
        return False

    def can_lock(self) -> bool:
        return False


class AnswerText(Orderable):
    """The answer in one language, inside the page's revision: one approval covers all languages."""

    page = ParentalKey(AnswerPage, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=5, choices=language_choices)
    title = models.CharField(_("title"), max_length=255)
    summary = models.TextField(
        _("summary"),
        validators=[at_most_five_sentences],
        help_text=_("What the answer is, in at most five plain sentences. Signers read it in their mail."),
    )
    body = StreamField(AnswerBody(), verbose_name=_("text"))

    panels = [FieldPanel("language"), FieldPanel("title"), FieldPanel("summary"), FieldPanel("body")]

    class Meta(Orderable.Meta):
        verbose_name = _("language of the answer")
        verbose_name_plural = _("languages of the answer")
        constraints = (
            # Deferred: an editor may swap two languages in one save.
            models.UniqueConstraint(
                fields=("page", "language"), name="answer_text_language_once", deferrable=models.Deferrable.DEFERRED
            ),
        )
        # The words by which earlier answers are found, weighted as a petition's.
        indexes = (
            GinIndex(
                Func(F("language"), F("title"), F("summary"), Value(""), function="petition_search"),
                name="answer_text_search",
            ),
        )

    def __str__(self) -> str:
        return f"{self.language}: {self.title}"

    @property
    def is_whole(self) -> bool:
        """Whether it may be handed in: title, summary and text are there, and no part is left open."""
        from responses import parts

        return bool(self.title.strip() and self.summary.strip()) and parts.is_whole(self.body)
