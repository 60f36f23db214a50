"""All web processes die at a random moment while people sign."""

import random
import time

import pytest

from tests.faults.load import Crowd
from tests.invariants import Invariants, Ledger
from tests.journeys.site import Site

ROUNDS = 10
# A row without its mail, or a confirmation without its count: whatever was not acknowledged, neither may exist.
WITHOUT_MAIL = """
SELECT count(*) FROM signatures_signature AS signature WHERE petition_id = %s AND NOT EXISTS (
    SELECT FROM mailing_mail AS mail WHERE mail.petition_id = signature.petition_id AND mail.row_id = signature.id
)
"""
ROWS = "SELECT count(*), count(*) FILTER (WHERE state = 'confirmed') FROM signatures_signature WHERE petition_id = %s"


@pytest.mark.slow
@pytest.mark.processes
def test_ten_times_nothing_acknowledged_is_lost(
    site: Site, ledger: Ledger, invariants: Invariants, petition_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    crowd = Crowd(site, ledger, petition_id)
    table = ["round  killed after  shown  signed  rows  confirmed  missing  half"]
    for number in range(1, ROUNDS + 1):
        moment = random.uniform(0.3, 2.5)
        with crowd.signing():
            time.sleep(moment)
            site.kill("web")
            time.sleep(0.3)
            site.start("web")
            time.sleep(0.7)
        site.wait_for(invariants.is_settled, "all confirmations to be counted", seconds=45)
        breaches = invariants.breaches()
        half = site.value(WITHOUT_MAIL, petition_id)
        [(rows, confirmed)] = site.query(ROWS, petition_id)
        kinds = [kind for kind, at, _address in ledger.entries() if at == petition_id]
        missing = sum(breach.startswith("i1") for breach in breaches)
        table.append(
            f"{number:5}  {moment:10.2f} s  {kinds.count('ack'):5}  {kinds.count('signed'):6}  {rows:4}  "
            f"{confirmed:9}  {missing:7}  {half:4}"
        )
        assert breaches == []
        assert half == 0
        assert confirmed <= rows
    with capsys.disabled():
        print("\n" + "\n".join(table))
        print(f"answers: {dict(crowd.seen)}")
    assert crowd.seen["sign 303"] > ROUNDS * 10, crowd.seen
    assert crowd.seen["sign: no answer"] + crowd.seen["confirm: no answer"] > 0, "no request was cut off"
    assert not [what for what in crowd.seen if what.endswith(" 500")]
