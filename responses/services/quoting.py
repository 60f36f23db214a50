"""Putting into a draft what stands beside it, with its source."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.html import linebreaks
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.blocks import StreamValue

from accounts.models import User
from cms.formatting import day, number
from petitions.services import Refused
from petitions.wording import localized
from responses import lifecycle, placeholders
from responses.models import AnswerPage, Case, Contribution, Quotation, SavedText
from responses.services import answers, steps

CONTRIBUTION, ANSWER, SAVED = "contribution", "answer", "saved"
# Parts that close an answer: what is inserted comes before them.
CLOSING = ("next_steps", "sources")


@dataclass(frozen=True)
class Piece:
    """What is inserted: a block, the entry for the list of sources ('' for none), and where it came from."""

    block: tuple[str, object]
    origin: Quotation
    source: str = ""
    url: str = ""


@transaction.atomic
def insert(*, case_id: int, actor: User, kind: str, source_id: int, language: str, now: datetime) -> Quotation:
    """A contribution, an earlier answer's summary or a saved text put into the newest draft, in one language of it.

    ``kind`` is "contribution", "answer" or "saved". The source stands with it, and is remembered in its version, so
    that the draft can say when an earlier answer was corrected since. Raises NotAllowed to those who may not draft the
    case; Refused where the text stands still, has no such language, or the source is not there.
    """
    case = steps.locked(case_id)
    steps.require(actor, case, "responses.draft_answer", "responses.assign_case")
    if case.state not in lifecycle.WRITABLE:
        raise Refused(_("The answer is in review or cleared and cannot be changed now."))
    page = AnswerPage.objects.get(case=case).get_latest_revision_as_object()
    text = next((text for text in page.texts.all() if text.language == language), None)
    if text is None:
        raise Refused(_("The answer has no text in this language yet."))
    with override(language):
        piece = _piece(case, actor, kind, source_id, language)
    quotation = piece.origin
    quotation.block_id = uuid.uuid4()
    _put(text.body, piece, str(quotation.block_id))
    page.save_revision(user=actor)
    quotation.case, quotation.language, quotation.quoted_by, quotation.quoted_at = case, language, actor, now
    quotation.save()
    steps.record(case, "quote", actor=actor, kind=kind, source=source_id, revision=page.latest_revision_id)
    return quotation


def _put(body: StreamValue, piece: Piece, block_id: str) -> None:
    place = next((at for at, block in enumerate(body) if block.block_type in CLOSING), len(body))
    body.insert(place, (*piece.block, block_id))
    if not piece.source:
        return
    entry = {"title": piece.source[:300], "url": piece.url}
    listed = next((block for block in body if block.block_type == "sources"), None)
    if listed is None:
        body.append(("sources", [entry]))
    elif all(source["title"] != entry["title"] for source in listed.value):
        listed.value.append(entry)


def _piece(case: Case, actor: User, kind: str, source_id: int, language: str) -> Piece:
    makers = {CONTRIBUTION: _contribution, ANSWER: _answer, SAVED: _saved}
    piece = makers[kind](case, source_id, language) if kind in makers else None
    if piece is None:
        raise Refused(_("What you wanted to insert is not there any more."))
    return piece


def _contribution(case: Case, source_id: int, language: str) -> Piece | None:
    said = Contribution.objects.filter(pk=source_id, case=case, answered_at__isnull=False).first()
    if said is None:
        return None
    quote = {"text": said.text, "source": f"{said.office}, {day(said.answered_at)}"}
    return Piece(("quote", quote), Quotation(contribution=said))


def _answer(case: Case, source_id: int, language: str) -> Piece | None:
    page = AnswerPage.objects.live().filter(pk=source_id).exclude(case=case).select_related("case").first()
    text = page.text_in(language) if page else None
    if page is None or text is None:
        return None
    source = _("Answer “%(title)s”, %(day)s") % {
        "title": text.title,
        "day": day(page.responded_on or page.case.published_at),
    }
    origin = Quotation(answer=page, answer_revision_id=page.live_revision_id)
    url = settings.BASE_URL.rstrip("/") + answers.path_of(page)
    return Piece(("quote", {"text": text.summary, "source": source}), origin, source, url)


def _saved(case: Case, source_id: int, language: str) -> Piece | None:
    saved = SavedText.objects.filter(pk=source_id, active=True).select_related("answer").first()
    if saved is None:
        return None
    words = placeholders.fill(saved.text, _known(case, language))
    origin = Quotation(saved_text=saved, answer_id=saved.answer_id, answer_revision_id=saved.answer_revision_id)
    return Piece(("paragraph", linebreaks(words, autoescape=True)), origin, saved.source, saved.source_url)


def _known(case: Case, language: str) -> dict[str, str]:
    """What stands in the place of a template's names."""
    petitions = [link.petition for link in case.links.select_related("petition").order_by("pk")]
    return {
        "petition": petitions[0].title if petitions else "",
        "number": str(petitions[0].pk) if petitions else "",
        "signatures": number(sum(petition.signature_count for petition in petitions)),
        "department": localized(case.department, language) if case.department else "",
        "due": day(case.due_on),
    }
