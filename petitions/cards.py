"""A petition as one entry of a list, in the words of the page's language."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.formatting import day, number
from petitions.lifecycle import ResponseState, State
from petitions.models import Petition, Threshold
from petitions.selectors import last_day
from petitions.wording import localized

EXCERPT_LENGTH = 180


@dataclass(frozen=True)
class Card:
    """What the tag ``{% card %}`` takes."""

    title: str
    url: str
    count: int
    target: int | None
    meta: str
    tag_text: str
    tag_colour: str
    excerpt: str
    lang: str


def prepared(petitions: QuerySet) -> QuerySet:
    """Petitions with all that `card` reads, in two queries however many they are."""
    thresholds = Threshold.objects.order_by("count")
    return petitions.select_related("rejection__reason").prefetch_related(Prefetch("thresholds", queryset=thresholds))


def card(petition: Petition, language: str, *, recent: int | None = None) -> Card:
    """The entry of a prepared petition. ``recent`` is how many signed it today, where the list is about that."""
    tag_text, tag_colour = label(petition)
    return Card(
        title=petition.title,
        url=petition.get_absolute_url(),
        count=petition.signature_count,
        target=target(petition),
        meta=_today(recent) if recent is not None else _dates(petition, language),
        tag_text=tag_text,
        tag_colour=tag_colour,
        excerpt=Truncator(" ".join(petition.ask.split())).chars(EXCERPT_LENGTH),
        lang="" if petition.language == language else petition.language,
    )


def label(petition: Petition) -> tuple[str, str]:
    """Where a public petition stands, in one or two words, and the colour of that."""
    if petition.state == State.REJECTED:
        return (_("Taken down") if petition.was_opened else _("Refused")), "red"
    if petition.state == State.WITHDRAWN:
        return _("Withdrawn"), "grey"
    if petition.response_state == ResponseState.ANSWERED:
        return _("Answered"), "blue"
    if petition.response_state == ResponseState.AWAITING:
        return _("Waiting for an answer"), "yellow"
    return (_("Open"), "green") if petition.state == State.OPEN else (_("Closed"), "grey")


def target(petition: Petition) -> int | None:
    """The nearest threshold that an open petition has not reached; its thresholds are fetched already."""
    if petition.state != State.OPEN:
        return None
    return next((one.count for one in petition.thresholds.all() if one.count > petition.signature_count), None)


def _today(recent: int) -> str:
    return ngettext("%(number)s signature today", "%(number)s signatures today", recent) % {"number": number(recent)}


def _dates(petition: Petition, language: str) -> str:
    closing = last_day(petition.closes_at if petition.state == State.OPEN else petition.closed_at)
    values: dict[str, Any] = {"day": day(closing)}
    if petition.state == State.REJECTED:
        rejection = getattr(petition, "rejection", None)
        reason = localized(rejection.reason, language, "title") if rejection else ""
        return reason or _("Refused on %(day)s") % {"day": day(petition.rejected_at)}
    if petition.state == State.WITHDRAWN:
        return _("Withdrawn on %(day)s") % {"day": day(petition.withdrawn_at)}
    if closing is None:
        return ""
    return (_("Open until %(day)s") if petition.state == State.OPEN else _("Closed on %(day)s")) % values
