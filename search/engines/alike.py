"""More like this: what the search server gathers for `petitions.similar`, which weighs it as it weighs its own."""

from collections.abc import Collection

from django.utils import timezone

from petitions import similar
from petitions.lifecycle import State
from search.engines import elastic
from search.engines.elastic import gathering
from search.engines.elastic.breaker import Away

PUBLIC = {str(state) for state in (State.OPEN, State.CLOSED, State.REJECTED)}


def find(*, title: str, language: str, limit: int, states: Collection[str], exclude_id: int | None) -> list[int] | None:
    """The numbers of petitions like this title, nearest first.

    None where the search server has no answer: it is away, or the states are some of which it knows nothing.
    """
    if not elastic.is_configured() or not set(states) <= PUBLIC:
        return None
    try:
        gathered = gathering.like(title, language=language)
    except Away:
        return None
    near = similar.near(
        title=title, language=language, states=states, exclude_id=exclude_id, now=timezone.now(), only=gathered
    )
    return [one.pk for one in near[:limit]]
