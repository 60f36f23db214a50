"""Verifying the log: does every entry stand where it was sealed, as it was sealed, and is none missing?"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from audit import chain
from audit.models import Entry, Head, Link, Seal, Unsealed
from audit.sealing import content_of, mark
from vault.keys import UnknownKey

CHUNK = 5_000


@dataclass(frozen=True)
class Break:
    """The first place where the log is not what was sealed.

    ``how`` is ``changed``, ``removed``, ``inserted``, ``reordered`` or ``rewritten`` (links or seals were made anew).
    ``number`` is the place in the chain; None for an entry that has none. ``entry_id`` is None where only links are
    concerned.
    """

    how: str
    number: int | None
    entry_id: int | None
    words: str


def first_break(*, after: int = 0, head: tuple[int, bytes] | None = None) -> Break | None:
    """The first break of the chain behind link ``after``, else an entry outside of it; None when the log holds.

    ``head`` is a number and digest that somebody kept from an earlier day: the chain must lead through it.
    """
    kept = {number: bytes(digest) for number, digest in Head.objects.values_list("number", "digest")}
    if head is not None:
        if head[1] != kept.setdefault(*head):
            return Break("rewritten", head[0], None, "the published head of this number is another than the one kept")
        after = min(after, head[0] - 1)
    return _along_the_chain(after, kept) or _outside_of_it()


def _along_the_chain(after: int, heads: dict[int, bytes]) -> Break | None:
    seals = {seal.number: seal for seal in Seal.objects.filter(number__gt=after)}
    number, digest = after, _digest_of(after)
    for link, entry in _links(after):
        number += 1
        if link.number != number:
            return Break("removed", number, None, f"links {number} to {link.number - 1} are gone")
        if found := _wrong(link, entry, digest):
            return found
        digest = bytes(link.digest)
        if found := _not_held(number, digest, seals.pop(number, None), heads.get(number)):
            return found
    promised = max([*seals, *(number for number in heads if number > after)], default=0)
    if promised > number:
        return Break("removed", number + 1, None, f"the chain ends at {number}, and was sealed up to {promised}")
    if number > after and not Seal.objects.filter(number=number).exists():
        return Break("rewritten", number, None, "the end of the chain has no seal")
    return None


def _digest_of(number: int) -> bytes:
    link = Link.objects.filter(number=number).first()
    return bytes(link.digest) if link else chain.START


def _links(after: int) -> Iterator[tuple[Link, Entry | None]]:
    while links := list(Link.objects.filter(number__gt=after).order_by("number")[:CHUNK]):
        entries = Entry.objects.in_bulk([link.entry_id for link in links])
        yield from ((link, entries.get(link.entry_id)) for link in links)
        after = links[-1].number


def _wrong(link: Link, entry: Entry | None, before: bytes) -> Break | None:
    if entry is None:
        return Break("removed", link.number, link.entry_id, "the entry is gone")
    content = content_of(entry)
    if content != bytes(link.content):
        if Link.objects.filter(content=content).exists():
            return Break("reordered", link.number, link.entry_id, "another entry was sealed in this place")
        return Break("changed", link.number, link.entry_id, "the entry is not what was sealed")
    if chain.link(before, link.number, content) != bytes(link.digest):
        return Break("reordered", link.number, link.entry_id, "the link does not follow from the one before it")
    return None


def _not_held(number: int, digest: bytes, seal: Seal | None, head: bytes | None) -> Break | None:
    """A seal or a published head that says something else than the chain."""
    if seal is not None:
        try:
            genuine = hmac.compare_digest(mark(number, bytes(seal.digest), seal.key_version), bytes(seal.mark))
        except UnknownKey:
            return Break("rewritten", number, None, f"the seal names key {seal.key_version}, which is not ours")
        if not genuine:
            return Break("rewritten", number, None, "the seal was not made with our key")
        if bytes(seal.digest) != digest:
            return Break("rewritten", number, None, "the chain up to here is not the one that was sealed")
    if head is not None and head != digest:
        return Break("rewritten", number, None, "the chain up to here is not the one whose head was published")
    return None


def _outside_of_it() -> Break | None:
    linked = Link.objects.filter(entry_id=OuterRef("pk"))
    waiting = Unsealed.objects.filter(pk=OuterRef("pk"))
    stray = Entry.objects.filter(~Exists(linked), ~Exists(waiting)).order_by("pk").first()
    if stray is not None:
        return Break("inserted", None, stray.pk, "the entry was put in beside the chain")
    gone = Unsealed.objects.filter(~Exists(Entry.objects.filter(pk=OuterRef("pk")))).order_by("pk").first()
    if gone is not None:
        return Break("removed", None, gone.pk, "the entry is gone, before it was sealed")
    return None
