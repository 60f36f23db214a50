"""Answers in the shapes of the API."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from opendata.api.answers import shapes
from opendata.api.petitions.documents import outcome, rated, words
from petitions.models import Event, Petition
from petitions.models.timeline import EventKind
from responses import clock
from responses.models import AnswerPage, CaseLink
from responses.models.case import Origin
from responses.plain import plain_text
from responses.services.answers import path_of


def prepared() -> QuerySet[AnswerPage]:
    """The live answers with all that ``answer`` reads."""
    links = CaseLink.objects.filter(petition__in=Petition.objects.public()).select_related("petition__public_case")
    links = links.defer("petition__search", "petition__salt").order_by("petition")
    return (
        AnswerPage.objects.live()
        .select_related("case__department")
        .prefetch_related("texts", Prefetch("case__links", queryset=links, to_attr="public_links"))
    )


def answer(page: AnswerPage, *, base: str) -> shapes.Answer:
    """One prepared answer of a list; ``base`` is scheme and name that the client called."""
    texts = [
        shapes.AnswerText(language=text.language, title=text.title, summary=text.summary) for text in page.texts.all()
    ]
    return shapes.Answer(**_of(page, base), texts=texts)


def whole(page: AnswerPage, *, base: str) -> shapes.WholeAnswer:
    """One prepared answer with its text, its corrections and what became of it."""
    return shapes.WholeAnswer(
        **_of(page, base),
        texts=[
            shapes.WholeText(language=text.language, title=text.title, summary=text.summary, text=plain_text(text.body))
            for text in page.texts.all()
        ],
        corrections=[
            shapes.Correction(at=event.happened_at, reason=words(event.text))
            for event in _told(page, EventKind.ANSWER_CORRECTED)
        ],
        outcomes=[outcome(event) for event in _told(page, EventKind.OUTCOME)],
    )


def _told(page: AnswerPage, kind: EventKind) -> list[Event]:
    """The public entries of this kind, newest first, once each: every petition of the case has its own."""
    petitions = [link.petition_id for link in page.case.public_links]
    events = Event.objects.filter(petition__in=petitions, kind=kind, public=True).order_by("-happened_at", "-pk")
    return list({event.key or str(event.pk): event for event in events}.values())


def _of(page: AnswerPage, base: str) -> dict[str, Any]:
    case, petitions = page.case, [link.petition for link in page.case.public_links]
    published_on = timezone.localdate(case.published_at) if case.published_at else None
    faces = [one.public_case for one in petitions if hasattr(one, "public_case") and one.public_case.case_id == case.pk]
    path = next((face.answer_path for face in faces if face.answer_path), "") or path_of(page)
    return {
        "case": case.pk,
        "links": {"self": f"{base}/api/answers/{case.pk}", "page": base + path},
        "kind": page.kind,
        "department": case.department.acronym if case.department else None,
        "responded_on": page.responded_on,
        "published_at": case.published_at,
        "owed_since": case.owed_since,
        "due_on": case.due_on,
        "days_late": clock.days_late(case.due_on, published_on) if case.due_on and published_on else None,
        "imported": case.origin == Origin.IMPORT,
        "petitions": [
            shapes.Answered(id=one.pk, title=one.title, signature_count=one.signature_count) for one in petitions
        ],
        "ratings": rated(faces[0]) if faces else None,
    }
