"""Clients of the We the People API, as they are, believe us to be api.whitehouse.gov.

wethepeople 0.0.0.1 (PyPI), wethepeople-wrapper 0.1.0 and whitehouse 0.0.1 (npm). What they return is compared with the
database, row by row; one of them signs, and its people confirm by their mails.
"""

import json
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.clients.conftest import Run
from tests.journeys.site import Site

pytestmark = [pytest.mark.processes, pytest.mark.slow]

SCRIPTS = Path(__file__).parent / "scripts"
PREPARED = """
import json
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from opendata.wethepeople import keys
from petitions.models import Petition
now = timezone.now()
petition = Petition.objects.create(
    title="Plant trees in every street", ask="Summers are hot.", state="open", opened_at=now - timedelta(days=1),
    closes_at=now + timedelta(days=90),
)
terms = keys.Terms("A partner", "They live here.", "GB", "en", False, 1000, 1000)
key = keys.issue(actor=User.objects.get(username="administrator"), terms=terms, now=now)[1]
print(json.dumps([petition.pk, key]))
"""
# All that is public, as the list has it: by when it was published.
PETITIONS = """
SELECT CASE source WHEN 'wtp' THEN source_id ELSE id::text END, title, signature_count,
    floor(extract(epoch FROM coalesce(opened_at, rejected_at)))::bigint, state = 'open'
FROM petitions_petition
WHERE state = ANY('{open,closed,rejected}') AND signature_count >= %s
ORDER BY coalesce(opened_at, rejected_at), id
"""
RESPONDED = """
SELECT source_id, source_data->'response'->>'id', source_data->'response'->>'url'
FROM petitions_petition WHERE source = 'wtp' AND source_state = 'responded' ORDER BY opened_at, id
"""
CONFIRMED = """
SELECT extract(epoch FROM date_trunc('hour', created_at))::bigint FROM signatures_signature
WHERE petition_id = %s AND state = 'confirmed' ORDER BY 1
"""
# What comes back of a petition, in the order of the columns above.
FIELDS = ("id", "title", "signatureCount", "created", "isSignable")


class Prepared(NamedTuple):
    petition_id: int
    key: str


@pytest.fixture(scope="module")
def prepared(site: Site) -> Prepared:
    """An open petition and a partner's key."""
    said = site.manage("shell", "--no-imports", "-c", PREPARED)
    return Prepared(*json.loads(said.splitlines()[-1]))


def rows(results: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(result[name] for name in FIELDS) for result in results]


def test_wethepeople_of_python(site: Site, python: Run, prepared: Prepared) -> None:
    number = str(prepared.petition_id)
    asked = {
        "petitions": [{"limit": 1000}, {"signatureCountFloor": 10000, "limit": 100}, {"limit": 5, "offset": 7}],
        "signatures": [number, "4e7b352b4bd5046c04000999"],
    }
    found = python("wethepeople", SCRIPTS / "wethepeople_python.py", json.dumps(asked))
    everything, large, part = found["petitions"]
    assert rows(everything["results"]) == site.query(PETITIONS, 0)
    assert everything["ids"] == [row[0] for row in site.query(PETITIONS, 0)]
    assert rows(large["results"]) == site.query(PETITIONS, 10_000)[:100]
    assert rows(part["results"]) == site.query(PETITIONS, 0)[7:12]
    assert {one["status"] for one in found["petitions"]} == {200}
    assert [one["count"] for one in found["petitions"]] == [
        len(site.query(PETITIONS, floor)) for floor in (0, 10_000, 0)
    ]
    assert sorted(one["created"] for one in found["signatures"][0]["results"]) == [
        hour for (hour,) in site.query(CONFIRMED, prepared.petition_id)
    ]
    # It means to raise an error for this, but compares numbers by identity.
    assert found["signatures"][1] == {"status": 404, "count": None, "ids": [], "results": []}


def test_whitehouse_of_node(site: Site, node: Run, prepared: Prepared) -> None:
    answered, number = site.query(RESPONDED), str(prepared.petition_id)
    calls = [
        ["getPetitions", {"limit": 1000, "status": "responded"}],
        ["getPetitions"],
        ["getPetition", answered[0][0]],
        ["getPetition", number],
        ["getPetition", "77777777"],
        ["getSignatures", number, {"limit": 5}],
    ]
    responded, usual, one, ours, none, signed = node("whitehouse", SCRIPTS / "whitehouse.cjs", json.dumps(calls))
    there = [one for one in responded["results"] if len(one["id"]) == 24]
    assert [(one["id"], one["response"]["id"], one["response"]["url"]) for one in there] == answered
    assert rows(usual["results"]) == site.query(PETITIONS, 0)[:10]
    assert rows(one["results"]) == [row for row in site.query(PETITIONS, 0) if row[0] == answered[0][0]]
    assert ours["results"][0]["title"] == "Plant trees in every street"
    address = urllib.parse.urlsplit(ours["results"][0]["url"])
    assert (address.netloc, address.path) == ("api.whitehouse.gov", f"/petitions/{number}/")
    assert (none["metadata"]["responseInfo"]["status"], none["results"]) == (404, [])
    assert len(signed["results"]) == min(len(site.query(CONFIRMED, prepared.petition_id)), 5)


def test_wethepeople_wrapper_of_node_signs_and_hears_of_confirmations(
    site: Site, node: Run, prepared: Prepared
) -> None:
    number, script = str(prepared.petition_id), SCRIPTS / "wethepeople_wrapper.cjs"
    people = [f"partner{one}@example.org" for one in range(3)]
    person = {"petition_id": number, "first_name": "Mary", "last_name": "Poppins"}
    signs = [["signatures", "signPetition", {**person, "email": address}] for address in people]
    wrong = ["signatures", "signPetition", {**person, "email": "nobody"}]
    calls = [["petitions", "searchPetitions", {"isSignable": 1}], ["petitions", "getPetition", number], *signs, wrong]
    signable, petition, *taken, refused = node("wethepeople-wrapper", script, prepared.key, json.dumps(calls))
    assert rows(signable["results"]) == [row for row in site.query(PETITIONS, 0) if row[4]]
    assert petition["results"] == signable["results"]
    assert [one["metadata"]["responseInfo"]["status"] for one in taken] == [200] * 3
    assert refused is None
    for address in people[:2]:
        _confirm(site, site.mails.wait(address, "/confirm/").link("/confirm/"))
    calls = [["validations", "getValidations", {}], ["petitions", "getSignatures", number, {"limit": 1000}]]
    validated, signed = node("wethepeople-wrapper", script, prepared.key, json.dumps(calls))
    assert validated["metadata"]["resultset"]["count"] == 2
    assert {(one["email"], one["petition_id"]) for one in validated["results"]} == {("", number)}
    listed = {one["id"]: one for one in signed["results"]}
    assert {one["signature_id"] for one in validated["results"]} == set(listed)
    assert sorted(one["created"] for one in listed.values()) == [
        hour for (hour,) in site.query(CONFIRMED, prepared.petition_id)
    ]
    assert {(one["name"], one["zip"], one["state"]) for one in listed.values()} == {("", "", "")}


def _confirm(site: Site, link: str) -> None:
    """Press the button behind the link of a mail."""
    path = urllib.parse.urlsplit(link).path
    with urllib.request.urlopen(f"{site.url}{path}", data=b"", timeout=30) as page:
        assert page.status == 200
