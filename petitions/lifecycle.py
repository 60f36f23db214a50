"""The states of a petition and the acts that lead from one to another. Pure: a table and two questions about it."""

from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from petitions.refusals import Refused


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


class WrongState(Refused):
    """The petition's state does not allow the act."""

    def __init__(self, act: Act, state: str) -> None:
        super().__init__(
            format_lazy("{} ({})", _("This is not possible in the petition\u2019s present state."), State(state).label)
        )
        self.act = act
        self.state = state


UNOPENED = (State.GATHERING_SUPPORT, State.IN_MODERATION)
OPENED = (State.OPEN, State.CLOSED)

TRANSITIONS: dict[tuple[State, Act], State] = {
    (State.DRAFT, Act.CONFIRM_CREATOR): State.GATHERING_SUPPORT,
    (State.GATHERING_SUPPORT, Act.COMPLETE_SUPPORT): State.IN_MODERATION,
    (State.IN_MODERATION, Act.APPROVE): State.OPEN,
    **{(state, Act.REJECT): State.REJECTED for state in (*UNOPENED, *OPENED)},
    **{(state, Act.HIDE): State.HIDDEN for state in (*UNOPENED, *OPENED, State.REJECTED, State.WITHDRAWN)},
    # A petition taken down after opening comes back open, and is withdrawn or closed again where it had been withdrawn
    # or its deadline has passed: see ``restored``.
    **{(state, Act.RESTORE): State.OPEN for state in (State.REJECTED, State.HIDDEN)},
    # A refusal before opening that is overturned goes back into the queue and is decided there.
    **{(state, Act.RECONSIDER): State.IN_MODERATION for state in (State.REJECTED, State.HIDDEN)},
    **{(state, Act.WITHDRAW): State.WITHDRAWN for state in (State.DRAFT, *UNOPENED, State.OPEN)},
    (State.OPEN, Act.CLOSE): State.CLOSED,
    (State.CLOSED, Act.REOPEN): State.OPEN,
}

# Who has been open is restored, who has not is reconsidered; who was never open has nothing to hide once withdrawn.
ONLY_OPENED = frozenset({(State.REJECTED, Act.RESTORE), (State.HIDDEN, Act.RESTORE), (State.WITHDRAWN, Act.HIDE)})
ONLY_UNOPENED = frozenset({(State.REJECTED, Act.RECONSIDER), (State.HIDDEN, Act.RECONSIDER)})

# In lists, JSON and search. Withdrawn after opening keeps its page but is in no open list.
PUBLIC = (State.OPEN, State.CLOSED, State.REJECTED, State.WITHDRAWN)


def allows(state: str, act: Act, *, opened: bool) -> bool:
    """Whether ``act`` is possible from ``state``, for a petition that has been open or never was."""
    step = (State(state), act)
    return step in TRANSITIONS and step not in (ONLY_UNOPENED if opened else ONLY_OPENED)


def after(state: str, act: Act, *, opened: bool) -> State:
    """The state that ``act`` leads to from ``state``. Raises WrongState."""
    if not allows(state, act, opened=opened):
        raise WrongState(act, state)
    return TRANSITIONS[State(state), act]


def restored(*, withdrawn: bool, deadline_passed: bool) -> State:
    """The state in which a petition that was taken down comes back: the one it would be in by now."""
    back = State.OPEN
    if withdrawn:
        return after(back, Act.WITHDRAW, opened=True)
    return after(back, Act.CLOSE, opened=True) if deadline_passed else back
