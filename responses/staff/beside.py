"""What stands beside a draft: contributions, earlier answers, saved texts, what was taken from them, and hints."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from petitions.models import Petition
from petitions.querysets import search_configuration
from responses import earlier, lifecycle, parts, readability, selectors
from responses.models import AnswerComment, AnswerPage, AnswerText, Case, Contribution, SavedText
from responses.models.approval import ReviewState
from responses.plain import plain_text
from responses.services import conferring
from responses.staff import reading

SAVED_SHOWN = 12


@dataclass(frozen=True)
class EarlierAnswer:
    """A published answer near to this one, with its words in the language of the draft."""

    page: AnswerPage
    text: AnswerText
    answered_on: date


@dataclass(frozen=True)
class Hints:
    """What to look at in one language before it is handed in."""

    language: str
    missing: list[str | Promise]
    by_hand: list[str]
    reading: readability.Reading


@dataclass(frozen=True)
class Beside:
    """All of it. ``languages`` are code and name of those that the draft has: there, things can be inserted."""

    languages: list[tuple[str, str]]
    returned: ReviewState | None
    comments: list[AnswerComment]
    contributions: list[Contribution]
    earlier: list[EarlierAnswer]
    saved: list[SavedText]
    quotations: list[Any]
    hints: list[Hints]
    today: date


def beside(page: AnswerPage) -> Beside:
    """What stands beside this version of an answer."""
    case = page.case
    petitions = [link.petition for link in case.links.select_related("petition")]
    texts = list(page.texts.all())
    language = texts[0].language if texts else settings.LANGUAGE_CODE
    return Beside(
        languages=[(text.language, text.get_language_display()) for text in texts],
        returned=reading.last_return(page) if case.state in lifecycle.WRITABLE else None,
        comments=conferring.open_comments(case),
        contributions=list(selectors.contributions(case)),
        earlier=[
            EarlierAnswer(near, text, near.responded_on or timezone.localdate(near.case.published_at))
            for near in earlier.nearest(case, petitions)
            if (text := near.text_in(language))
        ],
        saved=list(_saved(case, petitions, [text.language for text in texts])[:SAVED_SHOWN]),
        quotations=selectors.quotations(page),
        hints=[hints(text) for text in texts],
        today=timezone.localdate(),
    )


def hints(text: AnswerText) -> Hints:
    """Parts that are missing, gaps left, and what is hard to read in one language."""
    return Hints(
        language=text.language,
        missing=parts.missing(text.body),
        by_hand=parts.left_by_hand(text.body),
        reading=readability.read(f"{text.summary}\n\n{plain_text(text.body)}"),
    )


def _saved(case: Case, petitions: list[Petition], languages: list[str]) -> QuerySet[SavedText]:
    """The saved texts for this department in the draft's languages, those nearest to the petition first."""
    words = " ".join(petition.title for petition in petitions)
    configuration = search_configuration(languages[0] if languages else settings.LANGUAGE_CODE)
    wanted = SearchQuery(" or ".join(words.split()), config=configuration, search_type="websearch")
    rank = SearchRank(SearchVector("title", "text", config=configuration), wanted)
    ours = SavedText.objects.filter(Q(department=None) | Q(department=case.department_id), active=True)
    found = ours.filter(language__in=languages).select_related("answer")
    return found.annotate(rank=rank).order_by("-rank", "kind", "title")
