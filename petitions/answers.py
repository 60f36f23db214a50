"""What a petition's page says of its answer: given, or owed and by when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.text import capfirst

from cms.languages import path_for
from petitions import due, ratings, timeline
from petitions.models import Event, PublicCase
from petitions.models.timeline import AnswerKind
from petitions.whole import Whole
from petitions.wording import localized


@dataclass(frozen=True)
class Answer:
    """Where the answer stands: given, or owed and by when."""

    case: PublicCase
    summary: str
    lang: str  # of the summary, where it is another than the page's
    url: str
    pause_reason: str
    counting: list[str]  # how the due day comes about
    news: str
    news_lang: str  # of the news, where it is another than the page's
    department: str
    together: str  # the permalink of the entry that names the petitions it is answered with
    today: date

    @property
    def given(self) -> bool:
        return self.case.answered_at is not None

    @property
    def kind(self) -> str:
        """What the answer is, where it is another than a plain one."""
        return "" if self.case.answer_kind == AnswerKind.ANSWER else capfirst(self.case.get_answer_kind_display())

    @property
    def external(self) -> bool:
        return not self.case.answer_path

    @property
    def rated(self) -> ratings.Result | None:
        """What signers said of it, once enough did."""
        found = ratings.result(self.case.ratings, case_id=self.case.case_id)
        return found if found.is_shown else None

    @property
    def days_late(self) -> int:
        """Calendar days since the due day; 0 while there is time, when paused and when answered."""
        if self.given or self.pause_reason or self.case.due_on is None:
            return 0
        return max((self.today - self.case.due_on).days, 0)


def answer(found: Whole, language: str, today: date) -> Answer | None:
    """The answer that is given or owed, in the page's language where there is one; None where there is no case."""
    petition = found.petition
    case = getattr(petition, "public_case", None)
    if case is None:
        return None
    summary, lang = timeline.words(case.summary, language)
    news, news_lang = timeline.words(case.news, language)
    return Answer(
        case=case,
        summary=summary,
        lang=lang,
        url=path_for(case.answer_path, language) if case.answer_path else case.external_url,
        pause_reason=localized(case.pause_reason, language),
        counting=due.explained(case.counting),
        news=news,
        news_lang=news_lang,
        department=localized(case.department, language) if case.department else "",
        together=_together(found.events),
        today=today,
    )


def _together(events: Iterable[Event]) -> str:
    """The anchor of the last word on whether this petition is answered with others; '' where it is answered alone."""
    said = [event for event in events if event.public and event.details.get("what") in ("together", "alone")]
    last = max(said, key=lambda event: (event.happened_at, event.pk), default=None)
    return f"event-{last.pk}" if last and last.details["what"] == "together" else ""
