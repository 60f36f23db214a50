"""Atom feeds: of each list and topic, of a petition, of answers, and of answers owed. One in each language."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.db.models import Case, DateTimeField, F, When
from django.db.models.functions import Coalesce, Greatest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from cms.caching import public_page
from cms.formatting import day
from cms.languages import current_language, path_for
from cms.site import site_name
from opendata import atom
from opendata.atom import Entry
from opendata.replies import open_data
from opendata.uk.lists import Question
from petitions import selectors, timeline
from petitions.lifecycle import State
from petitions.listings import LISTINGS, named
from petitions.models import Petition, PublicCase, Topic
from petitions.views import not_shown
from petitions.visibility import Visibility
from petitions.wording import localized
from responses import selectors as answers
from responses import tracker

MOST = 50

# What brought a petition into a list is what its entry is dated by: a count that grows is no news.
LATEST = Greatest(
    Coalesce("opened_at", "created_at"),
    Case(When(state=State.REJECTED, then=F("rejected_at")), default=F("closed_at"), output_field=DateTimeField()),
    F("withdrawn_at"),
    F("public_case__answered_at"),
)


@open_data
@public_page(max_age=60)
def petitions(request: HttpRequest) -> HttpResponse:
    """The newest of a list of petitions, or of a topic; an unknown list reads as all, an unknown topic is 404."""
    question = Question.read(request.GET)
    language, listing = current_language(), named(question.state)
    found = listing.petitions()
    title = str(LISTINGS[question.state].label)
    if question.topic:
        topic = Topic.objects.filter(code=question.topic).first()
        if topic is None:
            raise Http404
        found = found.filter(topics=topic)
        title = f"{localized(topic, language)}: {title}"
    if question.text:
        found = found.matching(question.text)
        title = f"{title}: {question.text}"
    newest = found.annotate(latest=LATEST).order_by(F("latest").desc(), "-id")[:MOST]
    parameters = question.address(1)
    return _feed(
        request,
        (_of_petition(petition, language) for petition in newest),
        title=title,
        page=path_for("/petitions/", language) + _query(parameters),
        own=path_for("/petitions.atom", language) + _query(parameters),
    )


def _query(parameters: str) -> str:
    return f"?{parameters}" if parameters else ""


def _of_petition(petition: Petition, language: str) -> Entry:
    return Entry(
        title=petition.title,
        address=_absolute(path_for(f"/petitions/{petition.pk}/", language)),
        updated=petition.latest,  # type: ignore[attr-defined]  # annotated
        text=petition.ask,
        identity=_absolute(f"/petitions/{petition.pk}/"),
        lang="" if petition.language == language else petition.language,
        author=petition.creator_name,
    )


@open_data
@public_page(max_age=60)
def petition(request: HttpRequest, petition_id: int) -> HttpResponse:
    """What happened to one petition, newest first."""
    found, seen = selectors.whole_by_number(petition_id)
    if found is None or seen is not Visibility.PAGE:
        if seen is Visibility.NEUTRAL:
            raise Http404
        return not_shown(request, None, seen)
    language = current_language()
    path = path_for(f"/petitions/{petition_id}/", language)
    entries = timeline.entries(found, language=language)
    return _feed(
        request,
        (_of_entry(entry, path) for entry in entries[:MOST]),
        title=found.petition.title,
        page=path,
        own=path_for(f"/petitions/{petition_id}.atom", language),
        subtitle=_("What has happened"),
    )


def _of_entry(entry: timeline.Entry, path: str) -> Entry:
    return Entry(
        title=entry.title,
        address=_absolute(f"{path}#{entry.anchor}"),
        updated=entry.at,
        text=entry.text,
        lang=entry.lang,
    )


@open_data
@public_page(max_age=60)
def newest_answers(request: HttpRequest) -> HttpResponse:
    """The newest answers with their summaries."""
    language = current_language()
    rows = (answers.listed(page, language) for page in answers.answers()[:MOST])
    return _feed(
        request,
        (
            Entry(
                title=row["text"].title,
                address=_absolute(path_for(row["page"].get_url(), language)),
                updated=_answered(row["page"].case.published_at, row["answered_on"]),
                text=row["text"].summary,
                lang=row["text_language"],
                author=row["department"],
            )
            for row in rows
            if row["text"]
        ),
        title=_("Answers"),
        page=path_for("/answers/", language),
        own=path_for("/answers.atom", language),
    )


def _answered(published: datetime | None, on: datetime | date | None) -> datetime:
    return atom.moment(published or on or atom.NEVER)


@open_data
@public_page(max_age=60)
def owed(request: HttpRequest) -> HttpResponse:
    """What is owed an answer: new in it, with news, or late since yesterday."""
    language, today = current_language(), timezone.localdate()
    faces = tracker.owed().select_related("petition", "department")
    rows = sorted(((_moved(face, today), face) for face in faces), key=lambda row: row[0], reverse=True)
    return _feed(
        request,
        (_of_face(face, moved, language, today) for moved, face in rows[:MOST]),
        title=_("Answers owed"),
        page=path_for("/tracker/", language),
        own=path_for("/tracker.atom", language),
    )


def _moved(face: PublicCase, today: date) -> datetime:
    """When what is said of an answer last changed; of a late one the day after it was due."""
    known = [face.owed_since, face.news_at]
    if face.due_on and face.due_on < today and not face.pause_reason:
        known.append(atom.moment(face.due_on))
    return max((at for at in known if at), default=atom.NEVER)


def _of_face(face: PublicCase, moved: datetime, language: str, today: date) -> Entry:
    due = _("It is due by %(day)s.") % {"day": day(face.due_on)}
    late = face.due_on is not None and face.due_on < today and not face.pause_reason
    said = [
        _("It was due by %(day)s.") % {"day": day(face.due_on)} if late else due,
        localized(face.department, language) if face.department else "",
        localized(face.pause_reason, language),
        localized(face.news, language),
    ]
    petition = face.petition
    return Entry(
        title=f"{_('Late')}: {petition.title}" if late else petition.title,
        address=_absolute(path_for(f"/petitions/{petition.pk}/", language) + "#answer"),
        updated=moved,
        text="\n\n".join(filter(None, said)),
    )


def _feed(
    request: HttpRequest, entries: Iterable[Entry], *, title: str, page: str, own: str, subtitle: str = ""
) -> HttpResponse:
    """The feed, with its ETag; 304 to a reader that has it."""
    body = atom.written(
        entries,
        title=f"{title} – {site_name()}",
        address=_absolute(page),
        own_address=_absolute(own),
        subtitle=subtitle,
        language=current_language(),
        publisher=site_name(),
    )
    response = HttpResponse(body, content_type=atom.CONTENT_TYPE)
    etag = response["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=etag, response=response) or response


def _absolute(path: str) -> str:
    return settings.BASE_URL.rstrip("/") + path
