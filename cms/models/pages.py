from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page, PagePermissionTester

from cms.blocks import StandardBlock, sections
from cms.caching import mark_public
from cms.languages import current_language, main_language


def languages() -> list[tuple[str, Any]]:
    """The languages in which a page may be written."""
    return settings.LANGUAGES


class EditorialText(Orderable):
    """A page's text in one language. All languages live in the page's own revision and are published as one."""

    language = models.CharField(_("language"), max_length=10, choices=languages)
    title = models.CharField(_("title"), max_length=120)
    introduction = models.TextField(_("introduction"), max_length=400, blank=True)

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.language}: {self.title}"


class EditorialPage(Page):
    """What the site's own pages share: a text by language, shown in the reader's or else in the main one."""

    # Counts and panels on these pages are as fresh as the petition pages they lead to.
    cache_seconds = 2

    class Meta:
        abstract = True

    def text_in(self, language: str) -> EditorialText | None:
        """The text in this language, else in the main one, else whichever there is."""
        texts = {text.language: text for text in self.texts.all()}
        return texts.get(language) or texts.get(main_language()) or next(iter(texts.values()), None)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        text = self.text_in(current_language())
        context["text"] = text
        context["text_language"] = "" if text is None or text.language == current_language() else text.language
        return context

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().serve(request, *args, **kwargs)
        mark_public(response, self.cache_seconds)
        return response


class HomePage(EditorialPage):
    """The front door: what this site is, a search box, and what other apps show there."""

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    template = "cms/home_page.html"
    content_panels = [*Page.content_panels, InlinePanel("texts", label=_("Text"), min_num=1)]

    class Meta:
        verbose_name = _("home page")

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        return HomePermissions(user, self)


class HomePermissions(PagePermissionTester):
    """With the home page everything below it would go: Wagtail's API asks no hook before it deletes."""

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return False


class HomePageText(EditorialText):
    page = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="texts")

    panels = [FieldPanel("language"), FieldPanel("title"), FieldPanel("introduction")]

    class Meta(EditorialText.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "language"], name="home_text_once_per_language")]


class StandardPage(EditorialPage):
    """A page of lasting text: rules, privacy, help."""

    cache_seconds = 20

    parent_page_types = ["cms.HomePage", "cms.StandardPage"]
    subpage_types = ["cms.StandardPage"]
    template = "cms/standard_page.html"
    content_panels = [*Page.content_panels, InlinePanel("texts", label=_("Text"), min_num=1)]

    class Meta:
        verbose_name = _("standard page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        language = current_language()
        context["sections"] = sections(context["text"].body) if context["text"] else []
        children = self.get_children().live().public().specific()
        context["subpages"] = [(page.get_url(request), page.text_in(language)) for page in children]
        return context


class StandardPageText(EditorialText):
    page = ParentalKey(StandardPage, on_delete=models.CASCADE, related_name="texts")
    body = StreamField(StandardBlock(), verbose_name=_("body"), blank=True)

    panels = [FieldPanel("language"), FieldPanel("title"), FieldPanel("introduction"), FieldPanel("body")]

    class Meta(EditorialText.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "language"], name="standard_text_once_per_language")]
