"""What signing must know of a petition before it asks the database: its card. Kept by each process.

Nothing on a card changes but by ``manage.py rekey`` and when the petition's salt is destroyed; the statement that
stores a signature refuses an outdated card.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from petitions.models import Petition

MOST_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Card:
    """A petition's number, and what the keys of its signers are made by. ``salt`` is None once it was destroyed."""

    pk: int
    salt: bytes | None
    key_version: int
    rules_version: int


_kept: OrderedDict[int, Card] = OrderedDict()
_lock = threading.Lock()


def find(petition_id: int) -> Card | None:
    """The petition's card, however old; None for a number that stands for nothing."""
    return _kept.get(petition_id) or read(petition_id)


def read(petition_id: int) -> Card | None:
    """The petition's card as it is now."""
    petition = Petition.objects.filter(pk=petition_id).only("pk", "salt", "key_version", "rules_version").first()
    return of(petition) if petition else None


def of(petition: Petition) -> Card:
    """The card of a petition that was just read; kept instead of an older one."""
    salt = None if petition.salt is None else bytes(petition.salt)
    card = Card(petition.pk, salt, petition.key_version, petition.rules_version)
    with _lock:
        _kept[petition.pk] = card
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return card
