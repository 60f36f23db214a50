"""Sealing: entries become links of the chain in batches, and once a day its head is published.

Whoever writes an entry takes no lock and waits for nobody: chaining on writing would queue every act of every member of
staff behind one row (decision 0105).
"""

import hmac
from datetime import datetime

import structlog
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from audit import chain
from audit.models import Entry, Head, Link, Seal, Unsealed
from vault import keys

log = structlog.get_logger(__name__)

BATCH = 5_000
# Two sealers must not give one number twice.
SEAL_LOCK = 7_405_010


def content_of(entry: Entry) -> bytes:
    """The 32 bytes that stand for this entry in the chain."""
    return chain.content(
        id=entry.pk,
        at=entry.at,
        actor_id=entry.actor_id,
        action=entry.action,
        subject_kind=entry.subject_kind,
        subject_id=entry.subject_id,
        reason=entry.reason,
        details=entry.details,
    )


def mark(number: int, digest: bytes, key_version: int) -> bytes:
    """What shows that this site sealed the chain up to ``number``. Raises vault.keys.UnknownKey."""
    key = keys.derive("audit seal", version=key_version)
    return hmac.digest(key, number.to_bytes(8) + bytes(digest), "sha256")


@transaction.atomic
def seal(now: datetime) -> int:
    """Append the oldest entries that wait, at most one batch; how many. Nothing while another sealer is at it.

    An entry that is gone before it was sealed stays in the queue, where ``verification`` finds it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    # A copy of the database that was filled with its triggers on lets old entries wait again.
    Unsealed.objects.filter(Exists(Link.objects.filter(entry_id=OuterRef("entry_id")))).delete()
    waiting = list(Unsealed.objects.order_by("entry_id").values_list("entry_id", flat=True)[:BATCH])
    entries = list(Entry.objects.filter(pk__in=waiting).order_by("pk"))
    if not entries:
        return 0
    last = Link.objects.order_by("-number").first()
    before, digest = (last.number, bytes(last.digest)) if last else (0, chain.START)
    links = []
    for number, entry in enumerate(entries, start=before + 1):
        content = content_of(entry)
        digest = chain.link(digest, number, content)
        links.append(Link(number=number, entry_id=entry.pk, content=content, digest=digest))
    Link.objects.bulk_create(links, batch_size=1_000)
    version = keys.keyring().current
    number = before + len(links)
    Seal.objects.create(number=number, digest=digest, key_version=version, mark=mark(number, digest, version), at=now)
    Unsealed.objects.filter(pk__in=[entry.pk for entry in entries]).delete()
    return len(links)


def publish_head(now: datetime) -> Head | None:
    """Publish the newest seal as this day's head: once a day, None when that is done or nothing is sealed yet.

    The log gets it too, so that it lies where the database's administrator does not reach.
    """
    newest = Seal.objects.order_by("-number").first()
    if newest is None:
        return None
    head, published = Head.objects.get_or_create(
        day=timezone.localdate(now), defaults={"number": newest.number, "digest": newest.digest, "published_at": now}
    )
    if not published:
        return None
    log.info("audit_head", day=str(head.day), number=head.number, digest=bytes(head.digest).hex())
    return head
