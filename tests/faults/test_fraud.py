"""Acceptance cases 28 and 31 on a whole site: a crowd with throw-away addresses, and a killed invalidation."""

import json
import secrets
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import requests

from tests.faults.load import Crowd
from tests.invariants import Invariants, Ledger
from tests.journeys.people import Staff
from tests.journeys.site import Site

pytestmark = [pytest.mark.slow, pytest.mark.processes]

DISPOSABLE = 300
FORGED, REAL = 500, 500
RIGHT = 800  # the threshold between what there was and what stays
FORGE = """
from django.utils import timezone
from petitions.models import Petition
from signatures import persons
from signatures.models import Delta, Signature
from signatures.persons import Signer
petition, now = Petition.objects.get(pk={petition_id}), timezone.now()
petition.thresholds.filter(kind="response").update(count={right})
for number in range({number}):
    domain = "farm.example" if number % 2 else "real.example"
    place = ("N1 9GU", "EH1 1YZ", "ZZ1 1ZZ")[number % 3]
    email, network = f"q{{number}}@{{domain}}", f"10.9.{{number % 250}}.1"
    person = Signer("Quillon Forger", email, place, "GB", notify=False, language="en", network=network)
    columns = persons.columns(person, petition)
    Signature.objects.create(petition_id=petition.pk, state="confirmed", created_at=now, confirmed_at=now, **columns)
    place = {{"region_code": columns["region_code"], "country_code": columns["country_code"]}}
    Delta.objects.create(petition_id=petition.pk, at=now, amount=1, **place)
"""


def test_a_crowd_with_disposable_addresses_is_held_and_counts_only_when_released(
    site: Site, ledger: Ledger, invariants: Invariants, petition_id: int
) -> None:
    crowd = Crowd(site, ledger, petition_id)
    run = secrets.token_hex(4)
    domains = ("mailinator.com", "guerrillamail.com")
    people = [
        (f"loadbearer.{run}.{number}@{domains[number % 2]}", f"10.77.{number // 250}.{number % 250}")
        for number in range(DISPOSABLE)
    ]
    assert _all(people, crowd.sign) == {303}
    assert _all(people, crowd.confirm) == {200}
    site.wait_for(invariants.is_settled, "everything to be counted")
    assert _states(site, petition_id) == {"held": DISPOSABLE}
    public = _json(site, f"/petitions/{petition_id}.json")
    assert public["data"]["attributes"]["signature_count"] == 0
    for word in ("mailinator", "suspicion"):
        assert word not in json.dumps(public)

    moderator = Staff(site, "moderator")
    page = moderator.open(f"/staff/fraud/petitions/{petition_id}/")
    assert "mailinator.com disposable" in page.text
    assert f"{DISPOSABLE} signatures: disposable address" in page.text

    for act, domain, count in (("release", domains[0], 150), ("reject", domains[1], 150), ("release", domains[0], 150)):
        _act_on(site, moderator, petition_id, act, domain=domain)
        site.wait_for(invariants.is_settled, "everything to be counted")
        assert _count(site, petition_id) == count
    assert _states(site, petition_id) == {"confirmed": 150, "invalidated": 150}
    site.wait_for(
        lambda: _json(site, f"/petitions/{petition_id}.json")["data"]["attributes"]["signature_count"] == 150,
        "the public count to follow",
    )
    # The ledger's people were shown "signed"; their rows are there, whatever staff decided since.
    assert invariants.breaches() == []


def test_an_invalidation_killed_halfway_goes_on_and_takes_each_signature_once(
    site: Site, invariants: Invariants, petition_id: int
) -> None:
    code = FORGE.format(petition_id=petition_id, right=RIGHT, number=FORGED + REAL)
    site.manage("shell", "--no-imports", "-c", code)
    site.wait_for(lambda: _count(site, petition_id) == FORGED + REAL, "the signatures to be counted", seconds=30)
    site.wait_for(lambda: _case(site, petition_id), "the case to be opened", seconds=60)
    moderator = Staff(site, "moderator")
    number = _counted(site, moderator, petition_id, "reject", domain="farm.example")
    assert _bulk(site, number) == ("counted", FORGED, 0)

    last = "SELECT max(id) FROM signatures_signature WHERE petition_id = %s AND state = 'confirmed'"
    with psycopg.connect(site.stack.environment["DATABASE_URL"]) as holder:
        # Somebody holds the last signature: the worker does the first batch and then waits in the midst of the second.
        row_id = site.value(last, petition_id)
        holder.execute(
            "SELECT FROM signatures_signature WHERE petition_id = %s AND id = %s FOR UPDATE", [petition_id, row_id]
        )
        _start(moderator, number)
        site.wait_for(lambda: _is_waiting(site), "the worker to come to the second batch", seconds=30)
        site.kill("worker")
        assert _bulk(site, number) == ("running", FORGED, FORGED // 2)
        holder.rollback()
    site.wait_for(lambda: not _is_waiting(site), "the dead worker's statement to end")
    assert _states(site, petition_id) == {"confirmed": FORGED // 2 + REAL, "invalidated": FORGED // 2}

    site.start("worker")
    site.wait_for(lambda: _bulk(site, number)[0] == "done", "the next worker to finish it", seconds=60)
    assert _bulk(site, number) == ("done", FORGED, FORGED)
    site.wait_for(invariants.is_settled, "everything to be counted")
    assert _count(site, petition_id) == REAL

    third = _act_on(site, moderator, petition_id, "reject", domain="farm.example")
    assert _bulk(site, third) == ("done", 0, 0)
    assert _count(site, petition_id) == REAL
    regions = "SELECT sum(signed) FROM petitions_regioncount WHERE petition_id = %s"
    assert site.value(regions, petition_id) == REAL
    assert invariants.breaches() == []

    who, why = site.query(
        "SELECT account.username, entry.reason FROM audit_entry AS entry JOIN accounts_user AS account"
        " ON account.id = entry.actor_id WHERE entry.action = 'signatures.bulk_done' AND entry.subject_id = %s"
        " ORDER BY entry.id LIMIT 1",
        petition_id,
    )[0]
    assert (who, why) == ("moderator", "All from one script.")
    _review(site, moderator, petition_id)
    note = f"{FORGED} signatures were removed"
    site.wait_for(lambda: note in moderator.open(f"/petitions/{petition_id}/").text, "the public note", seconds=30)


def _review(site: Site, moderator: Staff, petition_id: int) -> None:
    """The count fell below the threshold: a review waits, and the promise and its case stand."""
    state = "SELECT response_state FROM petitions_petition WHERE id = %s"
    crossing = "SELECT id FROM petitions_crossing WHERE petition_id = %s AND undercut_at IS NOT NULL"
    number = site.value(crossing, petition_id)
    assert number
    assert site.value(state, petition_id) == "awaiting"
    page = moderator.open("/staff/fraud/")
    form = next(form for form in page.soup.find_all("form") if str(form["action"]).endswith(f"/undercuts/{number}/"))
    token = form.find("input", attrs={"name": "csrfmiddlewaretoken"})["value"]  # type: ignore[index]
    values = [("csrfmiddlewaretoken", str(token)), ("finding", "Half came from one script; the rest is real.")]
    moderator.browser.send("post", f"{site.url}/staff/fraud/undercuts/{number}/", values)
    assert site.value("SELECT undercut_reviewed_at FROM petitions_crossing WHERE id = %s", number)
    assert site.value(state, petition_id) == "awaiting"
    assert _case(site, petition_id)


def _act_on(site: Site, moderator: Staff, petition_id: int, act: str, **criteria: str) -> int:
    number = _counted(site, moderator, petition_id, act, **criteria)
    _start(moderator, number)
    site.wait_for(lambda: _bulk(site, number)[0] == "done", "the worker to do it", seconds=60)
    return number


def _counted(site: Site, moderator: Staff, petition_id: int, act: str, **criteria: str) -> int:
    """Ask for an act by its form and wait until the worker has counted; its number."""
    page = moderator.open(f"/staff/fraud/petitions/{petition_id}/act/")
    page = page.form(field="domain").fill(act=act, **criteria).press()
    number = int(page.path.rstrip("/").rpartition("/")[2])
    site.wait_for(lambda: _bulk(site, number)[0] == "counted", "the worker to count", seconds=60)
    return number


def _start(moderator: Staff, number: int) -> None:
    page = moderator.open(f"/staff/fraud/acts/{number}/")
    page = page.form(field="reason").fill(reason="All from one script.").press()
    assert page.path == f"/staff/fraud/acts/{number}/"


def _bulk(site: Site, number: int) -> tuple[str, int, int]:
    return site.query("SELECT state, found, changed FROM signatures_bulkact WHERE id = %s", number)[0]  # type: ignore[return-value]


def _is_waiting(site: Site) -> bool:
    """Whether some session waits for a signature that another one holds."""
    waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%%WITH chosen AS%%'"
    return bool(site.value(f"SELECT EXISTS ({waiting})"))


def _states(site: Site, petition_id: int) -> dict[str, int]:
    states = "SELECT state, count(*) FROM signatures_signature WHERE petition_id = %s AND role = 'signer' GROUP BY 1"
    return dict(site.query(states, petition_id))  # type: ignore[arg-type]


def _count(site: Site, petition_id: int) -> int:
    return int(site.value("SELECT signature_count FROM petitions_petition WHERE id = %s", petition_id))


def _case(site: Site, petition_id: int) -> bool:
    return bool(site.value("SELECT EXISTS (SELECT FROM responses_caselink WHERE petition_id = %s)", petition_id))


def _json(site: Site, path: str) -> dict:  # type: ignore[type-arg]
    with urllib.request.urlopen(site.url + path, timeout=10) as answer:
        return json.loads(answer.read())  # type: ignore[no-any-return]


def _all(people: list[tuple[str, str]], act) -> set[int]:  # type: ignore[no-untyped-def]
    """What these people are answered, eight at a time; who is shed tries again."""

    def once(person: tuple[str, str]) -> int:
        with requests.Session() as session:
            session.trust_env = False
            for _time in range(20):
                answer = act(session, email=person[0], network=person[1])
                if answer is not None and answer.status_code != 503:
                    return int(answer.status_code)
                time.sleep(0.3)
        raise AssertionError("turned away twenty times")

    with ThreadPoolExecutor(8) as pool:
        return set(pool.map(once, people))
