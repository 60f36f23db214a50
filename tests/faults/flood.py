"""Far more people than can be served, from one thread: what each was answered, and after how long."""

import asyncio
import itertools
import secrets
import statistics
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode

from tests.faults.load import NAME
from tests.invariants import ACK, SIGNED, Ledger, signer_keys
from tests.journeys.site import Site
from vault import tokens
from vault.tokens import Purpose

LOOKED_UP_EVERY = 0.1
ROWS = "SELECT encode(signer_key, 'hex'), id FROM signatures_signature WHERE petition_id = %s AND id > %s"


@dataclass
class Seen:
    """What happened in one run."""

    seconds: float = 0.0
    answers: Counter[str] = field(default_factory=Counter)  # "sign 303", "confirm 503" ...
    refused_after: list[float] = field(default_factory=list)  # seconds
    retry_after: set[bool] = field(default_factory=set)  # whether a refusal named a time

    @property
    def done(self) -> float:
        """Signatures confirmed in a second."""
        return self.answers["confirm 200"] / self.seconds

    @property
    def refused_p95(self) -> float:
        """Seconds after which 95 of 100 refusals were there."""
        return statistics.quantiles(self.refused_after, n=20)[-1]

    def share(self, what: str, status: int) -> float:
        """Which part of these requests was answered so."""
        every = sum(number for answer, number in self.answers.items() if answer.startswith(f"{what} "))
        return self.answers[f"{what} {status}"] / every


class Flood:
    """People who sign one petition and confirm as soon as they could have their mail."""

    def __init__(self, site: Site, ledger: Ledger, petition_id: int) -> None:
        self.site = site
        self.ledger = ledger
        self.petition_id = petition_id
        self._run = secrets.token_hex(4)
        self._numbers = itertools.count(1)
        self._last_row = 0
        self._rows: dict[str, int] = {}

    def run(self, *, seconds: float, people: int, pause: float = 0.0) -> Seen:
        """So many at once, again and again; who is refused comes back after a pause (seconds)."""
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, self._all(seconds, people, pause)).result()

    def knock(self, *, seconds: float, people: int) -> float:
        """Seconds after which 95 of 100 answers to an empty question were there, of so many people at once."""
        with ThreadPoolExecutor(1) as pool:
            took = pool.submit(asyncio.run, self._knock(seconds, people)).result()
        return statistics.quantiles(took, n=20)[-1]

    async def _knock(self, seconds: float, people: int) -> list[float]:
        until, took = time.monotonic() + seconds, []

        async def person() -> None:
            connection = Connection(self.site.port)
            while (began := time.monotonic()) < until:
                await connection.post("/healthz", b"", "10.255.0.2", method="GET")
                took.append(time.monotonic() - began)
            connection.close()

        await asyncio.gather(*(person() for _ in range(people)))
        return took

    async def _all(self, seconds: float, people: int, pause: float) -> Seen:
        seen, signed = Seen(), asyncio.Queue[str]()
        began = time.monotonic()
        until = began + seconds

        async def person() -> None:
            connection = Connection(self.site.port)
            while time.monotonic() < until:
                if await self._sign(connection, seen, signed) == 503:
                    await asyncio.sleep(pause)
            connection.close()

        async def confirmer() -> None:
            connection = Connection(self.site.port)
            while True:
                await self._confirm(connection, seen, await signed.get())
                signed.task_done()

        confirmers = [asyncio.create_task(confirmer()) for _ in range(8)]
        await asyncio.gather(*(person() for _ in range(people)))
        seen.seconds = time.monotonic() - began
        await signed.join()
        for task in confirmers:
            task.cancel()
        return seen

    async def _sign(self, connection: "Connection", seen: Seen, signed: asyncio.Queue[str]) -> int:
        number = next(self._numbers)
        email = f"loadbearer.{self._run}.{number}@mailbox.example"
        network = f"10.{number >> 16 & 63}.{number >> 8 & 255}.{number & 255}"
        values = {"name": NAME, "email": email, "postcode": "N1 9GU", "country": "GB", "eligible": "on"}
        status = await self._post(connection, seen, "sign", f"/petitions/{self.petition_id}/sign/", values, network)
        if status == 303:
            await asyncio.to_thread(self.ledger.write, ACK, petition_id=self.petition_id, address=email)
            signed.put_nowait(email)
        return status

    async def _confirm(self, connection: "Connection", seen: Seen, email: str) -> None:
        row_id = await asyncio.to_thread(self._row_of, email)
        token = tokens.make(
            Purpose.CONFIRM, petition_id=self.petition_id, row_id=row_id, generation=0, now=datetime.now(UTC)
        )
        status = await self._post(connection, seen, "confirm", f"/confirm/{token}/", {}, "10.255.0.1")
        if status == 200:
            await asyncio.to_thread(self.ledger.write, SIGNED, petition_id=self.petition_id, address=email)

    def _row_of(self, email: str) -> int:
        with self.site.connect() as database:
            key = signer_keys(database, self.petition_id, [email])[email]
            if key not in self._rows:
                self._rows |= dict(database.execute(ROWS, [self.petition_id, self._last_row]).fetchall())
                self._last_row = max(self._rows.values()) - 1000  # rows become visible out of order
        return self._rows[key]

    async def _post(
        self, connection: "Connection", seen: Seen, what: str, path: str, values: dict[str, str], network: str
    ) -> int:
        began = time.monotonic()
        status, names_time = await connection.post(path, urlencode(values).encode(), network)
        seen.answers[f"{what} {status}"] += 1
        if status == 503:
            seen.refused_after.append(time.monotonic() - began)
            seen.retry_after.add(names_time)
        return status


class Connection:
    """One connection, kept for as long as the server keeps it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: bytes, network: str, method: str = "POST") -> tuple[int, bool]:
        """The status (0: no answer), and whether a time to come back was named."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost:{self._port}\r\nX-Forwarded-For: {network}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection("127.0.0.1", self._port)
            reader, writer = self._streams
            writer.write(head.encode() + body)
            answer = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = answer.partition(b"content-length:")[2].partition(b"\r\n")[0]
            if b"transfer-encoding: chunked" in answer:
                await reader.readuntil(b"0\r\n\r\n")
            else:
                await reader.readexactly(int(length or 0))
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            return 0, False
        return int(answer[9:12]), b"\r\nretry-after:" in answer

    def close(self) -> None:
        """Leave."""
        if self._streams:
            self._streams[1].close()
            self._streams = None
