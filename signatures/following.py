"""Hearing of a petition without signing it: a mailbox that asked, and said behind a mailed link that it meant it.

Nothing of a follower is kept but a sealed address under the petition's own key. Who stops following is deleted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

import mailing.services
from mailing import kinds
from mailing.kinds import Message
from mailing.links import absolute
from mailing.models import Mail, Priority
from petitions import timeline
from petitions.lifecycle import State
from petitions.models import Event, Petition
from signatures import links, pacing, persons
from signatures.cards import Card
from signatures.fraud import suspicion
from signatures.models import Disowned, Follower, Role
from signatures.standing import knows
from vault import sealing
from vault.tokens import Claim

CONFIRM = "follow"
TO_FOLLOWER = "event_to_follower"
FOLLOWED = (State.OPEN, State.CLOSED)

# Who follows already is left alone; what was typed last counts for who has not confirmed.
ASK = """
INSERT INTO signatures_follower AS kept (petition_id, follower_key, sealed, language, created_at)
VALUES (%(petition_id)s, %(key)s, %(sealed)s, %(language)s, %(now)s)
ON CONFLICT (petition_id, follower_key) DO UPDATE SET
    sealed = CASE WHEN kept.confirmed_at IS NULL THEN EXCLUDED.sealed ELSE kept.sealed END,
    language = CASE WHEN kept.confirmed_at IS NULL THEN EXCLUDED.language ELSE kept.language END,
    created_at = CASE WHEN kept.confirmed_at IS NULL THEN EXCLUDED.created_at ELSE kept.created_at END
RETURNING id
"""

# Who hears of it as a signer or as the creator does not hear of it twice.
TOLD = """
SELECT follower.id FROM signatures_follower AS follower
WHERE follower.petition_id = %s AND follower.confirmed_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM signatures_signature AS signature
    WHERE signature.petition_id = follower.petition_id AND signature.signer_key = follower.follower_key
        AND signature.state = 'confirmed' AND (signature.notify OR (signature.role = 'creator' AND %s))
)
ORDER BY follower.id
"""

OF_KEYS = """
SELECT follower.* FROM unnest(%s::bigint[], %s::bytea[]) AS wanted (petition_id, follower_key)
JOIN signatures_follower AS follower
    ON follower.petition_id = wanted.petition_id AND follower.follower_key = wanted.follower_key
ORDER BY follower.petition_id DESC
"""


def register() -> None:
    """Make this room's kinds of mail known."""
    kinds.register(CONFIRM, priority=Priority.CONFIRMATION, build=_to_confirm)
    kinds.register(TO_FOLLOWER, priority=Priority.BULK, prepare=_of_events)


def may_be_followed(petition: Petition) -> bool:
    """Whether anything may happen to this petition that followers would be mailed of."""
    return petition.state in FOLLOWED and not petition.exempt and petition.salt is not None


@transaction.atomic
def ask(*, petition: Petition, email: str, language: str, now: datetime) -> None:
    """Mail ``email`` the link that confirms it, within the limits of its mailbox; the same whether it follows already.

    Raises InvalidAddress; ValueError once the petition's salt is gone.
    """
    key = persons.signer_key(email, petition)
    given = {
        "petition_id": petition.pk,
        "key": key,
        "sealed": sealing.seal({"email": email}, context=_place(petition.pk, key)),
        "language": language,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(ASK, given)
        row_id = cursor.fetchone()[0]
    if suspicion.of_address(email) != suspicion.BLOCKED:
        address_key = persons.address_key(email)
        pacing.queue_paced(CONFIRM, petition_id=petition.pk, row_id=row_id, address_key=address_key, now=now)


@dataclass(frozen=True)
class Following:
    """A mailbox and the petition that it follows, or asked to."""

    petition: Petition
    follower: Follower


def asked(claim: Claim) -> Following | None:
    """What the link of ``links.follow`` is about; None when it is gone or its petition is not public any more."""
    row = Follower.objects.filter(pk=claim.row_id, petition_id=claim.petition_id).first()
    petition = Petition.objects.filter(pk=claim.petition_id).first()
    return Following(petition, row) if row and petition and knows(petition, Role.SIGNER) else None


def confirm(claim: Claim, *, now: datetime) -> Following | None:
    """Follow from now on; None as with ``asked``. Again changes nothing."""
    Follower.objects.filter(pk=claim.row_id, petition_id=claim.petition_id, confirmed_at=None).update(confirmed_at=now)
    return asked(claim)


def stop(*, petition_id: int, row_id: int) -> None:
    """Follow no more, and keep nothing of it. Again changes nothing."""
    Follower.objects.filter(pk=row_id, petition_id=petition_id).delete()


def of_keys(keys: dict[int, bytes]) -> list[Following]:
    """What these mailboxes follow, given by petition; the newest petition first."""
    found = list(Follower.objects.raw(OF_KEYS, [list(keys), list(keys.values())]))
    petitions = Petition.objects.in_bulk([row.petition_id for row in found])
    return [Following(petitions[row.petition_id], row) for row in found]


def tell(event: Event, now: datetime) -> int:
    """Queue the mails of one event to all followers; how many. In the transaction that marks it as told."""
    with connection.cursor() as cursor:
        cursor.execute(TOLD, [event.petition_id, event.tells_creator])
        rows = [(row_id, f"follow:{event.pk}:{row_id}") for (row_id,) in cursor.fetchall()]
    mailing.services.queue_many(TO_FOLLOWER, rows, petition_id=event.petition_id, details={"event": event.pk}, now=now)
    return len(rows)


def rekey(card: Card) -> None:
    """Make the keys of this petition's followers by ``card``. Of two that are one mailbox now, one stays."""
    for row in Follower.objects.filter(petition_id=card.pk).order_by("pk"):
        address = _address(row)
        key = persons.signer_key(address, card)
        if key == bytes(row.follower_key):
            continue
        if Follower.objects.filter(petition_id=card.pk, follower_key=key).exists():
            row.delete()
            continue
        sealed = sealing.seal({"email": address}, context=_place(card.pk, key))
        Follower.objects.filter(pk=row.pk).update(follower_key=key, sealed=sealed)


def _to_confirm(mail: Mail) -> Message | None:
    row = Follower.objects.filter(pk=mail.row_id).first()
    petition = Petition.objects.filter(pk=mail.petition_id).first()
    if row is None or petition is None or not knows(petition, Role.SIGNER) or _disowned([row]):
        return None
    link = links.unfollow(row, now=timezone.now()) if row.confirmed_at else links.follow(row)
    return _message(row, petition, "follow_already" if row.confirmed_at else "follow", personal={"link": link})


def _of_events(mails: Sequence[Mail]) -> kinds.Build:
    rows = Follower.objects.filter(confirmed_at__isnull=False).in_bulk([mail.row_id for mail in mails])
    events = Event.objects.select_related("petition").in_bulk({mail.details["event"] for mail in mails})
    disowned = _disowned(rows.values())
    memory: dict[tuple[int, str], tuple[dict[str, Any], object]] = {}

    def build(mail: Mail) -> Message | None:
        row, event = rows.get(mail.row_id), events.get(mail.details["event"])
        if row is None or event is None or not knows(event.petition, Role.SIGNER):
            return None
        if (row.petition_id, bytes(row.follower_key)) in disowned:
            return None
        words, form = memory.setdefault((event.pk, row.language), (_words(event, row.language), object()))
        stop_link = links.unfollow(row, now=timezone.now())
        personal = {"unsubscribe_url": stop_link}
        return _message(
            row,
            event.petition,
            TO_FOLLOWER,
            personal=personal,
            form=form,
            context=words,
            unsubscribe_url=stop_link,
        )

    return build


def _disowned(rows: Iterable[Follower]) -> set[tuple[int, bytes]]:
    """Which of these mailboxes want no mail about the petition."""
    keys = [(row.petition_id, row.follower_key) for row in rows]
    found = Disowned.objects.filter(pk__in=keys).values_list("petition_id", "signer_key")
    return {(petition_id, bytes(key)) for petition_id, key in found}


def _words(event: Event, language: str) -> dict[str, Any]:
    with translation.override(language):
        entry = timeline.of_event(event, language)
        link = entry.url if entry.url.startswith(("/", "http")) else ""
        return {
            "what": entry.title,
            "text": entry.text,
            "url": links.full(link) if link else "",
            "url_text": entry.url_text or _("Read more:"),
        }


def _message(
    row: Follower,
    petition: Petition,
    template: str,
    *,
    personal: dict[str, str],
    form: object = None,
    context: dict[str, Any] | None = None,
    unsubscribe_url: str = "",
) -> Message:
    address = _address(row)
    keys = persons.address_keys(address)
    texts = {
        "title": petition.title,
        "address": absolute("petitions:detail", row.language, petition_id=petition.pk),
        "never_link": links.never(keys[0], row.language, now=timezone.now()),
    }
    return Message(
        to=address,
        language=row.language,
        template=template,
        unsubscribe_url=unsubscribe_url,
        personal=texts | personal,
        form=form,
        address_keys=tuple(keys),
        context=context or {},
    )


def _address(row: Follower) -> str:
    return sealing.unseal(row.sealed, context=_place(row.petition_id, bytes(row.follower_key)))["email"]


def _place(petition_id: int, key: bytes) -> str:
    return f"follower:{petition_id}:{key.hex()}"
