"""One page of a list of petitions, in the envelope that clients of the UK Parliament's petitions API know."""

from collections.abc import Callable, Iterable
from typing import Any

from opendata import keyset
from opendata.uk import documents
from opendata.uk.lists import Question, links
from petitions.models import Petition
from petitions.querysets import PetitionQuerySet

Items = Callable[[Iterable[Petition]], list[dict[str, Any]]]


def narrowed(petitions: PetitionQuerySet, question: Question) -> PetitionQuerySet:
    """Those that the question's topic and words leave. An unknown topic leaves none."""
    if question.topic:
        petitions = petitions.filter(topics__code=question.topic)
    if question.text:
        petitions = petitions.matching(question.text)
    return petitions


def document(
    petitions: PetitionQuerySet, question: Question, *, order: keyset.Order, base: str, called: str, items: Items
) -> dict[str, Any]:
    """The page that was asked for. Raises keyset.BadPlace for a cursor that is none of this list.

    ``meta`` is ours: how many there are in all, and the cursor behind which the next page begins.
    """
    placed = keyset.with_places(petitions, order)
    if question.cursor:
        placed = keyset.behind(placed, order, question.cursor, of=question.state)
    end = question.begins + question.size
    found = list(documents.prepared(placed)[question.begins : end + 1])
    page, goes_on = found[: question.size], len(found) > question.size
    total = petitions.order_by().count()
    next_cursor = keyset.place_of(page[-1], order, of=question.state) if goes_on else None
    return {
        "links": links(question, base=base, called=called, total=total, next_cursor=next_cursor),
        "data": items(page),
        "meta": {"total_count": total, "next_cursor": next_cursor},
    }
