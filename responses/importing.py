"""Answers that were public elsewhere before: each gets its page, its closed case and the one other key to the gate."""

import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.html import escape
from wagtail.models import Page
from wagtail.signal_handlers import disable_reference_index_auto_update

from audit.models import Entry
from petitions.importing.answers import faces_with_text, place_answer
from petitions.importing.records import Result
from petitions.importing.sources import LICENCES
from petitions.models import PublicCase
from petitions.models.petition import Source, ThresholdKind
from responses import clearance
from responses.models import AnswerPage, AnswerText, Case, CaseLink, Clearance
from responses.models.approval import ClearanceKind
from responses.models.case import CaseState, Origin
from responses.services import answers

BLANK_LINES = re.compile(r"\n[ \t\u00a0]*(?:\n[ \t\u00a0]*)+")
ADDRESS = re.compile(r"(?:https?://|www\.)\w[^\s<>\"]*", re.IGNORECASE)
# What ends a sentence is no part of the address before it; a closing bracket is, where the address has the opening one.
AFTER_ADDRESS = ".,;:!?'\u2019\u201d\u00bb)]"


def import_answers(*, now: datetime, advance: Callable[[int], Any]) -> Counter[Result]:
    """A page and a closed case for the text of every imported answer; how many were made, renewed and left.

    Tells nobody. An answer that was corrected here stays as it is. ``advance`` hears of each. Raises
    ``petitions.services.Refused`` before the site itself was made.
    """
    results: Counter[Result] = Counter()
    index_id = answers.index_page().pk
    for face in faces_with_text():
        # An imported text refers to no file and no page of this site: there is nothing to index.
        with transaction.atomic(), disable_reference_index_auto_update():
            results[_import_answer(face, index_id=index_id, now=now)] += 1
        advance(1)
    return results


def _import_answer(face: PublicCase, *, index_id: int, now: datetime) -> Result:
    link = CaseLink.objects.filter(petition=face.petition_id, case__origin=Origin.IMPORT).select_related("case").first()
    if link is None:
        page, result = _new_page(face, index_id), Result.LOADED
        _publish(page, face, now)
    else:
        page, result = link.case.page, Result.UNCHANGED
        if _changed_here(page):
            return Result.CHANGED_HERE
        published = clearance.digest(page)
        _write(page, face)
        if not page.live or clearance.digest(page) != published:
            result = Result.UPDATED
            _publish(page, face, now)
    path = answers.path_of(page)
    place_answer(face, case_id=page.case_id, answer_path=path, owed_since=page.case.owed_since)
    return result


def _new_page(face: PublicCase, index_id: int) -> AnswerPage:
    case = _closed_case(face)
    page = AnswerPage(case=case, live=False)
    page.slug = answers.slug_for(face.petition, case)
    page.first_published_at = face.answered_at
    _write(page, face)
    # Two pages added to one parent at once would get one path.
    Page.objects.select_for_update().get(pk=index_id).add_child(instance=page)
    return page


def _closed_case(face: PublicCase) -> Case:
    """The case as it must have been: opened when the threshold was reached, else with the petition; no due date."""
    petition = face.petition
    reached = petition.crossings.filter(threshold__kind=ThresholdKind.RESPONSE).first()
    opened_at = reached.crossed_at if reached else petition.opened_at or petition.created_at
    case = Case.objects.create(
        state=CaseState.CLOSED,
        origin=Origin.IMPORT,
        department=petition.departments.order_by("name").first(),
        opened_at=opened_at,
        owed_since=opened_at,
        published_at=face.answered_at,
        closed_at=face.answered_at,
    )
    CaseLink.objects.create(case=case, petition=petition, linked_at=opened_at)
    return case


def _write(page: AnswerPage, face: PublicCase) -> None:
    """Put the answer as published into ``page``, unsaved."""
    petition = face.petition
    page.title, page.responded_on = petition.title[:255], face.responded_on
    texts = {text.language: text for text in page.texts.all()}
    for language, words in face.text.items():
        text = texts.get(language) or AnswerText(language=language)
        text.title = petition.title[:255]
        text.summary = face.summary.get(language, "")
        # The same words give the same block, and so the same content hash.
        block_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{petition.source_url}#{language}"))
        text.body = [{"type": "paragraph", "value": rich_text(words), "id": block_id}]
        page.texts.add(text)


def _publish(page: AnswerPage, face: PublicCase, now: datetime) -> None:
    source = Source(face.petition.source)
    revision = page.save_revision(changed=False)
    clearance.issue_import(revision=revision, source=face.petition.source_url, licence=LICENCES[source].name, now=now)
    revision.publish()
    Page.objects.filter(pk=page.pk).update(last_published_at=face.answered_at)


def _changed_here(page: AnswerPage) -> bool:
    """Whether staff have had this answer, or its case, in hand."""
    cleared = Clearance.objects.filter(revision=page.live_revision_id).first()
    return (cleared is not None and cleared.kind != ClearanceKind.IMPORT) or Entry.objects.filter(
        subject_kind="case", subject_id=page.case_id
    ).exists()


def rich_text(plain: str) -> str:
    """``plain`` as escaped HTML: blank lines part paragraphs, line breaks stay, bare web addresses become links."""
    lines = plain.replace("\r\n", "\n").replace("\r", "\n").strip()
    return "".join(f"<p>{''.join(_with_links(part.strip()))}</p>" for part in BLANK_LINES.split(lines) if part.strip())


def _with_links(text: str) -> Iterator[str]:
    done = 0
    for match in ADDRESS.finditer(text):
        address = _trimmed(match[0])
        yield _escaped(text[done : match.start()])
        target = address if "://" in address else f"http://{address}"
        yield f'<a href="{escape(target)}">{escape(address)}</a>'
        done = match.start() + len(address)
    yield _escaped(text[done:])


def _trimmed(address: str) -> str:
    while address[-1] in AFTER_ADDRESS and not (address[-1] == ")" and address.count("(") >= address.count(")")):
        address = address[:-1]
    return address


def _escaped(text: str) -> str:
    return escape(text).replace("\n", "<br/>")
