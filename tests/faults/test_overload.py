"""Five times as many people as can be served: who is served stays served, all others are told at once."""

import pytest

from config.front.gate import ROOM
from config.front.kinds import Kind
from tests.faults.flood import Flood
from tests.invariants import Invariants, Ledger
from tests.journeys.site import Site

pytestmark = [pytest.mark.slow, pytest.mark.processes, pytest.mark.alone]

# In two web processes; more people than that, and somebody is turned away however fast they are.
PLACES = 2 * (4 + ROOM[Kind.SIGN])
CROWD = 200
REFUSED_SECONDS = 3 * 0.2
NORMAL_SECONDS = 3 * 30


# Beside other work on the machine the share says less: at full length it is held to what it shall be.
@pytest.mark.parametrize(("seconds", "least"), [(8, 0.4), pytest.param(60, 0.8, marks=pytest.mark.long)])
def test_five_times_the_load_costs_nobody_who_got_in(
    site: Site,
    ledger: Ledger,
    invariants: Invariants,
    petition_id: int,
    seconds: int,
    least: float,
    capsys: pytest.CaptureFixture[str],
) -> None:
    flood = Flood(site, ledger, petition_id)
    flood.run(seconds=2, people=2)  # the first ones find everything cold
    alone = flood.run(seconds=max(seconds / 3, 4), people=32)
    empty_p95 = flood.knock(seconds=2, people=CROWD)
    pause = min(0.2, (CROWD - PLACES) / (5 * alone.done))
    over = flood.run(seconds=seconds, people=CROWD, pause=pause)
    with capsys.disabled():
        print(
            f"\nalone {alone.done:.0f}/s {dict(alone.answers)}; an empty answer to {CROWD}: {empty_p95 * 1000:.0f} ms"
        )
        print(f"flooded {over.done:.0f}/s, refused after {over.refused_p95 * 1000:.0f} ms (p95) {dict(over.answers)}")
    assert set(over.answers) <= {"sign 303", "sign 503", "confirm 200", "confirm 503"}
    assert over.answers["sign 503"] > 0, "nobody was too many"
    assert over.retry_after == {True}
    assert over.refused_p95 < max(REFUSED_SECONDS, 3 * empty_p95)
    assert over.share("confirm", 200) >= 0.99
    assert over.done >= least * alone.done
    site.wait_for(lambda: _quiet(flood), "signing to be as before", seconds=NORMAL_SECONDS)
    site.wait_for(invariants.is_settled, "confirmations to be counted", seconds=NORMAL_SECONDS)
    assert invariants.breaches() == []


def _quiet(flood: Flood) -> bool:
    return set(flood.run(seconds=0.5, people=2).answers) == {"sign 303", "confirm 200"}
