"""What happened to a petition, in the words of the page, newest first.

Petitions of this site have their `Event` rows. Imported ones have dates only: an entry is made of each date for which
there is no row, so that both read alike.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from cms.formatting import day, moment, number
from cms.languages import main_language, path_for
from petitions.lifecycle import State
from petitions.models import Crossing, Event, Petition, Threshold
from petitions.models.petition import ThresholdKind
from petitions.models.timeline import AnswerKind, EventKind

if TYPE_CHECKING:
    from petitions.whole import Whole


@dataclass(frozen=True)
class Entry:
    """One dated entry; ``lang`` where its text is in another language than the page, ``anchor`` its permalink."""

    at: date | datetime
    title: str
    anchor: str
    text: str = ""
    lang: str = ""
    url: str = ""
    url_text: str = ""


def brings(threshold: Threshold, language: str) -> str:
    """What reaching this threshold brings, as a noun phrase in the page's language where there is one."""
    own = threshold.brings_fr if language == "fr" else threshold.brings
    return own or threshold.brings or _usual(language, threshold.kind, threshold.opens_case)


@cache
def _usual(language: str, kind: str, opens_case: bool) -> str:
    with override(language):
        if kind == ThresholdKind.DEBATE:
            return _("a hearing")
        return _("an official answer") if opens_case or kind == ThresholdKind.RESPONSE else ""


def entries(found: "Whole", *, language: str) -> list[Entry]:
    """The public timeline of a petition."""
    petition = found.petition
    events = [event for event in found.events if event.public]
    known = {(event.kind, event.key) for event in events} | {(event.kind, "") for event in events}
    crossings = [threshold.crossing for threshold in found.thresholds if hasattr(threshold, "crossing")]
    told = [of_event(event, language) for event in events]
    told += _of_dates(petition, known)
    told += [
        _of_crossing(crossing)
        for crossing in crossings
        if (EventKind.THRESHOLD, crossing.threshold.kind) not in known and reached_at(crossing, found.events)
    ]
    told += _of_case(petition, known, language)
    told += _of_hearing(petition, known)
    told += _of_business(found, known, language)
    return sorted(told, key=_moment, reverse=True)


def reached_at(crossing: Crossing, events: Iterable[Event]) -> datetime | None:
    """When the threshold was reached; None for one that was only found passed when the petition was opened again."""
    closed = [event.happened_at for event in events if event.kind == EventKind.CLOSED]
    found_later = not crossing.fires and closed and crossing.crossed_at > max(closed)
    return None if found_later else crossing.crossed_at


def _moment(entry: Entry) -> datetime:
    if isinstance(entry.at, datetime):
        return entry.at
    return timezone.make_aware(datetime.combine(entry.at, time.min))


def words(texts: dict[str, str], language: str) -> tuple[str, str]:
    """The text in ``language``, else in the main or any other language; and that other language, '' for none."""
    for code in (language, main_language(), *texts):
        if texts.get(code):
            return texts[code], "" if code == language else code
    return "", ""


def of_event(event: Event, language: str) -> Entry:
    """The entry of one event, in the active language; staff's words in ``language`` where they wrote any."""
    text, lang = words(event.text, language)
    url, url_text = _link(event, language)
    title, own_text = TITLES.get(EventKind(event.kind), _plainly)(event)
    return Entry(
        at=event.happened_at,
        title=title,
        anchor=f"event-{event.pk}",
        text=text or own_text,
        lang=lang if text else "",
        url=url,
        url_text=url_text,
    )


def _link(event: Event, language: str) -> tuple[str, str]:
    if event.kind == EventKind.CORRECTED:
        return "#corrections", _("See the correction")
    if not event.link:
        return "", ""
    answered = event.kind in (EventKind.ANSWERED, EventKind.ANSWER_CORRECTED)
    url = path_for(event.link, language) if event.link.startswith("/") else event.link
    return url, _("Read the answer") if answered else _("Read more")


def _plainly(event: Event) -> tuple[str, str]:
    return str(EventKind(event.kind).label), ""


def _threshold(event: Event) -> tuple[str, str]:
    details = event.details
    return _reached(details.get("count", 0)), _consequence(details.get("threshold"), bool(details.get("opens_case")))


def _closed(event: Event) -> tuple[str, str]:
    count = event.details.get("signatures")
    return _("Closed"), "" if count is None else _signatures(count)


def _removed(event: Event) -> tuple[str, str]:
    count = event.details.get("signatures", 0)
    title = ngettext("%(number)s signature was removed", "%(number)s signatures were removed", count)
    return title % {"number": number(count)}, _("We looked at them: they were not given as the rules ask.")


def _case(event: Event) -> tuple[str, str]:
    return _("An answer is being prepared"), _due(event) if event.details.get("due_on") else ""


def _deadline_moved(event: Event) -> tuple[str, str]:
    moments = {
        name: moment(datetime.fromisoformat(event.details[name])) for name in ("began_at", "ended_at", "closes_at")
    }
    words = _("Signing was paused from %(began_at)s to %(ended_at)s. The petition now closes on %(closes_at)s.")
    return _("Deadline moved"), words % moments


def _answered(event: Event) -> tuple[str, str]:
    kind = event.details.get("answer")
    if not kind:
        return _plainly(event)
    return _("Answered: %(kind)s") % {"kind": AnswerKind(kind).label}, ""


def _update(event: Event) -> tuple[str, str]:
    """What the clock of the answer did; words of staff stand below."""
    match event.details.get("what"):
        case "paused":
            return _("The clock of the answer is stopped"), ""
        case "taken_off":
            return _("Answer taken off"), ""
        case "resumed":
            return _("The clock of the answer runs again"), _due(event)
        case "together":
            return _("Answered together with other petitions"), ""
        case "alone":
            return _("Answered on its own again"), ""
        case "extended":
            return _("More time for the answer: until %(day)s") % {"day": _due_day(event)}, ""
    return _plainly(event)


def _due(event: Event) -> str:
    return _("It is due by %(day)s.") % {"day": _due_day(event)}


def _due_day(event: Event) -> str:
    return day(date.fromisoformat(event.details["due_on"][:10]))


def _hearing(event: Event) -> tuple[str, str]:
    on = event.details.get("on")
    titles = {"planned": _("Hearing planned for %(day)s"), "held": _("Heard on %(day)s")}
    title = titles.get(event.details.get("what", ""))
    if title and on:
        return title % {"day": day(date.fromisoformat(on))}, ""
    return _("Not put up for a hearing") if event.details.get("what") == "not_heard" else _("Hearing"), ""


def _outcome(event: Event) -> tuple[str, str]:
    titles = {"law": _("Became law"), "policy": _("Policy changed"), "refused": _("What was asked was refused")}
    return titles.get(event.details.get("what", ""), _("What came of it")), ""


TITLES: dict[EventKind, Callable[[Event], tuple[str, str]]] = {
    EventKind.THRESHOLD: _threshold,
    EventKind.CLOSED: _closed,
    EventKind.CASE: _case,
    EventKind.ANSWERED: _answered,
    EventKind.UPDATE: _update,
    EventKind.REMOVED: _removed,
    EventKind.DEADLINE_MOVED: _deadline_moved,
    EventKind.HEARING: _hearing,
    EventKind.OUTCOME: _outcome,
}


def _reached(count: int) -> str:
    return ngettext("%(number)s signature reached", "%(number)s signatures reached", count) % {"number": number(count)}


def _signatures(count: int) -> str:
    return ngettext("%(number)s signature", "%(number)s signatures", count) % {"number": number(count)}


def _consequence(kind: str | None, opens_case: bool) -> str:
    if opens_case:
        return _("The petition will get an official answer.")
    return _("The petition is put forward for a hearing.") if kind == ThresholdKind.DEBATE else ""


def _of_dates(petition: Petition, known: set[tuple[str, str]]) -> Iterable[Entry]:
    if petition.opened_at and (EventKind.OPENED, "") not in known:
        yield Entry(at=petition.opened_at, title=_("Opened for signatures"), anchor="opened")
    if petition.closed_at and petition.state == State.CLOSED and (EventKind.CLOSED, "") not in known:
        yield Entry(at=petition.closed_at, title=_("Closed"), anchor="closed")
    refused = {(EventKind.REFUSED, ""), (EventKind.TAKEN_DOWN, "")}
    if petition.rejected_at and petition.state == State.REJECTED and not refused & known:
        yield Entry(at=petition.rejected_at, title=_("Refused"), anchor="refused")
    if petition.withdrawn_at and (EventKind.WITHDRAWN, "") not in known:
        yield Entry(at=petition.withdrawn_at, title=_("Withdrawn by its creator"), anchor="withdrawn")


def _of_crossing(crossing: Crossing) -> Entry:
    threshold = crossing.threshold
    return Entry(at=crossing.crossed_at, title=_reached(threshold.count), anchor=f"reached-{threshold.kind}")


def _of_case(petition: Petition, known: set[tuple[str, str]], language: str) -> Iterable[Entry]:
    case = getattr(petition, "public_case", None)
    if case is None or case.answered_at is None or (EventKind.ANSWERED, "") in known:
        return
    url = path_for(case.answer_path, language) if case.answer_path else case.external_url
    yield Entry(
        at=case.answered_at,
        title=_("Answered"),
        anchor="answered",
        url=url,
        url_text=_("Read the answer"),
    )


def _of_hearing(petition: Petition, known: set[tuple[str, str]]) -> Iterable[Entry]:
    hearing = getattr(petition, "hearing", None)
    if hearing is None or (EventKind.HEARING, "") in known:
        return
    if hearing.debated_on or hearing.debated:
        title, at = _("Heard"), hearing.debated_on or hearing.outcome_at or hearing.scheduled_on
    elif hearing.debated is False:
        title, at = _("Not put up for a hearing"), hearing.outcome_at
    else:
        title, at = _("Hearing planned"), hearing.scheduled_on or hearing.outcome_at
    if at:
        yield Entry(at=at, title=title, anchor="hearing", url="#hearing-text", url_text=_("About the hearing"))


def _of_business(found: "Whole", known: set[tuple[str, str]], language: str) -> Iterable[Entry]:
    if (EventKind.BUSINESS, "") in known:
        return
    for piece in found.other_business:
        if at := piece.occurred_on or piece.created_at:
            yield Entry(
                at=at,
                title=piece.subject,
                anchor=f"business-{piece.pk}",
                lang="" if found.petition.language == language else found.petition.language,
                url="#business",
                url_text=_("Read more"),
            )
