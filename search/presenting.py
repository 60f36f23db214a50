"""What was found as entries of a page. An index may lag behind: what is shown is what the tables say now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.formatting import day
from cms.languages import path_for
from petitions.cards import EXCERPT_LENGTH, card, prepared
from petitions.models import Petition
from responses import selectors
from search import marks
from search.models import Document, Kind
from search.queries import Found


@dataclass(frozen=True)
class Entry:
    """What the tag ``{% card %}`` takes, and what the entry stands for."""

    kind: str
    number: int
    title: str | SafeString
    url: str
    meta: str
    tag_text: str
    tag_colour: str
    excerpt: str | SafeString
    lang: str
    count: int | None = None
    target: int | None = None


def entries(found: Iterable[Found], language: str) -> list[Entry]:
    """The entries of what is public still, in order, in a few queries however many they are."""
    found = list(found)
    of_kind = {kind: [one.object_id for one in found if one.kind == kind] for kind in Kind.values}
    known: dict[tuple[str, int], Any] = {}
    if of_kind[Kind.PETITION]:
        petitions = prepared(Petition.objects.public()).in_bulk(of_kind[Kind.PETITION])
        known |= {(Kind.PETITION, pk): petition for pk, petition in petitions.items()}
    if of_kind[Kind.ANSWER]:
        known |= {(Kind.ANSWER, page.pk): page for page in selectors.answers().filter(pk__in=of_kind[Kind.ANSWER])}
    if of_kind[Kind.PAGE]:
        live = Page.objects.live().public().filter(pk__in=of_kind[Kind.PAGE]).values_list("pk", flat=True)
        documents = Document.objects.filter(kind=Kind.PAGE, reads=language, object_id__in=live, gone=False)
        known |= {(Kind.PAGE, document.object_id): document for document in documents.defer("words", "starts")}
    made = {Kind.PETITION: _petition, Kind.ANSWER: _answer, Kind.PAGE: _page}
    shown = ((one, known.get((one.kind, one.object_id))) for one in found)
    return [made[Kind(one.kind)](one, thing, language) for one, thing in shown if thing is not None]


def _marked(title: str, piece: str) -> str | SafeString:
    """The title with the words marked, if the index knows it as it is."""
    return marks.safe(piece) if piece and marks.plain(piece) == title else title


def _piece(piece: str, otherwise: str) -> str | SafeString:
    """A piece of the text with the words marked, else its beginning."""
    if marks.BEGIN in piece:
        return marks.safe(f"… {' '.join(piece.split())} …" if len(piece) > EXCERPT_LENGTH // 2 else piece)
    return Truncator(" ".join(otherwise.split())).chars(EXCERPT_LENGTH)


def _petition(found: Found, petition: Petition, language: str) -> Entry:
    shown = card(petition, language)
    return Entry(
        kind=found.kind,
        number=petition.pk,
        title=_marked(shown.title, found.title),
        url=shown.url,
        meta=shown.meta,
        tag_text=shown.tag_text,
        tag_colour=shown.tag_colour,
        excerpt=_piece(found.text, petition.ask),
        lang=shown.lang,
        count=shown.count,
        target=shown.target,
    )


def _answer(found: Found, page: Any, language: str) -> Entry:
    answer = selectors.listed(page, language)
    text = answer["text"]
    return Entry(
        kind=found.kind,
        number=page.pk,
        title=_marked(text.title, found.title),
        url=path_for(page.get_url() or "", language),
        meta=" · ".join(part for part in (answer["department"], day(answer["answered_on"])) if part),
        tag_text=_("Answer"),
        tag_colour="blue",
        excerpt=_piece(found.text, text.summary),
        lang=answer["text_language"],
    )


def _page(found: Found, document: Document, language: str) -> Entry:
    return Entry(
        kind=found.kind,
        number=document.object_id,
        title=_marked(document.title, found.title),
        url=path_for(document.address, language),
        meta="",
        tag_text=_("About this site"),
        tag_colour="grey",
        excerpt=_piece(found.text, document.text),
        lang="" if document.language == language else document.language,
    )
