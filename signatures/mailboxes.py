"""What a mailbox signed: the link that shows it, and the look-up behind the link.

No table says which petitions an address signed. With the address in hand its key is made for each petition whose
signers can still be found, and each key is looked for in the unique index (decision 0094).
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from mailing import kinds
from mailing.kinds import Message
from mailing.links import absolute
from mailing.models import Mail, Priority
from petitions.models import Petition
from signatures import following, identity, links, pacing, persons
from signatures.following import Following
from signatures.models import DataRequest, Signature
from vault import sealing, signer, tokens
from vault.tokens import BadToken, Purpose

KIND = "mailbox"
LINK_LIFETIME = timedelta(hours=24)
# The link stands for no petition; petitions are numbered from 1.
NO_PETITION = 0
BATCH = 5000
# A page looks for this long, then offers to look further.
SEARCH_SECONDS = 1.5

# The same for everybody: an address that never signed leaves the same row.
ASK = """
INSERT INTO signatures_datarequest AS kept (address_key, sealed, language, asked_at)
VALUES (%s, %s, %s, %s)
ON CONFLICT (address_key) DO UPDATE
SET sealed = EXCLUDED.sealed, language = EXCLUDED.language, asked_at = EXCLUDED.asked_at
RETURNING id
"""

# One probe of the unique index for each petition: LIMIT keeps the planner from reading the table instead.
PROBE = """
SELECT found.petition_id, found.id
FROM unnest(%s::bigint[], %s::bytea[]) AS wanted (petition_id, signer_key)
CROSS JOIN LATERAL (
    SELECT petition_id, id FROM signatures_signature AS signature
    WHERE signature.petition_id = wanted.petition_id AND signature.signer_key = wanted.signer_key LIMIT 1
) AS found
"""


@dataclass(frozen=True)
class Mailbox:
    """Whoever holds the link reads this mailbox."""

    address: str
    open_until: datetime


@dataclass(frozen=True)
class Entry:
    """One signature of the mailbox and its petition."""

    petition: Petition
    signature: Signature


@dataclass(frozen=True)
class Found:
    """What was found, newest petition first. ``before`` is where to look further; None when all was looked through."""

    entries: list[Entry]
    before: int | None
    followed: list[Following]


class Keyed(NamedTuple):
    """What the signer keys of a petition are made with."""

    pk: int
    salt: bytes
    key_version: int
    rules_version: int


def register() -> None:
    """Make this room's kind of mail known."""
    kinds.register(KIND, priority=Priority.CONFIRMATION, build=_link)


@transaction.atomic
def ask(*, email: str, language: str, now: datetime) -> None:
    """Mail the link to ``email``, whether it ever signed or not; within the limits of its mailbox, and not where its
    owner wants no mail at all.

    Raises InvalidAddress for what is no address.
    """
    key = persons.address_key(email)
    sealed = sealing.seal({"email": email}, context=_place(key))
    with connection.cursor() as cursor:
        cursor.execute(ASK, [key, sealed, language, now])
        row_id = cursor.fetchone()[0]
    pacing.queue_paced(KIND, petition_id=NO_PETITION, row_id=row_id, address_key=key, now=now)


def opened(token: str, *, now: datetime) -> Mailbox | None:
    """The mailbox that ``token`` was mailed to; None when the link does not work."""
    try:
        claim = tokens.read(token, Purpose.MAILBOX, now=now)
    except BadToken:
        return None
    request = DataRequest.objects.filter(pk=claim.row_id).first()
    return Mailbox(_address(request), request.asked_at + LINK_LIFETIME) if request else None


def find(address: str, *, before: int | None = None) -> Found:
    """The signatures of this mailbox on petitions numbered below ``before`` (None: on all whose salt is kept).

    Ends after a second and a half and says where to go on.
    """
    spellings, hits = _spellings(address), []
    followed: list[Following] = []
    ends = time.monotonic() + SEARCH_SECONDS
    while batch := _keyed(before):
        keys = _keys(spellings, batch)
        hits += _probe(keys)
        followed += following.of_keys(keys)
        before = batch[-1].pk
        if time.monotonic() > ends and _keyed(before, 1):
            return Found(list(_entries(hits)), before, followed)
    return Found(list(_entries(hits)), None, followed)


def find_on(address: str, *, petition_id: int) -> Entry | None:
    """This mailbox's signature on one petition."""
    return next(_entries(_probe(_keys_on(address, petition_id))), None)


def stop_following(address: str, *, petition_id: int) -> None:
    """Let this mailbox hear no more of a petition that it follows. Again changes nothing."""
    for each in following.of_keys(_keys_on(address, petition_id)):
        following.stop(petition_id=petition_id, row_id=each.follower.pk)


def expire(now: datetime) -> int:
    """Delete the requests whose link has expired, address and all; how many."""
    return DataRequest.objects.filter(asked_at__lt=now - LINK_LIFETIME).delete()[0]


def _keyed(before: int | None, most: int = BATCH) -> list[Keyed]:
    """The next petitions whose signers can be found, newest first. Imported ones have none here."""
    petitions = Petition.objects.filter(salt__isnull=False, exempt=False).order_by("-pk")
    if before is not None:
        petitions = petitions.filter(pk__lt=before)
    return [Keyed(*row) for row in petitions.values_list(*Keyed._fields)[:most]]


def _keys_on(address: str, petition_id: int) -> dict[int, bytes]:
    petition = Petition.objects.filter(pk=petition_id, salt__isnull=False).values_list(*Keyed._fields).first()
    return _keys(_spellings(address), [Keyed(*petition)]) if petition else {}


def _keys(spellings: dict[int, str], petitions: list[Keyed]) -> dict[int, bytes]:
    """The mailbox's key on each of these petitions."""
    return {
        petition.pk: signer.signer_key(
            spellings[petition.rules_version],
            petition_id=petition.pk,
            salt=petition.salt,
            key_version=petition.key_version,
            rules_version=petition.rules_version,
        )
        for petition in petitions
        if petition.rules_version in spellings
    }


def _probe(keys: dict[int, bytes]) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(PROBE, [list(keys), list(keys.values())])
        return cursor.fetchall()


def _spellings(address: str) -> dict[int, str]:
    """The mailbox's spelling under every version of the rules that allows it."""
    spellings = {}
    for version in range(1, identity.RULES_VERSION + 1):
        try:
            spellings[version] = identity.canonical(address, version)
        except identity.InvalidAddress:
            continue
    return spellings


def _entries(hits: list[tuple[int, int]]) -> Iterator[Entry]:
    petitions = Petition.objects.select_related("public_case").in_bulk([petition_id for petition_id, _id in hits])
    for row in sorted(Signature.objects.filter(pk__in=hits), key=lambda row: row.petition_id, reverse=True):
        yield Entry(petitions[row.petition_id], row)


def _link(mail: Mail) -> Message | None:
    request = DataRequest.objects.filter(pk=mail.row_id).first()
    if request is None:
        return None
    token = tokens.make(
        Purpose.MAILBOX,
        petition_id=NO_PETITION,
        row_id=request.pk,
        generation=0,
        now=request.asked_at,
        lifetime=LINK_LIFETIME,
    )
    address, language = _address(request), request.language
    keys = persons.address_keys(address)
    return Message(
        to=address,
        language=language,
        template="mailbox",
        context={},
        personal={
            "link": absolute("signatures:mailbox", language, token=token),
            "never_link": links.never(keys[0], language, now=request.asked_at),
        },
        form=KIND,
        address_keys=tuple(keys),
    )


def _address(request: DataRequest) -> str:
    return sealing.unseal(request.sealed, context=_place(bytes(request.address_key)))["email"]


def _place(key: bytes) -> str:
    return f"data-request:{key.hex()}"
