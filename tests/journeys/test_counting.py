"""A thousand confirmations over ten regions, at a real site."""

import re
from html import unescape
from typing import Any
from urllib.parse import quote_plus

import pytest
import requests

from tests.faults.load import NAME, Crowd
from tests.invariants import Ledger
from tests.journeys import steps
from tests.journeys.people import People

pytestmark = [pytest.mark.slow, pytest.mark.processes]

REGIONS = 10
SIGNERS = 1000
FEW = (3, 4)  # so many in the first two regions: too few to be public
# Areas whose postcodes lie in one region as a whole.
AREAS = """
SELECT region_id, min(prefix) FROM petitions_postcodearea AS area WHERE prefix ~ '^[A-Z]{1,2}$'
    AND region_id NOT IN (SELECT region_code FROM petitions_regioncount WHERE petition_id = %s)
    AND NOT EXISTS (
        SELECT FROM petitions_postcodearea AS part
        WHERE part.prefix <> area.prefix AND part.prefix LIKE area.prefix || '%%'
    )
GROUP BY region_id ORDER BY region_id
"""


def test_a_thousand_over_ten_regions_are_the_same_number_everywhere(people: People, ledger: Ledger, walk: int) -> None:
    people.names.add(NAME)
    text = steps.wish()
    petition_id = steps.hand_in(people, people.citizen(), text)
    steps.approve(people, petition_id)
    before = steps.SUPPORTERS + 1
    people.site.wait_for(lambda: steps.counts(people, petition_id)[0] == before, "its supporters to be counted")
    areas = people.site.query(AREAS, petition_id)[:REGIONS]
    assert len(areas) == REGIONS
    many, rest = divmod(SIGNERS - sum(FEW), REGIONS - len(FEW))
    numbers = [*FEW, many + rest, *[many] * (REGIONS - len(FEW) - 1)]
    crowd = Crowd(people.site, ledger, petition_id)
    signers = [
        (*crowd.somebody(), f"{area}1 1AA")
        for (_region, area), number in zip(areas, numbers, strict=True)
        for _ in range(number)
    ]

    def sign(session: requests.Session, place: int) -> Any:
        email, network, postcode = signers[place]
        return crowd.sign(session, email=email, network=network, postcode=postcode)

    def confirm(session: requests.Session, place: int) -> Any:
        email, network, _postcode = signers[place]
        return crowd.confirm(session, email=email, network=network)

    assert set(steps.at_once(SIGNERS, sign)) == {303}
    assert set(steps.at_once(SIGNERS, confirm)) == {200}

    total = before + SIGNERS
    people.site.wait_for(lambda: steps.counts(people, petition_id)[0] == total, "all to be counted", seconds=45)
    reader = steps.reader(people)
    names = dict(people.site.query("SELECT code, name FROM petitions_region"))
    wanted = {names[code]: number for (code, _area), number in zip(areas, numbers, strict=True)}
    public = {name: number for name, number in wanted.items() if number not in FEW}

    _count, regions = steps.counts(people, petition_id)
    assert {name: number for name, number in regions.items() if name in wanted} == public
    words = quote_plus('"' + text["title"] + '"')
    listed = reader.open(f"/petitions.json?q={words}").response.json()["data"]
    assert {item["id"]: item["attributes"]["signature_count"] for item in listed}[petition_id] == total
    count = reader.open(f"/petitions/{petition_id}/count.json").response.json()
    assert (count["signature_count"], count["age"] < 60) == (total, True)
    history = reader.open(f"/petitions/{petition_id}/history.json").response.json()["data"]["attributes"]
    assert sum(hour["signature_count"] for hour in history["signatures_by_hour"]) + history["before"] == total
    assert f"{total:,}" in reader.open(f"/petitions/?q={petition_id}").response.text

    page = reader.open(f"/petitions/{petition_id}/").response.text
    shown = table(page, "Signatures by region")
    assert {name: number for name, number in shown.items() if name in wanted} == public
    assert shown["Not shown by place"] == total - sum(regions.values()) >= sum(FEW)
    assert sum(shown.values()) == total
    staff = people.staff("moderator").open(f"/staff/petitions/{petition_id}/").response.text
    cells = re.findall(r"<tr><td>([^<]+)</td><td>[\d,]+</td><td>([\d,]+)</td></tr>", staff)
    by_staff = {unescape(name): int(number.replace(",", "")) for name, number in cells}
    assert {name: by_staff[name] for name in wanted} == wanted


def table(page: str, caption: str) -> dict[str, int]:
    """The rows of the table with this caption, by name."""
    body = page.partition(f"{caption}</caption>")[2].partition("</table>")[0]
    rows = re.findall(r"<t[hd][^>]*>([^<]+)</t[hd]>\s*<td[^>]*>([\d,]+)", body)
    return {unescape(name).strip(): int(number.replace(",", "")) for name, number in rows}
