"""The page on which a case's answer is written."""

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import override
from wagtail.models import Page, Site

from cms.languages import main_language, path_for
from petitions.models import Petition
from petitions.services import Refused
from responses import parts
from responses.models import AnswerIndexPage, AnswerPage, AnswerText, Case

INDEX_SLUG = "answers"
SLUG_LENGTH = 60


def index_page() -> AnswerIndexPage:
    """The list that holds all answers, made below the site's root page when it is not there yet.

    Raises Refused before the site itself was made.
    """
    index = AnswerIndexPage.objects.first()
    if index is not None:
        return index
    with transaction.atomic():
        site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
        if site is None:
            raise Refused("There is no site yet: run create_site first.")
        root = Page.objects.select_for_update().get(pk=site.root_page_id)
        index = AnswerIndexPage.objects.first()
        if index is None:
            index = root.add_child(instance=AnswerIndexPage(title="Answers", slug=INDEX_SLUG))
            index.save_revision().publish()
    return index


@transaction.atomic
def draft_page(*, case: Case, petition: Petition) -> AnswerPage:
    """The case's answer page, made as an unpublished draft when it has none."""
    page = AnswerPage.objects.filter(case=case).first()
    if page is not None:
        return page
    # Two pages added to one parent at once would get one path.
    index = Page.objects.select_for_update().get(pk=index_page().pk)
    page = AnswerPage(
        case=case,
        title=petition.title[:255],
        slug=slug_for(petition, case),
        live=False,
        has_unpublished_changes=True,
    )
    page.texts.add(
        AnswerText(language=_language(petition), title=petition.title[:255], body=parts.first_draft(petition))
    )
    index.add_child(instance=page)
    page.save_revision()
    return page


def slug_for(petition: Petition, case: Case) -> str:
    """The last piece of the answer's address: unique by the petition's number, readable by its title."""
    slug = f"{petition.pk}-{slugify(petition.title)[:SLUG_LENGTH]}".strip("-")
    return f"{slug}-{case.pk}" if Page.objects.filter(slug=slug).exists() else slug


def _language(petition: Petition) -> str:
    return petition.language if petition.language in dict(settings.LANGUAGES) else main_language()


def path_of(page: AnswerPage) -> str:
    """The page's public path in the main language."""
    with override(main_language()):
        parts = page.get_url_parts()
    return path_for(parts[2] if parts else f"/{INDEX_SLUG}/{page.slug}/", main_language())


def region_texts(texts: Iterable[AnswerText]) -> dict[str, dict[str, str]]:
    """What signers of a region read in their mail: the summary and the words for them, by region and language.

    Empty where the answer says nothing for any region.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for text in texts:
        for block in text.body:
            if block.block_type == "region" and block.value["text"].strip():
                words = found.setdefault(block.value["region"], {}).setdefault(text.language, [text.summary])
                words.append(block.value["text"].strip())
    return {
        region: {language: "\n\n".join(words) for language, words in by_language.items()}
        for region, by_language in found.items()
    }
