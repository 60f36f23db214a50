"""The acts on a case and the states they lead to. Pure: a table and two questions about it.

A pause is no state of its own: work on the answer goes on while the clock stands still.
"""

from django.db import models

from responses.models.case import OWED, CaseState


class Act(models.TextChoices):
    ASSIGN = "assign"
    HAND_BACK = "hand_back"
    START = "start"
    SUBMIT = "submit"
    RETURN = "return"
    RECALL = "recall"
    CLEAR = "clear"
    LAPSE = "lapse"
    SCHEDULE = "schedule"
    UNSCHEDULE = "unschedule"
    PUBLISH = "publish"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    TAKE_OFF = "take_off"
    LEAVE = "leave"
    FOLLOW_UP = "follow_up"
    CLOSE = "close"
    GROUP = "group"
    MERGE = "merge"
    PART = "part"


class WrongState(Exception):
    """The case's state does not allow the act."""

    def __init__(self, act: Act, state: str) -> None:
        super().__init__(f"{act} is not possible from {state}")
        self.act = act
        self.state = state


UNWRITTEN = (CaseState.NEW, CaseState.ASSIGNED)
DONE = (CaseState.PUBLISHED, CaseState.FOLLOW_UP, CaseState.CLOSED)
# The text may be changed in these only: from review to publication it stands still.
WRITABLE = (*UNWRITTEN, CaseState.DRAFTING)

TRANSITIONS: dict[tuple[CaseState, Act], CaseState] = {
    (CaseState.NEW, Act.ASSIGN): CaseState.ASSIGNED,
    # Giving a case to somebody else does not undo the work done on it.
    **{(state, Act.ASSIGN): state for state in OWED if state != CaseState.NEW},
    (CaseState.ASSIGNED, Act.HAND_BACK): CaseState.NEW,
    **{(state, Act.START): CaseState.DRAFTING for state in UNWRITTEN},
    **{(state, Act.SUBMIT): CaseState.REVIEW for state in WRITABLE},
    (CaseState.REVIEW, Act.RETURN): CaseState.DRAFTING,
    (CaseState.REVIEW, Act.RECALL): CaseState.DRAFTING,
    (CaseState.REVIEW, Act.CLEAR): CaseState.APPROVED,
    # What was cleared is not what stands there now, or the run ended without its steps: back to the writer.
    **{(state, Act.LAPSE): CaseState.DRAFTING for state in (CaseState.REVIEW, CaseState.APPROVED, CaseState.SCHEDULED)},
    (CaseState.APPROVED, Act.SCHEDULE): CaseState.SCHEDULED,
    (CaseState.SCHEDULED, Act.UNSCHEDULE): CaseState.APPROVED,
    **{(state, Act.PUBLISH): CaseState.PUBLISHED for state in (CaseState.APPROVED, CaseState.SCHEDULED)},
    **{(state, act): CaseState.DRAFTING for state in DONE for act in (Act.CORRECT, Act.WITHDRAW)},
    (CaseState.APPROVED, Act.TAKE_OFF): CaseState.DRAFTING,
    (CaseState.DRAFTING, Act.LEAVE): CaseState.PUBLISHED,
    **{(state, Act.FOLLOW_UP): CaseState.FOLLOW_UP for state in (CaseState.PUBLISHED, CaseState.CLOSED)},
    # What a case answers changes only while its text may: those who review it know what it is an answer to.
    **{(state, Act.GROUP): state for state in WRITABLE},
    # A case whose petitions all went into another one ends there, and comes back when one of them does.
    **{(state, Act.MERGE): CaseState.CLOSED for state in WRITABLE},
    (CaseState.CLOSED, Act.PART): CaseState.NEW,
    **{(state, Act.CLOSE): CaseState.CLOSED for state in (CaseState.PUBLISHED, CaseState.FOLLOW_UP)},
}


def allows(state: str, act: Act) -> bool:
    """Whether ``act`` is possible from ``state``."""
    return (CaseState(state), act) in TRANSITIONS


def after(state: str, act: Act) -> CaseState:
    """The state that ``act`` leads to from ``state``. Raises WrongState."""
    if not allows(state, act):
        raise WrongState(act, state)
    return TRANSITIONS[CaseState(state), act]
