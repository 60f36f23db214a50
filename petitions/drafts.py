"""Petitions being written: kept on the server for 30 days, under an address that only a token opens.

What is typed is kept as it is, right or wrong, so that nobody loses it by going back; only what holds is handed in.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext as _

from petitions import similar
from petitions.forms import QUESTIONS
from petitions.lifecycle import State
from petitions.models import Draft, Petition
from petitions.models.draft import KEPT
from petitions.refusals import Refused
from vault import sealing, tokens
from vault.sealing import BrokenSeal
from vault.tokens import BadToken, Purpose

SIMILAR_SHOWN = 5

# The steps in their order. What each holds is written by `write`; "similar" holds that it was seen.
STEPS = ("title", "similar", "ask", "detail")


def start(*, language: str, now: datetime) -> Draft:
    """A new, empty draft of somebody who said they may petition. It is written in ``language``."""
    return Draft.objects.create(language=language, eligible=True, created_at=now)


def correct(*, petition: Petition, typed: Mapping[str, str], now: datetime) -> Draft:
    """A draft with the text of a refused petition, to be corrected and handed in as a new one by the same creator.

    The one that was begun before, if it was not handed in yet. ``typed`` is what is known of the creator. Raises
    Refused for a petition that was not refused, or was handed in again already.
    """
    refuse_if_corrected(petition)
    if begun := Draft.objects.filter(corrects=petition, petition=None, created_at__gt=now - KEPT).first():
        return begun
    text = {name: getattr(petition, name) for name in QUESTIONS}
    draft = Draft(language=petition.language, eligible=True, corrects=petition, created_at=now, **text)
    draft.saw_similar = not alike(draft=draft)
    draft.save()
    keep_person(draft=draft, typed=typed)
    return draft


def may_correct(petition: Petition) -> bool:
    """Whether this petition was refused and nobody has handed it in again so far."""
    return (
        petition.state in (State.REJECTED, State.HIDDEN)
        and not petition.exempt
        and not petition.resubmissions.exclude(petition__state=State.DRAFT).exists()
    )


def refuse_if_corrected(petition: Petition) -> None:
    """Raises Refused where ``may_correct`` says no."""
    if not may_correct(petition):
        raise Refused(_("Only a petition that was refused can be corrected and handed in again, once."))


def find(*, token: str, now: datetime, handed_in: bool = False) -> Draft | None:
    """The draft that this token opens; None for any other token, and once the draft is gone or was handed in.

    With ``handed_in`` also one that was, until its creator has confirmed: who they are can still be put right.
    """
    try:
        claim = tokens.read(token, Purpose.DRAFT, now=now)
    except BadToken:
        return None
    open_to = Q(petition=None) | Q(petition__state=State.DRAFT) if handed_in else Q(petition=None)
    return Draft.objects.filter(open_to, pk=claim.petition_id).first()


def write(*, draft: Draft, step: str, text: str) -> None:
    """Keep what was written at one step. A new title must be compared with petitions like it, if there are any."""
    compare = step == "title" and text != draft.title
    setattr(draft, step, text)
    if compare:
        draft.saw_similar = not alike(draft=draft)
    _store(draft, *(step, "saw_similar") if compare else (step,))


def see_similar(*, draft: Draft) -> None:
    """Keep that the writer goes on although these petitions are alike."""
    draft.saw_similar = True
    _store(draft, "saw_similar")


def keep_person(*, draft: Draft, typed: Mapping[str, str]) -> None:
    """Keep, sealed, what the writer typed about themselves."""
    draft.sealed = sealing.seal(dict(typed), context=_place(draft))
    _store(draft, "sealed")


def person(draft: Draft) -> dict[str, str]:
    """What the writer typed about themselves; nothing before they did, or once its key is out of use."""
    try:
        return sealing.unseal(draft.sealed, context=_place(draft)) if draft.sealed else {}
    except BrokenSeal:
        return {}


def discard(*, draft: Draft) -> None:
    """Delete what was written, for good. What was handed in stays."""
    Draft.objects.filter(pk=draft.pk, petition=None).delete()


def alike(*, draft: Draft) -> list[Petition]:
    """The open petitions most like this draft's title, nearest first, at most five."""
    found = similar.find(title=draft.title, language=draft.language, limit=SIMILAR_SHOWN, states=(State.OPEN,))
    prefetch_related_objects(found, "thresholds")
    return found


def unfinished(draft: Draft) -> str | None:
    """The first step that must still be taken, or taken again because its text does not hold; None when all do."""
    for step in STEPS:
        holds = draft.saw_similar if step == "similar" else QUESTIONS[step]({step: getattr(draft, step)}).is_valid()
        if not holds:
            return step
    return None


def following(draft: Draft, step: str) -> str | None:
    """The step after this one; None when only its creator's name is left. What was compared is not shown again."""
    later = STEPS[STEPS.index(step) + 1 :]
    return next((name for name in later if name != "similar" or not draft.saw_similar), None)


def earlier(draft: Draft, step: str) -> str | None:
    """The step before this one; None before the first. Where nothing is alike there is nothing to go back to."""
    before = STEPS[: STEPS.index(step)]
    return next((name for name in reversed(before) if name != "similar" or alike(draft=draft)), None)


def _store(draft: Draft, *names: str) -> None:
    """Store these and nothing else: of two windows each keeps what it wrote, and what was deleted stays deleted."""
    Draft.objects.filter(pk=draft.pk).update(**{name: getattr(draft, name) for name in names})


def _place(draft: Draft) -> str:
    return f"draft:{draft.pk}"
