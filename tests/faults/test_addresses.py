"""Whose address counts, asked of the real server: what a caller claims, and what our proxy saw."""

import http.client
import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from itertools import count
from urllib.parse import urlencode, urlsplit

import pytest
from honcho.environ import parse_procfile

from tests.faults.load import NAME
from tests.journeys.people import LONDON
from tests.journeys.site import ROOT, Site
from tests.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.processes]

# What all of a network's tries can come to at most while a test runs: ten at once, and some given back meanwhile.
AT_MOST = 10 + 10
REAL = "198.51.100.7"
_numbers = count(1)
UNSEALED = """
from signatures import persons
from signatures.models import Signature
for row in Signature.objects.filter(petition_id={petition_id}):
    print("network", persons.unsealed(row).network)
"""


def post(url: str, petition_id: int, headers: list[tuple[str, str]]) -> int:
    """Sign, with exactly these headers besides, each on a line of its own; the status."""
    number = next(_numbers)
    values = {"name": NAME, "email": f"loadbearer.{number}@mailbox.example", "postcode": LONDON, "country": "GB"}
    body = urlencode({**values, "eligible": "on"})
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    connection.putrequest("POST", f"/petitions/{petition_id}/sign/")
    connection.putheader("Content-Type", "application/x-www-form-urlencoded")
    connection.putheader("Content-Length", str(len(body)))
    for name, value in headers:
        connection.putheader(name, value)
    connection.endheaders(body.encode())
    status = connection.getresponse().status
    connection.close()
    return status


def claims(number: int) -> list[tuple[str, str]]:
    """What somebody sends who wants to be somebody else each time."""
    claimed = f"10.{number % 250}.{number // 250}.7"
    return [
        ("X-Forwarded-For", claimed),
        ("Forwarded", f"for={claimed}"),
        ("X-Real-IP", claimed),
        ("True-Client-IP", claimed),
        ("X-Client-IP", claimed),
        ("Via", f"1.1 {claimed}"),
    ]


def networks_of(site: Site, petition_id: int) -> set[str]:
    said = site.manage("shell", "--no-imports", "-c", UNSEALED.format(petition_id=petition_id))
    return {line.split()[1] for line in said.splitlines() if line.startswith("network ")}


@pytest.fixture
def no_proxy(site: Site) -> Iterator[str]:
    """A web process of the same site that stands behind no proxy."""
    port = free_port()
    process = subprocess.Popen(
        ["sh", "-c", parse_procfile((ROOT / "Procfile").read_text()).processes["web"]],
        cwd=ROOT,
        env={**site.environment, "TRUSTED_PROXIES": "0", "PORT": str(port), "WEB_WORKERS": "1"},
        start_new_session=True,
    )
    url = f"http://localhost:{port}"

    def is_ready() -> bool:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    try:
        site.wait_for(is_ready, "the site without a proxy to answer", seconds=60)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_without_a_proxy_nobody_is_believed_but_the_peer(site: Site, no_proxy: str, petition_id: int) -> None:
    site.forget_limits()
    statuses = [
        post(no_proxy, petition_id, [*claims(number), ("X_Forwarded_For", f"10.66.0.{number}")]) for number in range(40)
    ]
    assert set(statuses) == {303, 429}
    assert 10 <= statuses.count(303) <= AT_MOST
    assert networks_of(site, petition_id) <= {"127.0.0.1", "::1"}


def test_behind_a_proxy_only_what_it_adds_is_believed(site: Site, petition_id: int) -> None:
    site.forget_limits()
    statuses = []
    for number in range(20):
        claimed, *others = claims(number)
        # Some proxies append to what the caller sent, some add a line of their own.
        appended = [(claimed[0], f"{claimed[1]}, {REAL}"), *others]
        added = [claimed, *others, ("X-Forwarded-For", REAL)]
        statuses += [post(site.url, petition_id, sent) for sent in (appended, added)]
    assert set(statuses) == {303, 429}
    assert 10 <= statuses.count(303) <= AT_MOST
    assert networks_of(site, petition_id) == {REAL}


def test_what_staff_list_is_in_force_in_every_process_within_half_a_minute(site: Site, petition_id: int) -> None:
    site.forget_limits()
    caller = [("X-Forwarded-For", "203.0.113.9")]

    def all_say(status: int) -> bool:
        return all(post(site.url, petition_id, caller) == status for _process in range(8))

    assert all_say(303)
    site.execute(
        "INSERT INTO petitions_networkrule (network, kind, note, created_by_id)"
        " SELECT '203.0.113.0/24', 'block', 'Forged signatures.', min(id) FROM accounts_user"
    )
    site.wait_for(lambda: all_say(403), "the network to be blocked", seconds=30)
    site.execute("UPDATE petitions_networkrule SET kind = 'allow'")
    site.forget_limits()
    site.wait_for(lambda: all_say(303), "the network to be allowed", seconds=30)
    site.execute(
        "INSERT INTO signatures_challengemode (petition_id, by_hand, cause) VALUES (%s, 'on', '')", petition_id
    )
    site.wait_for(lambda: all_say(200), "the petition to be challenged", seconds=30)
    site.execute("DELETE FROM petitions_networkrule")


def test_our_proxy_lets_no_header_pass_that_reads_like_its_own() -> None:
    # WSGI writes "-" and "_" of a header's name alike: X_Forwarded_For must end at the proxy.
    told = (ROOT / "compose" / "nginx.conf.template").read_text()
    assert "underscores_in_headers off;" in told
    assert "ignore_invalid_headers on;" in told
