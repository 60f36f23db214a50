"""Who may hand in a signature now: what staff say of a network, the limits, and a proof where a challenge stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from petitions import networks
from petitions.buckets import Rule, Turn
from petitions.networks import Caller
from signatures import metrics, throttle
from signatures.challenge import modes, proofs
from signatures.challenge.proofs import Puzzle, Result

PROOF, TICKET = "proof", "ticket"
# Where a request carries what it was told when it knocked. No header of a client has such a name.
KNOCKED = "redress.knocked"


class Reason(StrEnum):
    """Why somebody is turned away, as the page words it."""

    BLOCKED = "blocked"  # staff have blocked the network
    NETWORK = "network"  # too many from one network
    SITE = "site"  # too many for the whole site
    PATIENCE = "patience"  # without scripts: the page has not been open for long enough
    PROOF = "proof"  # no proof, or one that does not hold


STATUSES = {Reason.BLOCKED: 403, Reason.NETWORK: 429, Reason.SITE: 503, Reason.PATIENCE: 200, Reason.PROOF: 200}


@dataclass(frozen=True)
class TurnedAway:
    """Nothing was recorded. ``wait``: in how many seconds to try again, 0 if time does not matter."""

    reason: Reason
    wait: int = 0

    @property
    def status(self) -> int:
        """The reply's status."""
        return STATUSES[self.reason]


class TurnedBack(Exception):
    """Somebody was not let in; ``away`` says why."""

    def __init__(self, away: TurnedAway) -> None:
        super().__init__(away.reason)
        self.away = away


@dataclass(slots=True)
class Visit:
    """A caller at the door of one petition: the rules that hold, none for who is blocked; their turn once asked for."""

    rules: Sequence[Rule] = ()
    turn: Turn | None = None

    @property
    def away(self) -> TurnedAway | None:
        """Why the caller is turned away, as far as is known; None lets them in."""
        if not self.rules:
            return TurnedAway(Reason.BLOCKED)
        if self.turn is None or not self.turn.wait:
            return None
        reason = Reason.SITE if self.turn.kind == throttle.SITE else Reason.NETWORK
        return TurnedAway(reason, throttle.whole_seconds(self.turn))


def visit(address: str, petition_id: int) -> Visit:
    """The visit of the caller at ``address``. No query."""
    caller = networks.caller(address)
    if caller.is_blocked:
        metrics.VERDICTS[Reason.BLOCKED.value].inc()
        return Visit()
    return Visit(throttle.rules(caller, petition_id))


def take_turns(visits: Iterable[Visit]) -> None:
    """Ask limits about these callers, in one round trip to Redis; each takes one turn, and no second one later."""
    asking = [visit for visit in visits if visit.rules and visit.turn is None]
    if asking:
        for one, turn in zip(asking, throttle.take_each([visit.rules for visit in asking]), strict=True):
            one.turn = turn


def knock(address: str, petition_id: int) -> TurnedAway | None:
    """Ask list and limits about the caller at ``address``, and take one turn; None lets them in.

    One round trip to Redis, no query.
    """
    one = visit(address, petition_id)
    take_turns([one])
    return one.away


def is_challenged(petition_id: int) -> bool:
    """Whether ``prove`` will want a proof. No query."""
    return modes.is_on(petition_id)


def prove(posted: Mapping[str, str], petition_id: int, *, address: str, now: datetime) -> TurnedAway | None:
    """Ask for a proof if a challenge stands on this petition; None lets the signature in.

    To be asked last: a proof works once, and a form with a mistake should not cost it.
    """
    if not modes.is_on(petition_id):
        return None
    if proof := posted.get(PROOF, ""):
        right = proofs.examine(proof, petition_id, now=now) == Result.RIGHT
        return None if right else TurnedAway(Reason.PROOF)
    return _slowly(posted.get(TICKET, ""), petition_id, networks.caller(address), now)


def _slowly(text: str, petition_id: int, caller: Caller, now: datetime) -> TurnedAway | None:
    ticket = proofs.ticket(text, petition_id, now=now)
    if ticket is None:
        metrics.PROOFS[Result.MISSING.value].inc()
        return TurnedAway(Reason.PROOF)
    if early := ticket.seconds_early(now):
        metrics.PROOFS[Result.EARLY.value].inc()
        return TurnedAway(Reason.PATIENCE, early)
    turn = throttle.take_slowly(caller)
    if turn.wait:
        return TurnedAway(Reason.NETWORK, throttle.whole_seconds(turn))
    return None if proofs.spend(ticket.nonce, now=now) else TurnedAway(Reason.PROOF)


def puzzle(petition_id: int, *, now: datetime, posted: Mapping[str, str] | None = None) -> Puzzle | None:
    """What the form of a petition carries while a challenge stands, else None. A ticket that was handed in works on,
    so that a mistake in the form begins no new wait.
    """
    if not modes.is_on(petition_id):
        return None
    waiting = proofs.ticket(posted.get(TICKET, ""), petition_id, now=now) if posted else None
    return proofs.puzzle(petition_id, now=now, ticket=waiting)
