"""What a petition's text must be like."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from petitions import limits
from petitions.models import Petition
from petitions.refusals import Refused
from petitions.wording import clean

FIELDS = ("title", "ask", "detail")
MISSING = {
    "title": gettext_lazy("Say in one sentence what you want."),
    "ask": gettext_lazy("Say what should be done and why."),
}


@dataclass(frozen=True)
class Text:
    """The words of a petition, cleaned and within the limits."""

    title: str
    ask: str
    detail: str

    def put_on(self, petition: Petition) -> None:
        """Set the petition's words; the caller saves it."""
        petition.title, petition.ask, petition.detail = self.title, self.ask, self.detail


def checked(*, title: str, ask: str, detail: str, present: Petition | None = None) -> Text:
    """The cleaned text. Raises Refused with the field that is missing, too long, or has line breaks in a title.

    Where ``present`` is longer than today's limit (imported, or the limit was lowered), its length is allowed.
    """
    words = {"title": clean(title), "ask": clean(ask), "detail": clean(detail)}
    words["title"] = " ".join(words["title"].split())
    longest = lengths()
    for field in FIELDS:
        present_length = len(getattr(present, field)) if present else 0
        _check_length(field, words[field], max(longest[field], present_length))
        if not words[field] and field in MISSING and not (present and not getattr(present, field)):
            raise Refused(MISSING[field], field)
    return Text(**words)


def lengths() -> dict[str, int]:
    """The longest text in characters that each field of a new petition takes."""
    current = limits.current()
    return {"title": current.title_length, "ask": current.ask_length, "detail": current.detail_length}


def _check_length(field: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise Refused(
            ngettext("Use %(longest)s character or fewer.", "Use %(longest)s characters or fewer.", longest)
            % {"longest": longest},
            field,
        )


NAME_LENGTH = 100


def checked_name(name: str) -> str:
    """The creator's name, cleaned. Raises Refused when it is missing or longer than 100 characters."""
    name = " ".join(clean(name).split())
    if not name:
        raise Refused(_("Enter your name."), "creator_name")
    _check_length("creator_name", name, NAME_LENGTH)
    return name
