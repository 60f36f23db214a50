"""Whether a petition can be signed, and what somebody meets who tries."""

from datetime import datetime, timedelta
from enum import Enum

from petitions import switches
from petitions.lifecycle import State
from petitions.models import Petition
from petitions.visibility import Visibility, visibility
from signatures.models import Role

# As the UK Parliament's site does: who signed in time has a day to open their mail.
AFTER_CLOSING = timedelta(hours=24)


class Standing(Enum):
    """What stands at the sign address of a petition."""

    TAKES = "takes"  # the form
    PAUSED = "paused"  # it would take the form, but administrators have paused signing
    ENOUGH = "enough"  # by the supporters' link: handed in for checking, needs no more supporters
    ENDED = "ended"  # public, and signed no more
    GONE = "gone"  # taken away after it was public
    ABSENT = "absent"  # as if the number had never been given


def standing(petition: Petition | None, *, by_supporters_link: bool = False, now: datetime) -> Standing:
    """Whether ``petition`` (None: unknown) can be signed at ``now``. Before it opens, only by the supporters' link."""
    paused_at = switches.current().signing_paused_at
    takes = Standing.PAUSED if paused_at else Standing.TAKES
    if petition is None:
        return Standing.ABSENT
    if by_supporters_link and petition.state == State.GATHERING_SUPPORT:
        return takes
    if by_supporters_link and petition.state == State.IN_MODERATION:
        return Standing.ENOUGH
    match visibility(state=petition.state, opened=petition.was_opened):
        case Visibility.PAGE:
            # A deadline that comes during a pause is moved when the pause ends.
            is_open = petition.state == State.OPEN and (
                petition.closes_at is None or (paused_at or now) < petition.closes_at
            )
            return takes if is_open else Standing.ENDED
        case Visibility.GONE:
            return Standing.GONE
        case _:
            return Standing.ABSENT


EARLY = (State.DRAFT, State.GATHERING_SUPPORT, State.IN_MODERATION)


def knows(petition: Petition, role: str) -> bool:
    """Whether somebody who signed in this role may see the petition: the public once it is public, before that its
    creator and supporters.
    """
    if petition.state in EARLY:
        return role != Role.SIGNER
    return visibility(state=petition.state, opened=petition.was_opened) == Visibility.PAGE
