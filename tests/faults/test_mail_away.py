"""The broker goes, then the mail server in every way it can: signing goes on, and every mail leaves once."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from tests.faults.load import Crowd
from tests.faults.mailserver import MailServer
from tests.invariants import Invariants, Ledger
from tests.journeys.site import Site

PER_DOMAIN = 10  # mails a second
BURST = 5 * PER_DOMAIN
AT_LEAST = BURST + 3 * PER_DOMAIN

TELL = """
from django.utils import timezone
from petitions import services
now = timezone.now()
services.record_event(petition_id={petition_id}, kind="note", text={{"en": "News."}}, tells_signers=True, now=now)
"""


@dataclass(frozen=True)
class Scale:
    """How long each server is away. With ``is_long`` time really passes; else what waits is made older."""

    broker_seconds: float
    phase_seconds: float
    stall_seconds: float
    last_stall_seconds: float
    is_long: bool = False


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.parametrize(
    "scale",
    [
        pytest.param(Scale(2, 1, 15, 12), id="short"),
        pytest.param(Scale(600, 70, 60, 60, is_long=True), id="full", marks=pytest.mark.long),
    ],
)
def test_signing_goes_on_and_every_mail_leaves_once(
    site: Site, ledger: Ledger, invariants: Invariants, petition_id: int, mail_server: MailServer, scale: Scale
) -> None:
    assert site.stack.redis is not None
    crowd = Crowd(site, ledger, petition_id)
    site.kill("worker")
    site.given |= {"EMAIL_URL": mail_server.url, "MAIL_PER_DOMAIN": str(PER_DOMAIN)}
    site.start("worker")
    try:
        readers = _sign(crowd, 5)
        _arrive(site, mail_server, readers)
        _confirm(crowd, readers)

        site.stack.redis.kill()
        unbrokered = _sign(crowd, 3)
        time.sleep(scale.broker_seconds)
        _pass_time(site, scale)
        _is_called_late(site, petition_id)
        site.stack.redis.start()
        _arrive(site, mail_server, unbrokered)

        mail_server.reply = "451 4.3.0 not now"
        put_off = _sign(crowd, 3)
        _meets_trouble(site, mail_server)
        _pass_time(site, scale)
        _is_called_late(site, petition_id)
        mail_server.reply = ""

        mail_server.stall_seconds = scale.stall_seconds
        stalled = _sign(crowd, 2)
        _meets_trouble(site, mail_server)
        mail_server.stall_seconds = 0.0

        (gone,) = _sign(crowd, 1, refused_by=mail_server)
        site.wait_for(lambda: _failed(site) == ["refused with 550"], "the mail to fail for good", seconds=90)

        mail_server.stop()
        newest = _sign(crowd, AT_LEAST)
        site.manage("shell", "--no-imports", "-c", TELL.format(petition_id=petition_id))
        site.wait_for(lambda: _queued(site, "event_to_signer") == len(readers), "the news to be queued", seconds=60)
        _pass_time(site, scale)
        _is_called_late(site, petition_id)
        before = len(mail_server.taken)
        mail_server.last_stall_seconds = 0.0
        mail_server.start()
        began = time.monotonic()
        _arrive(site, mail_server, newest)
        took = time.monotonic() - began
        _arrive(site, mail_server, put_off + stalled, hurry=not scale.is_long)
        site.wait_for(lambda: sum(mail.is_bulk for mail in mail_server.taken) == len(readers), "the news", seconds=120)

        mail_server.last_stall_seconds = scale.last_stall_seconds
        slow = _sign(crowd, 1)
        _arrive(site, mail_server, slow)
        site.wait_for(lambda: not _queued(site, "confirm"), "the late last word", seconds=150)
    finally:
        site.given.clear()
        site.kill("worker")
        site.start("worker")
    order = [mail.to for mail in mail_server.taken[before:] if mail.to in newest or mail.is_bulk]
    assert set(order[: len(newest)]) == set(newest), "bulk left before a confirmation that was due"
    assert took > (AT_LEAST - BURST) / PER_DOMAIN / 2, "all at once"
    assert set(Counter(mail.message_id for mail in mail_server.taken).values()) == {1}
    assert not mail_server.got(gone)
    everybody = [*readers, *unbrokered, *put_off, *stalled, *newest, *slow]
    assert {mail.to for mail in mail_server.taken if not mail.is_bulk} >= set(everybody)
    site.wait_for(invariants.is_settled, "confirmations to be counted", seconds=45)
    assert invariants.breaches() == []


def _sign(crowd: Crowd, number: int, refused_by: MailServer | None = None) -> list[str]:
    """Let so many people sign, each of whom is told to check their e-mail; their addresses."""
    signed = []
    with requests.Session() as session:
        for _time in range(number):
            email, network = crowd.somebody()
            if refused_by:
                refused_by.replies[email] = "550 5.1.1 no such mailbox"
            deadline = time.monotonic() + 60
            while (answer := crowd.sign(session, email=email, network=network)) is None or answer.status_code == 503:
                assert time.monotonic() < deadline, "turned away for too long"
                time.sleep(0.3)
            assert answer.status_code == 303
            signed.append(email)
    return signed


def _confirm(crowd: Crowd, addresses: list[str]) -> None:
    with requests.Session() as session:
        for email in addresses:
            answer = crowd.confirm(session, email=email, network="10.1.1.1")
            assert answer is not None
            assert answer.status_code == 200


def _arrive(site: Site, server: MailServer, addresses: list[str], *, hurry: bool = False) -> None:
    """Wait until all have their mail; ``hurry`` makes due what waits for its next try."""

    def all_arrived() -> bool:
        if hurry:
            site.execute(
                "UPDATE mailing_mail SET due_at = now() WHERE state = 'queued' AND attempts > 0 AND due_at > now()"
            )
        return all(server.got(address) for address in addresses)

    site.wait_for(all_arrived, f"{len(addresses)} mails to arrive", seconds=600 if not hurry else 120)


def _meets_trouble(site: Site, server: MailServer) -> None:
    before = server.refused
    site.wait_for(lambda: server.refused > before, "the server to be tried", seconds=60)
    tried = "SELECT count(*) FROM mailing_mail WHERE state = 'queued' AND attempts > 0"
    site.wait_for(lambda: site.value(tried), "a mail to be put off", seconds=60)


def _pass_time(site: Site, scale: Scale) -> None:
    if scale.is_long:
        time.sleep(scale.phase_seconds)
        return
    older = "created_at = created_at - interval '2 minutes', due_at = due_at - interval '2 minutes'"
    site.execute(f"UPDATE mailing_mail SET {older} WHERE state = 'queued' AND attempts = 0 AND NOT has_slot")
    site.execute("UPDATE mailing_lastsent SET at = at - interval '2 minutes'")


def _is_called_late(site: Site, petition_id: int) -> None:
    page = f"{site.url}/petitions/{petition_id}/sign/check-email/"
    site.wait_for(lambda: "may be late" in requests.get(page, timeout=15).text, "the page to say so", seconds=60)


def _failed(site: Site) -> list[str]:
    return [row[0] for row in site.query("SELECT error FROM mailing_mail WHERE state = 'failed'")]


def _queued(site: Site, kind: str) -> int:
    return int(site.value("SELECT count(*) FROM mailing_mail WHERE state = 'queued' AND kind = %s", kind))
