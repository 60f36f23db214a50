"""The mails of this room. Each kind's builder finds its people when the mail is sent, and nobody if it is not needed.

Text of a petition that nobody has checked is in no mail: whoever typed the address could send their own words by us.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cms.languages import path_for
from mailing import kinds
from mailing.kinds import Message
from mailing.links import absolute
from mailing.models import Mail, Priority
from petitions.lifecycle import ResponseState, State
from petitions.models import Event, Petition
from petitions.models.timeline import EventKind
from petitions.selectors import last_day
from petitions.services.creator import may_request_review
from petitions.wording import localized
from signatures import addressees, links, pacing, persons, selectors
from signatures.addressees import Addressee
from signatures.fraud import suspicion
from signatures.models import Role
from signatures.models import SignatureState as S
from signatures.standing import knows
from vault import tokens

REMINDER = "reminder"
CREATOR_CONFIRMED = "creator_confirmed"
TO_CREATOR = "event_to_creator"
TO_SIGNER = "event_to_signer"
ANSWERS = (EventKind.ANSWERED, EventKind.ANSWER_CORRECTED)


def register() -> None:
    """Make this room's kinds of mail known."""
    kinds.register(pacing.CONFIRM, priority=Priority.CONFIRMATION, prepare=_prepared(_confirm, S.PENDING))
    kinds.register(
        pacing.ALREADY_SIGNED, priority=Priority.CONFIRMATION, prepare=_prepared(_already_signed, S.CONFIRMED, S.HELD)
    )
    kinds.register(pacing.CREATOR_LINK, priority=Priority.CONFIRMATION, prepare=_prepared(_creator_link, S.CONFIRMED))
    kinds.register(REMINDER, priority=Priority.PERSONAL, prepare=_prepared(_reminder, S.PENDING))
    kinds.register(CREATOR_CONFIRMED, priority=Priority.PERSONAL, prepare=_prepared(_creator_confirmed, S.CONFIRMED))
    kinds.register(TO_CREATOR, priority=Priority.PERSONAL, prepare=_prepared(_event_to_creator, S.CONFIRMED))
    kinds.register(TO_SIGNER, priority=Priority.BULK, prepare=_prepared(_event_to_signer, S.CONFIRMED))


@dataclass(slots=True)
class Found:
    """What a mail is about."""

    mail: Mail
    petition: Petition
    row: Addressee
    event: Event | None
    is_public: bool
    now: datetime


# The second argument is a memory that lasts for a batch.
Letter = Callable[[Found, dict[Any, Any]], Message | None]


def _prepared(letter: Letter, *states: S) -> Callable[[Sequence[Mail]], kinds.Build]:
    """Read what a batch of mails is about; each whose signature is in one of ``states`` becomes a message."""

    def prepare(mails: Sequence[Mail]) -> kinds.Build:
        rows = addressees.found([(mail.petition_id or 0, mail.row_id) for mail in mails], states)
        found_petitions = Petition.objects.in_bulk({mail.petition_id for mail in mails})
        event_ids = {mail.details["event"] for mail in mails if "event" in mail.details}
        events = Event.objects.select_related("petition").in_bulk(event_ids)
        # A mail to many is about few.
        public = {petition.pk: knows(petition, Role.SIGNER) for petition in found_petitions.values()}
        memory: dict[Any, Any] = {}
        now = timezone.now()

        def build(mail: Mail) -> Message | None:
            row, petition = rows.get(mail.row_id), found_petitions.get(mail.petition_id)
            if row is None or petition is None:
                return None
            event = events.get(mail.details.get("event"))
            return letter(Found(mail, petition, row, event, public[petition.pk], now), memory)

        return build

    return prepare


def _confirm(found: Found, memory: dict[Any, Any]) -> Message | None:
    return _to_confirm(found, f"confirm_{found.row.role}")


def _reminder(found: Found, memory: dict[Any, Any]) -> Message | None:
    if not found.is_public or found.petition.state != State.OPEN:
        return None
    return _to_confirm(found, REMINDER, last_day=last_day(found.row.created_at + tokens.LIFETIME))


def _to_confirm(found: Found, template: str, **context: Any) -> Message | None:
    row = found.row
    if row.suspicion == suspicion.BLOCKED:
        return None
    personal = {
        "link": links.confirm(row),
        "code": tokens.code(petition_id=row.petition_id, row_id=row.id, generation=row.generation),
    }
    if row.role == Role.CREATOR:
        personal["creator_link"] = links.creator(row, found.petition, now=found.now)
    form = None if row.role != Role.SIGNER or context else ()
    return _message(found, template, _context(found) | context, form=form, personal=personal)


def _already_signed(found: Found, memory: dict[Any, Any]) -> Message | None:
    return _message(found, "already_signed", _context(found), form=() if found.is_public else None)


def _creator_link(found: Found, memory: dict[Any, Any]) -> Message | None:
    return _with_creators_link(found, "creator_link")


def _creator_confirmed(found: Found, memory: dict[Any, Any]) -> Message | None:
    return _with_creators_link(found, "creator_confirmed")


def _with_creators_link(
    found: Found, template: str, personal: dict[str, str] | None = None, **context: Any
) -> Message | None:
    petition, now = found.petition, found.now
    context |= {
        "creator_link": links.creator(found.row, petition, now=now),
        "support_link": links.support(petition, language=petition.language, now=now),
        "missing": selectors.missing_supporters(petition),
        "may_ask_review": may_request_review(petition),
        "for_creator": True,
    }
    return _message(found, template, _context(found) | context, personal=personal)


def _event_to_creator(found: Found, memory: dict[Any, Any]) -> Message | None:
    event, row = found.event, found.row
    if event is None:
        return None
    return _with_creators_link(found, TO_CREATOR, personal=_rating(event, row, found.now), **_words(event, row))


def _event_to_signer(found: Found, memory: dict[Any, Any]) -> Message | None:
    event, row = found.event, found.row
    if event is None or not row.notify:
        return None
    key = (event.pk, row.language, row.region_code if row.region_code in event.region_text else "")
    if key not in memory:
        memory[key] = _context(found) | _words(event, row), object()
    context, form = memory[key]
    unsubscribe = links.unsubscribe(row, now=found.now)
    personal = {"unsubscribe_url": unsubscribe} | _rating(event, row, found.now)
    return _message(found, TO_SIGNER, context, form=form, personal=personal, unsubscribe_url=unsubscribe)


def _rating(event: Event, row: Addressee, now: datetime) -> dict[str, str]:
    """The link by which an answer is rated, in the mails that tell of one."""
    is_answer = event.kind == EventKind.ANSWERED
    return {"rate_url": links.rate(row, event_id=event.pk, now=now)} if is_answer else {}


def _words(event: Event, row: Addressee) -> dict[str, Any]:
    """What a mail says of an event, in the signer's language; staff's words for their region where there are any."""
    petition, language = event.petition, row.language
    with translation.override(language):
        refusal = selectors.refusal(petition, language)
        return {
            "event": event,
            "told": f"mail/told/{event.kind}.txt",
            "text": localized(event.region_text.get(row.region_code) or event.text, language),
            "url": _full(event.link, language),
            "url_text": _("Read the answer:") if event.kind in ANSWERS else _("Read more:"),
            "is_answer": event.kind == EventKind.ANSWERED,
            "on": date.fromisoformat(event.details["on"]) if event.details.get("on") else None,
            "last_day": last_day(petition.closes_at),
            "due_on": selectors.due_on(petition, event),
            "owed": petition.response_state == ResponseState.AWAITING,
            "brings": selectors.brought(petition, event.details.get("threshold", "")),
            "refusal": refusal,
            "duplicate_address": refusal and refusal.duplicate and _page(refusal.duplicate, language),
        }


def _full(link: str, language: str) -> str:
    return settings.BASE_URL.rstrip("/") + path_for(link, language) if link.startswith("/") else link


def _page(petition: Petition, language: str) -> str:
    return _address(settings.BASE_URL, petition.pk, language)


@lru_cache(maxsize=1024)
def _address(base_url: str, petition_id: int, language: str) -> str:
    return absolute("petitions:detail", language, petition_id=petition_id)


def _context(found: Found) -> dict[str, Any]:
    """What every text about a petition may speak of."""
    return {"petition": found.petition, "title": "", "is_public": found.is_public}


def _message(
    found: Found,
    template: str,
    context: dict[str, Any],
    *,
    form: Hashable = None,
    personal: dict[str, str] | None = None,
    unsubscribe_url: str = "",
) -> Message | None:
    """The message to the signer; None once their data was erased. Only what the public may read is quoted."""
    petition, row = found.petition, found.row
    person = persons.unsealed(row)
    if person is None:
        return None
    address_keys = persons.address_keys(person.email)
    texts = {"name": person.name, "never_link": links.never(address_keys[0], row.language, now=found.now)}
    if row.role != Role.CREATOR:
        texts["not_me_link"] = links.not_me(row)
    if found.is_public:
        texts |= {"title": petition.title, "address": _page(petition, row.language)}
    return Message(
        to=person.email,
        language=row.language,
        template=template,
        unsubscribe_url=unsubscribe_url,
        personal=texts | (personal or {}),
        form=form,
        address_keys=tuple(address_keys),
        context=context,
    )
