"""Petitions being written: kept on the server under a secret address, text only, until they are handed in."""

from datetime import datetime, timedelta

from django.db.models import prefetch_related_objects

from petitions import similar
from petitions.lifecycle import State
from petitions.models import Draft, Petition

KEPT = timedelta(days=30)
SIMILAR_SHOWN = 5

# The steps in their order. What each holds is written by `write`; "similar" holds that it was seen.
STEPS = ("title", "similar", "ask", "detail")


def start(*, language: str) -> Draft:
    """A new, empty draft of somebody who said they may petition. It is written in ``language``."""
    return Draft.objects.create(language=language, eligible=True)


def find(*, secret: str, now: datetime) -> Draft | None:
    """The draft at this address; None if it is unknown, older than 30 days or already handed in."""
    return Draft.objects.filter(secret=secret, petition=None, created_at__gt=now - KEPT).first()


def write(*, draft: Draft, step: str, text: str) -> None:
    """Keep what was written at one step. A new title must be compared with petitions like it, if there are any."""
    compare = step == "title" and text != draft.title
    setattr(draft, step, text)
    if compare:
        draft.saw_similar = not alike(draft=draft)
    draft.save(update_fields=[step, "saw_similar"])


def see_similar(*, draft: Draft) -> None:
    """Keep that the writer goes on although these petitions are alike."""
    draft.saw_similar = True
    draft.save(update_fields=["saw_similar"])


def alike(*, draft: Draft) -> list[Petition]:
    """The open petitions most like this draft's title, nearest first, at most five."""
    found = similar.find(title=draft.title, language=draft.language, limit=SIMILAR_SHOWN, states=(State.OPEN,))
    prefetch_related_objects(found, "thresholds")
    return found


def unfinished(draft: Draft) -> str | None:
    """The first step that must still be taken; None when the draft can be handed in. More detail may stay empty."""
    if not draft.title:
        return "title"
    if not draft.saw_similar:
        return "similar"
    return None if draft.ask else "ask"


def following(draft: Draft, step: str) -> str | None:
    """The step after this one; None when only the check is left. What was compared once is not shown again."""
    later = STEPS[STEPS.index(step) + 1 :]
    return next((name for name in later if name != "similar" or not draft.saw_similar), None)


def earlier(draft: Draft, step: str) -> str | None:
    """The step before this one; None before the first. Where nothing is alike there is nothing to go back to."""
    before = STEPS[: STEPS.index(step)]
    return next((name for name in reversed(before) if name != "similar" or alike(draft=draft)), None)
