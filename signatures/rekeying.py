"""Another version of the rules of addresses, or of the master key, for petitions that exist.

Each signer's key, tags and seal are made anew from what is sealed. A row is in order or not, whoever changed it when: a
run that was killed is simply begun again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

import audit.services
from petitions import switches
from petitions.lifecycle import State
from petitions.models import Petition
from signatures import cards, following, persons
from signatures.cards import Card
from signatures.models import Disowned, Signature
from signatures.providers import RULES_VERSION
from vault import keys

BATCH = 500
# By then every process knows that signing is paused, and no statement runs that began before.
QUIET_AFTER = timedelta(seconds=30)
TAKES_NO_MORE = (State.CLOSED, State.REJECTED, State.HIDDEN, State.WITHDRAWN)
REMADE = ("signer_key", "sealed", "domain_tag", "name_tag", "network_tag")

REMAKE = """
UPDATE signatures_signature AS signature
SET signer_key = made.signer_key, sealed = made.sealed,
    domain_tag = made.domain_tag, name_tag = made.name_tag, network_tag = made.network_tag
FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[], %s::bytea[], %s::bytea[], %s::bytea[])
    AS made (id, signer_key, sealed, domain_tag, name_tag, network_tag)
WHERE signature.petition_id = %s AND signature.id = made.id
"""


class NotQuiet(Exception):
    """The petition may take signatures while its keys change: signing must have been paused for half a minute."""


@dataclass(frozen=True)
class Collision:
    """Two rows that are one mailbox by the new rules. The second keeps its old key; staff decide what becomes of it."""

    row_id: int
    state: str
    other_id: int
    other_state: str


@dataclass
class Rekeyed:
    """What became of a petition's rows. ``erased`` rows and ``disowned`` marks have no address any more to make a key
    of: who stands behind them can sign once more.
    """

    changed: int = 0
    in_order: int = 0
    erased: int = 0
    disowned: int = 0
    collisions: list[Collision] = field(default_factory=list)


def outdated() -> list[int]:
    """The numbers of petitions whose signers' keys are not made by the newest rules and the current master key."""
    newest = Q(rules_version=RULES_VERSION, key_version=keys.keyring().current)
    return list(Petition.objects.filter(~newest, salt__isnull=False).order_by("pk").values_list("pk", flat=True))


def rekey(
    petition_id: int,
    *,
    rules_version: int = RULES_VERSION,
    key_version: int,
    now: datetime,
    told: Callable[[int], None] = lambda rows: None,
) -> Rekeyed:
    """Make the keys of this petition by these versions; ``told`` hears how many more rows were looked at.

    Raises Petition.DoesNotExist, also once its salt is gone; NotQuiet; BrokenSeal, with all earlier batches kept.
    """
    petition = Petition.objects.only("state", "salt", "key_version", "rules_version").get(
        pk=petition_id, salt__isnull=False
    )
    _must_be_quiet(petition, now)
    card = replace(cards.of(petition), rules_version=rules_version, key_version=key_version)
    done, reached = Rekeyed(), 0
    while rows := list(_next(petition_id, reached)):
        _remake(rows, card, done)
        reached = rows[-1].id
        told(len(rows))
    _finish(petition, card, done)
    return done


def _must_be_quiet(petition: Petition, now: datetime) -> None:
    paused_at = switches.current().signing_paused_at
    if petition.state not in TAKES_NO_MORE and (paused_at is None or now < paused_at + QUIET_AFTER):
        raise NotQuiet


def _next(petition_id: int, reached: int) -> Iterable[Signature]:
    return Signature.objects.filter(petition_id=petition_id, id__gt=reached).order_by("id")[:BATCH]


@transaction.atomic
def _remake(rows: list[Signature], card: Card, done: Rekeyed) -> None:
    made: dict[bytes, tuple[Signature, dict[str, Any]]] = {}
    for row in rows:
        person = persons.unsealed(row)
        if person is None:
            done.erased += 1
            continue
        columns = persons.columns(person, card)
        key = columns["signer_key"]
        if key == bytes(row.signer_key):
            done.in_order += 1
        elif key in made:
            done.collisions.append(_collision(row, made[key][0]))
        else:
            made[key] = row, columns
    for other in Signature.objects.filter(petition_id=card.pk, signer_key__in=list(made)):
        row, _columns = made.pop(bytes(other.signer_key))
        done.collisions.append(_collision(row, other))
    columns = [list(column) for column in zip(*(_values(*each) for each in made.values()), strict=True)]
    if columns:
        with connection.cursor() as cursor:
            cursor.execute(REMAKE, [*columns, card.pk])
    done.changed += len(made)


def _values(row: Signature, columns: dict[str, Any]) -> list[Any]:
    return [row.id, *(columns[name] for name in REMADE)]


def _collision(row: Signature, other: Signature) -> Collision:
    return Collision(row.id, row.state, other.id, other.state)


@transaction.atomic
def _finish(petition: Petition, card: Card, done: Rekeyed) -> None:
    before = {"rules_version": petition.rules_version, "key_version": petition.key_version}
    after = {"rules_version": card.rules_version, "key_version": card.key_version}
    done.disowned = Disowned.objects.filter(petition_id=card.pk).count() if before != after else 0
    following.rekey(card)
    Petition.objects.filter(pk=card.pk).update(**after)
    numbers = {"changed": done.changed, "erased": done.erased, "disowned": done.disowned}
    collisions = [[each.row_id, each.other_id] for each in done.collisions]
    audit.services.record(
        action="petition.rekey",
        subject_kind="petition",
        subject_id=card.pk,
        details={"before": before, "after": after, **numbers, "collisions": collisions},
    )
