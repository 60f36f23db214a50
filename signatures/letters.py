"""The mails of this room. Each kind's builder finds its people when the mail is sent, and nobody if it is not needed.

Text of a petition that nobody has checked is in no mail: whoever typed the address could send their own words by us.
"""

from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cms.languages import path_for
from mailing import kinds
from mailing.kinds import Message
from mailing.links import absolute
from mailing.models import Mail, Priority
from petitions.lifecycle import ResponseState
from petitions.models import Event, Petition
from petitions.models.timeline import EventKind
from petitions.selectors import last_day
from petitions.services.creator import may_request_review
from petitions.wording import localized
from signatures import links, pacing, persons, selectors
from signatures.models import Role, Signature, SignatureState
from signatures.standing import knows
from vault import tokens

CREATOR_CONFIRMED = "creator_confirmed"
TO_CREATOR = "event_to_creator"
TO_SIGNER = "event_to_signer"
ANSWERS = (EventKind.ANSWERED, EventKind.ANSWER_CORRECTED)


def register() -> None:
    """Make this room's kinds of mail known."""
    kinds.register(pacing.CONFIRM, priority=Priority.CONFIRMATION, build=_confirm)
    kinds.register(pacing.ALREADY_SIGNED, priority=Priority.CONFIRMATION, build=_already_signed)
    kinds.register(pacing.CREATOR_LINK, priority=Priority.CONFIRMATION, build=_creator_link)
    kinds.register(CREATOR_CONFIRMED, priority=Priority.PERSONAL, build=_creator_confirmed)
    kinds.register(TO_CREATOR, priority=Priority.PERSONAL, build=_event_to_creator)
    kinds.register(TO_SIGNER, priority=Priority.BULK, build=_event_to_signer)


def _confirm(mail: Mail) -> Message | None:
    found = _found(mail, SignatureState.PENDING)
    if found is None:
        return None
    petition, row = found
    details = {
        "link": links.confirm(row),
        "code": tokens.code(petition_id=row.petition_id, row_id=row.id, generation=row.generation),
    }
    if row.role == Role.CREATOR:
        details["creator_link"] = links.creator(row, petition, now=timezone.now())
    return _message(petition, row, f"confirm_{row.role}", **details)


def _already_signed(mail: Mail) -> Message | None:
    found = _found(mail, SignatureState.CONFIRMED, SignatureState.HELD)
    return _message(*found, "already_signed") if found else None


def _creator_link(mail: Mail) -> Message | None:
    return _with_creators_link(mail, "creator_link")


def _creator_confirmed(mail: Mail) -> Message | None:
    return _with_creators_link(mail, "creator_confirmed")


def _with_creators_link(mail: Mail, template: str, **details: Any) -> Message | None:
    found = _found(mail, SignatureState.CONFIRMED)
    if found is None:
        return None
    petition, row = found
    now = timezone.now()
    return _message(
        petition,
        row,
        template,
        creator_link=links.creator(row, petition, now=now),
        support_link=links.support(petition, language=petition.language, now=now),
        missing=selectors.missing_supporters(petition),
        may_ask_review=may_request_review(petition),
        for_creator=True,
        **details,
    )


def _event_to_creator(mail: Mail) -> Message | None:
    event = Event.objects.filter(pk=mail.details.get("event")).first()
    row = Signature.objects.filter(petition_id=mail.petition_id, id=mail.row_id).first()
    if event is None or row is None:
        return None
    return _with_creators_link(mail, TO_CREATOR, **_words(event, row))


def _event_to_signer(mail: Mail) -> Message | None:
    event = Event.objects.filter(pk=mail.details.get("event")).first()
    found = _found(mail, SignatureState.CONFIRMED)
    if event is None or found is None or not found[1].notify:
        return None
    unsubscribe = links.unsubscribe(found[1], now=timezone.now())
    return _message(*found, TO_SIGNER, unsubscribe_url=unsubscribe, **_words(event, found[1]))


def _words(event: Event, row: Signature) -> dict[str, Any]:
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
    return absolute("petitions:detail", language, petition_id=petition.pk)


def _found(mail: Mail, *states: SignatureState) -> tuple[Petition, Signature] | None:
    petition = Petition.objects.filter(pk=mail.petition_id).first()
    row = Signature.objects.filter(petition_id=mail.petition_id, id=mail.row_id, state__in=states).first()
    return (petition, row) if petition and row else None


def _message(
    petition: Petition, row: Signature, template: str, unsubscribe_url: str = "", **details: Any
) -> Message | None:
    person = persons.unsealed(row)
    if person is None:
        return None
    is_public = knows(petition, Role.SIGNER)
    return Message(
        to=person.email,
        language=row.language,
        template=template,
        unsubscribe_url=unsubscribe_url,
        context={
            "name": person.name,
            "petition": petition,
            # Only what the public may read is quoted.
            "title": petition.title if is_public else "",
            "is_public": is_public,
            "address": _page(petition, row.language),
            **details,
        },
    )
