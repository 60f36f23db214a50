"""The states of a petition and the acts that lead from one to another. Pure: a table and two questions about it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    DRAFT = "draft", _("waiting for its creator to confirm")
    GATHERING_SUPPORT = "gathering_support", _("gathering supporters")
    IN_MODERATION = "in_moderation", _("being checked")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")
    REJECTED = "rejected", _("rejected")
    HIDDEN = "hidden", _("hidden")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ResponseState(models.TextChoices):
    """Kept apart from the state, so that a change of the count never rewinds a handled petition."""

    NONE = "none", _("no answer due")
    AWAITING = "awaiting", _("waiting for an answer")
    ANSWERED = "answered", _("answered")


class Act(models.TextChoices):
    CONFIRM_CREATOR = "confirm_creator"
    COMPLETE_SUPPORT = "complete_support"
    APPROVE = "approve"
    REJECT = "reject"
    HIDE = "hide"
    RESTORE = "restore"
    RECONSIDER = "reconsider"
    WITHDRAW = "withdraw"
    CLOSE = "close"
    REOPEN = "reopen"


class WrongState(Exception):
    """The petition's state does not allow the act."""

    def __init__(self, act: Act, state: str) -> None:
        super().__init__(f"{act} is not possible from {state}")
        self.act = act
        self.state = state


UNOPENED = (State.GATHERING_SUPPORT, State.IN_MODERATION)

TRANSITIONS: dict[tuple[State, Act], State] = {
    (State.DRAFT, Act.CONFIRM_CREATOR): State.GATHERING_SUPPORT,
    (State.GATHERING_SUPPORT, Act.COMPLETE_SUPPORT): State.IN_MODERATION,
    (State.IN_MODERATION, Act.APPROVE): State.OPEN,
    **{(state, Act.REJECT): State.REJECTED for state in (*UNOPENED, State.OPEN, State.CLOSED)},
    **{(state, Act.HIDE): State.HIDDEN for state in (*UNOPENED, State.OPEN, State.CLOSED, State.REJECTED)},
    # A petition taken down after opening comes back as it was: open, and closed again where its deadline has passed.
    **{(state, Act.RESTORE): State.OPEN for state in (State.REJECTED, State.HIDDEN)},
    # A refusal before opening that is overturned goes back into the queue and is decided there.
    **{(state, Act.RECONSIDER): State.IN_MODERATION for state in (State.REJECTED, State.HIDDEN)},
    **{(state, Act.WITHDRAW): State.WITHDRAWN for state in (State.DRAFT, *UNOPENED, State.OPEN)},
    (State.OPEN, Act.CLOSE): State.CLOSED,
    (State.CLOSED, Act.REOPEN): State.OPEN,
}

# In lists, JSON and search. Withdrawn after opening keeps its page but is in no open list.
PUBLIC = (State.OPEN, State.CLOSED, State.REJECTED, State.WITHDRAWN)


def allows(state: str, act: Act) -> bool:
    """Whether ``act`` is possible from ``state``."""
    return (State(state), act) in TRANSITIONS


def after(state: str, act: Act) -> State:
    """The state that ``act`` leads to from ``state``. Raises WrongState."""
    if not allows(state, act):
        raise WrongState(act, state)
    return TRANSITIONS[State(state), act]
