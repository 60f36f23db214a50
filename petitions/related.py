"""Two more petitions for somebody who has just signed one."""

import time

from petitions import similar
from petitions.cards import prepared
from petitions.lifecycle import State
from petitions.models import Petition

SHOWN = 2
LOOKED_AT = 6  # some may have closed since
KEPT_SECONDS = 600
KEPT_PETITIONS = 1024

_kept: dict[int, tuple[float, list[int]]] = {}


def to(petition: Petition) -> list[Petition]:
    """The two open petitions most like this one; where there are fewer, the most signed of its topics.

    Which are alike is looked for once in ten minutes by each process: comparing texts is no work for every signature.
    """
    found = _kept.get(petition.pk)
    if found is None or found[0] < time.monotonic():
        if len(_kept) >= KEPT_PETITIONS:
            _kept.clear()
        found = time.monotonic() + KEPT_SECONDS, _looked_for(petition)
        _kept[petition.pk] = found
    still_open = prepared(Petition.objects.filter(state=State.OPEN)).in_bulk(found[1])
    return [still_open[pk] for pk in found[1] if pk in still_open][:SHOWN]


def forget() -> None:
    """Look anew at the next question."""
    _kept.clear()


def _looked_for(petition: Petition) -> list[int]:
    alike = similar.find(
        title=petition.title, language=petition.language, limit=LOOKED_AT, states=(State.OPEN,), exclude_id=petition.pk
    )
    ids = [one.pk for one in alike]
    if len(ids) < SHOWN:
        of_topics = Petition.objects.filter(state=State.OPEN, topics__in=petition.topics.all())
        others = of_topics.exclude(pk__in=[petition.pk, *ids]).order_by("-signature_count", "-pk").distinct()
        ids += others.values_list("pk", flat=True)[:LOOKED_AT]
    return ids
