"""What the API says of a published answer."""

from datetime import date
from typing import Literal

from django.utils.translation import gettext_noop as _

from opendata.api.kinds import Moment, Shape, Words, described
from opendata.api.petitions.shapes import Outcome, Ratings


class AnswerText(Shape):
    """An answer in one language."""

    language: str = described(_("Its language."), "en")
    title: str = described(_("Its title."), "Trees in our streets")
    summary: str = described(_("What the answer is, in a few sentences."), "We will plant 200 trees by May.")


class WholeText(AnswerText):
    """An answer in one language, with all of it."""

    text: str = described(_("All of it, plain, with empty lines between paragraphs."), "We have read your petition.")


class Answered(Shape):
    """A petition that the answer is about."""

    id: int = described(_("The petition's number."), 1000001)
    title: str = described(_("Its title."), "Plant more trees in our streets")
    signature_count: int = described(_("Its signatures."), 12004)


class Correction(Shape):
    """That the answer was corrected, and why."""

    at: Moment = described(_("When."), "2026-04-09T10:00:00.000Z")
    reason: Words = described(_("Why, by language."), {"en": "The number of trees was wrong."})


class Answer(Shape):
    """A published answer, without its text at length."""

    case: int = described(_("The number of its case, which is the answer's own."), 42)
    links: dict[str, str] = described(
        _("Its own address, and its page."),
        {"self": "https://example.org/api/answers/42", "page": "https://example.org/answers/trees/"},
    )
    kind: Literal["answer", "not_ours", "already_done"] = described(
        _("What it is: a plain answer, that it is not ours to decide, or that it is done already."), "answer"
    )
    department: str | None = described(_("Acronym of the department that answered."), "DEFRA")
    responded_on: date | None = described(_("The day of the answer."), "2026-03-30")
    published_at: Moment | None = described(_("When it was first published."), "2026-03-30T09:00:00.000Z")
    owed_since: Moment = described(_("When it was promised."), "2026-03-02T09:14:55.120Z")
    due_on: date | None = described(_("The day it was due; null where no clock ran."), "2026-03-31")
    days_late: int | None = described(_("Calendar days it came late; null where no clock ran."), 0)
    imported: bool = described(_("Whether it was answered elsewhere and imported."), False)
    texts: list[AnswerText] = described(_("It, in each language it was given in."))
    petitions: list[Answered] = described(_("The petitions it is about."))
    ratings: Ratings | None = described(_("What signers say of it; null with fewer than 20 votes."))


class WholeAnswer(Answer):
    """A published answer with its text, its corrections and what became of it."""

    texts: list[WholeText] = described(_("It, in each language it was given in."))  # type: ignore[assignment]
    corrections: list[Correction] = described(_("Its corrections, the newest first."))
    outcomes: list[Outcome] = described(_("What became of it, the newest first."))


class AnswerPage(Shape):
    """One page of the list of answers."""

    data: list[Answer] = described(_("The rows of this page."))
    next: str | None = described(_("The next page; null: this is the last."), None)
