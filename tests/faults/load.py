"""Many people signing at once, with a ledger of what they were shown."""

import itertools
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import psycopg
import requests

from tests.invariants import ACK, SIGNED, Ledger, signer_keys
from tests.journeys.people import LONDON, SCOTLAND
from tests.journeys.site import Site
from vault import tokens
from vault.tokens import Purpose

NAME = "Quillon Loadbearer"
CONFIRMED_OF_TEN = 7
BUSY = 503
PATIENCE_SECONDS = 60


def pressed(act: Callable[[], requests.Response | None]) -> requests.Response:
    """What a person gets who presses again while the site says that it is busy."""
    until = time.monotonic() + PATIENCE_SECONDS
    while (answer := act()) is not None and answer.status_code == BUSY and time.monotonic() < until:
        time.sleep(0.2)
    assert answer is not None
    return answer


class Crowd:
    """Signs one petition from many networks, confirming most signatures, until told to stop."""

    _numbers = itertools.count(1)  # of all crowds together: no network is used by two of them

    def __init__(self, site: Site, ledger: Ledger, petition_id: int) -> None:
        self.site = site
        self.ledger = ledger
        self.petition_id = petition_id
        self.seen: Counter[str] = Counter()  # "sign 303", "confirm 200", "no answer" ...: how often
        self._run = secrets.token_hex(4)
        self._stop = threading.Event()
        self._lock = threading.Lock()

    @contextmanager
    def signing(self, threads: int = 8, network: str = "") -> Iterator["Crowd"]:
        """Sign for as long as the block lasts, each from a network of their own or all from one."""
        self._stop.clear()
        workers = [threading.Thread(target=self._work, args=[network], daemon=True) for _ in range(threads)]
        for worker in workers:
            worker.start()
        try:
            yield self
        finally:
            self._stop.set()
            for worker in workers:
                worker.join(40)

    def sign(
        self, session: requests.Session, *, email: str, network: str, postcode: str = ""
    ) -> requests.Response | None:
        """Post the form once, as the page's own form would; None when nobody answered."""
        values = {
            "name": NAME,
            "email": email,
            "postcode": postcode or (LONDON if secrets.randbelow(2) else SCOTLAND),
            "country": "GB",
            "eligible": "on",
            "notify": "on",
        }
        answer = self._post(session, "sign", f"/petitions/{self.petition_id}/sign/", values, network)
        if answer is not None and answer.status_code == 303:
            assert answer.headers["Location"].endswith(f"/petitions/{self.petition_id}/sign/check-email/")
            self.ledger.write(ACK, petition_id=self.petition_id, address=email)
        return answer

    def confirm(
        self, session: requests.Session, *, email: str, network: str, row_id: int | None = None
    ) -> requests.Response | None:
        """Press the button behind the mailed link; None when nobody answered. The row is looked up when not given."""
        row_id = row_id or self.row_id(email)
        token = tokens.make(
            Purpose.CONFIRM, petition_id=self.petition_id, row_id=row_id, generation=0, now=datetime.now(UTC)
        )
        answer = self._post(session, "confirm", f"/confirm/{token}/", {}, network)
        if answer is not None and answer.status_code == 200:
            self.ledger.write(SIGNED, petition_id=self.petition_id, address=email)
        return answer

    def row_id(self, email: str) -> int:
        """The row of an address, found as the site finds it: by its signer key."""
        with self.site.connect() as connection:
            key = signer_keys(connection, self.petition_id, [email])[email]
        return int(
            self.site.value(
                "SELECT id FROM signatures_signature WHERE petition_id = %s AND signer_key = decode(%s, 'hex')",
                self.petition_id,
                key,
            )
        )

    def somebody(self) -> tuple[str, str]:
        """An address and a network that nobody had before."""
        with self._lock:
            number = next(self._numbers)
        return (
            f"loadbearer.{self._run}.{number}@mailbox.example",
            f"10.{100 + (number >> 16 & 127)}.{number >> 8 & 255}.{number & 255}",
        )

    def _work(self, only_network: str) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while not self._stop.is_set():
                email, network = self.somebody()
                network = only_network or network
                answer = self.sign(session, email=email, network=network)
                if answer is None or answer.status_code != 303:
                    time.sleep(0.2)
                elif secrets.randbelow(10) < CONFIRMED_OF_TEN:
                    # Looking the row up takes the database, which may be away.
                    with suppress(psycopg.OperationalError):
                        self.confirm(session, email=email, network=network)

    def _post(
        self, session: requests.Session, what: str, path: str, values: dict[str, str], network: str
    ) -> requests.Response | None:
        try:
            answer = session.post(
                self.site.url + path,
                data=values,
                headers={"X-Forwarded-For": network},
                timeout=15,
                allow_redirects=False,
            )
        except requests.RequestException:
            answer = None
        finally:
            session.cookies.clear()
        with self._lock:
            self.seen[f"{what} {answer.status_code}" if answer is not None else f"{what}: no answer"] += 1
        return answer
