"""One act on many cases: tried out, done and undone case by case, each through the act's own service.

The row of the batch is queue, lock and progress (as of acts on many signatures, decision 0091): whoever holds its lock
goes on where the last one stopped. Trying out is doing, rolled back: what was tried is what will be done.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import audit.services
from accounts.models import User
from accounts.permissions import NotAllowed, require
from petitions.services import Refused
from responses.lifecycle import WrongState
from responses.models import Batch, BatchItem, Case
from responses.models.batch import BatchAct, BatchState, Outcome
from responses.services import cases, handing_back, pausing, tagging

RIGHT = "responses.assign_case"
CASES_AT_MOST = 500
# Locks of so many cases are held together; whoever works on one of them waits no longer than for these.
AT_ONCE = 5


class _Undone(Exception):
    """Takes back what was only tried."""


# --- Making, starting, undoing


@transaction.atomic
def make(*, act: str, details: dict[str, Any], case_ids: list[int], actor: User) -> Batch:
    """A batch to be tried out: nothing is changed yet.

    Raises NotAllowed without ``responses.assign_case``; Refused without a case, above 500, or for one that is not the
    actor's to see.
    """
    require(actor, RIGHT)
    if not case_ids:
        raise Refused(_("Choose at least one case."))
    if len(case_ids) > CASES_AT_MOST:
        raise Refused(_("At most %(limit)s cases at once: narrow the filter.") % {"limit": CASES_AT_MOST})
    known = Case.objects.visible_to(actor).filter(pk__in=case_ids).order_by("pk").values_list("pk", flat=True)
    if len(known) != len(set(case_ids)):
        raise Refused(_("A chosen case is not there any more."))
    batch = Batch.objects.create(act=BatchAct(act), details=details, made_by=actor)
    BatchItem.objects.bulk_create([BatchItem(batch=batch, case_id=case_id) for case_id in known])
    return batch


def start(*, batch_id: int, actor: User) -> Batch:
    """The batch under way. Raises NotAllowed; Refused unless it was tried out and is the actor's own."""
    return _moved(batch_id, actor, BatchState.TRIED, BatchState.RUNNING)


def undo(*, batch_id: int, actor: User) -> Batch:
    """The batch on its way back. Raises NotAllowed; Refused unless it is done."""
    return _moved(batch_id, actor, BatchState.DONE, BatchState.UNDOING)


@transaction.atomic
def _moved(batch_id: int, actor: User, before: BatchState, after: BatchState) -> Batch:
    require(actor, RIGHT)
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    if batch.state != before:
        raise Refused(_("This batch has moved on meanwhile: look at where it stands now."))
    if after == BatchState.RUNNING and batch.made_by_id != actor.pk:
        raise Refused(_("Whoever tried it out starts it."))
    batch.state = after
    if after == BatchState.UNDOING:
        batch.undone_by = actor
    batch.save(update_fields=["state", "undone_by"])
    audit.services.record(
        action="batch.undo" if after == BatchState.UNDOING else "batch.start",
        subject_kind="batch",
        subject_id=batch.pk,
        actor_id=actor.pk,
        details={"act": batch.act, **batch.details, "cases": list(batch.items.values_list("case_id", flat=True))},
    )
    return batch


# --- Working on it

# From which outcome to work on, in which state, and where it ends.
WALKS = {
    BatchState.TRYING: (Outcome.WAITING, BatchState.TRIED),
    BatchState.RUNNING: (Outcome.POSSIBLE, BatchState.DONE),
    BatchState.UNDOING: (Outcome.DONE, BatchState.UNDONE),
}


def work_on_batches(now: datetime) -> int:
    """Go on with every batch that is under way; how many cases were worked on."""
    active = Batch.objects.filter(state__in=list(WALKS)).order_by("pk").values_list("pk", flat=True)
    return sum(work(batch_id=batch_id, now=now, at_most=CASES_AT_MOST) for batch_id in list(active))


def work(*, batch_id: int, now: datetime, at_most: int) -> int:
    """Work on up to ``at_most`` cases of a batch, a few in a transaction; how many were. 0 where another one does."""
    worked = 0
    while worked < at_most and (step := _few(batch_id, now)):
        worked += step
    return worked


@transaction.atomic
def _few(batch_id: int, now: datetime) -> int:
    batch = Batch.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=batch_id).first()
    if batch is None or BatchState(batch.state) not in WALKS:
        return 0
    outcome, end = WALKS[BatchState(batch.state)]
    items = list(batch.items.filter(outcome=outcome).select_related("case")[:AT_ONCE])
    for item in items:
        _one(batch, item, now)
        item.save(update_fields=["outcome", "before", "after", "words"])
    if len(items) < AT_ONCE:
        batch.state = end
        batch.save(update_fields=["state"])
    return len(items)


def _one(batch: Batch, item: BatchItem, now: datetime) -> None:
    """Do, try or undo the act on one case; what it refuses is kept in words."""
    undoing = batch.state == BatchState.UNDOING
    try:
        with transaction.atomic():
            if undoing:
                _take_back(batch, item, now)
                return
            act = ACTS[BatchAct(batch.act)]
            item.before = standing(item.case)
            act(item.case_id, batch.made_by, batch.details, now)
            item.after = standing(Case.objects.get(pk=item.case_id))
            if item.after == item.before:
                raise Refused(_("It is so already."))
            if batch.state == BatchState.TRYING:
                raise _Undone
        item.outcome, item.words = Outcome.DONE, ""
    except _Undone:
        item.outcome, item.words = Outcome.POSSIBLE, ""
    except (Refused, NotAllowed, WrongState) as refusal:
        item.outcome = Outcome.KEPT if undoing else Outcome.REFUSED
        item.words = _told(refusal)


def _told(refusal: Exception) -> str:
    if isinstance(refusal, NotAllowed):
        return _("The right to do this is gone.")
    return _("The case has moved on.") if isinstance(refusal, WrongState) else str(refusal)[:300]


def standing(case: Case) -> dict[str, Any]:
    """What the acts change of a case: compared before an undo, so that nobody's later work is undone."""
    return {
        "state": str(case.state),
        "department": case.department_id,
        "team": case.team_id,
        "owner": case.owner_id,
        "priority": int(case.priority),
        "tags": tagging.tags_of(case),
        "paused_at": case.paused_at.isoformat() if case.paused_at else "",
    }


# --- The acts


def _assign(case_id: int, actor: User, details: dict[str, Any], now: datetime) -> None:
    case = Case.objects.get(pk=case_id)
    cases.assign(
        case_id=case_id,
        actor=actor,
        department_id=details["department_id"],
        team_id=case.team_id if case.department_id == details["department_id"] else None,
        owner_id=details.get("owner_id"),
        priority=details.get("priority") or case.priority,
        now=now,
    )


def _tag(case_id: int, actor: User, details: dict[str, Any], now: datetime) -> None:
    tagging.tag(case_id=case_id, actor=actor, now=now, add=details["tags"])


def _untag(case_id: int, actor: User, details: dict[str, Any], now: datetime) -> None:
    tagging.tag(case_id=case_id, actor=actor, now=now, remove=details["tags"])


def _pause(case_id: int, actor: User, details: dict[str, Any], now: datetime) -> None:
    pausing.pause(case_id=case_id, actor=actor, reason=details["reason"], now=now)


ACTS: dict[BatchAct, Callable[[int, User, dict[str, Any], datetime], None]] = {
    BatchAct.ASSIGN: _assign,
    BatchAct.TAG: _tag,
    BatchAct.UNTAG: _untag,
    BatchAct.PAUSE: _pause,
}
# What each act changes, and so what must still be as it left it.
CHANGES = {
    BatchAct.ASSIGN: ("state", "department", "team", "owner", "priority"),
    BatchAct.PAUSE: ("paused_at",),
}


def _take_back(batch: Batch, item: BatchItem, now: datetime) -> None:
    """Put the case back to what it was before. Raises Refused where somebody has changed it since."""
    actor, before, after, act = batch.undone_by or batch.made_by, item.before, item.after, BatchAct(batch.act)
    current = standing(Case.objects.select_for_update(no_key=True).get(pk=item.case_id))
    if any(current[name] != after[name] for name in CHANGES.get(act, ())):
        raise Refused(_("Changed since, so it was left as it is."))
    if act in (BatchAct.TAG, BatchAct.UNTAG):
        added, removed = set(after["tags"]) - set(before["tags"]), set(before["tags"]) - set(after["tags"])
        tagging.tag(case_id=item.case_id, actor=actor, now=now, add=removed, remove=added)
    elif act == BatchAct.PAUSE:
        pausing.resume(case_id=item.case_id, actor=actor, now=now)
    elif before["state"] == "new":
        handing_back.hand_back(case_id=item.case_id, actor=actor, now=now)
    else:
        cases.assign(
            case_id=item.case_id,
            actor=actor,
            department_id=before["department"],
            team_id=before["team"],
            owner_id=before["owner"],
            priority=before["priority"],
            now=now,
        )
    item.outcome, item.words = Outcome.UNDONE, ""
