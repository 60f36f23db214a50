"""What the public may see of a petition, by its state. Pure."""

from enum import Enum

from petitions.lifecycle import State


class Visibility(Enum):
    """What stands at a petition's address."""

    PAGE = "page"  # its text, count and timeline
    NEUTRAL = "neutral"  # that it is not public yet, and none of its text
    GONE = "gone"  # that something stood here and was taken away
    ABSENT = "absent"  # nothing: as if the number had never been given


def visibility(*, state: str, opened: bool) -> Visibility:
    """What anybody may see of a petition in this state; ``opened`` tells whether it was ever public.

    Hidden or withdrawn before opening is absent, exactly like an unknown number.
    """
    match State(state):
        case State.OPEN | State.CLOSED | State.REJECTED:
            return Visibility.PAGE
        case State.WITHDRAWN:
            return Visibility.PAGE if opened else Visibility.ABSENT
        case State.HIDDEN:
            return Visibility.GONE if opened else Visibility.ABSENT
        case State.GATHERING_SUPPORT | State.IN_MODERATION:
            return Visibility.NEUTRAL
        case _:
            return Visibility.ABSENT
