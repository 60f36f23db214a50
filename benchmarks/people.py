"""People as the site meets them: a name, an address and a network of their own, and a browser that keeps its line."""

import asyncio
import contextlib
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

FORM = "application/x-www-form-urlencoded"
PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Person:
    """The ``number``-th person of a run that is known by ``word``."""

    number: int
    word: str

    @property
    def network(self) -> str:
        """Every second one has an IPv4 address, the others an IPv6 /48 of their own."""
        number = self.number
        if number % 2 == 0:
            return f"10.{number // 65536 % 256}.{number // 256 % 256}.{number % 256}"
        return f"fd{number // 65536 % 256:02x}:{number % 65536:x}:7::1"

    @property
    def form(self) -> bytes:
        """What they hand in."""
        return urlencode(
            {
                "name": f"Ann Example {letters(self.number)}",
                "email": f"person.{self.number}.{self.word}@d{self.number % 500}.example",
                "postcode": "SW1A 1AA",
                "country": "GB",
                "eligible": "on",
            }
        ).encode()


def letters(number: int) -> str:
    """A number in letters: names have no digits."""
    word = ""
    while True:
        word = chr(97 + number % 26) + word
        number //= 26
        if not number:
            return word


class Browser:
    """One connection to the site, kept open, made again when it was closed."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, body: bytes, *, network: str = "") -> int:
        """The status of the answer; 0 when there was none."""
        return (await self._ask("POST", path, body, network))[0]

    async def get(self, path: str) -> tuple[int, bytes]:
        """Status and body."""
        return await self._ask("GET", path, b"", "")

    async def _ask(self, method: str, path: str, body: bytes, network: str) -> tuple[int, bytes]:
        forwarded = f"X-Forwarded-For: {network}\r\n" if network else ""
        typed = f"Content-Type: {FORM}\r\nContent-Length: {len(body)}\r\n" if method == "POST" else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n{forwarded}{typed}\r\n"
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._talk(head.encode() + body)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            self.close()
            return 0, b""

    async def _talk(self, request: bytes) -> tuple[int, bytes]:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        status = int(head[9:12])
        if b"transfer-encoding: chunked" in head:
            return status, await self._chunks(self._reader)
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        return status, await self._reader.readexactly(length)

    async def _chunks(self, reader: asyncio.StreamReader) -> bytes:
        parts = []
        while length := int((await reader.readuntil(b"\r\n")).strip(), 16):
            parts.append(await reader.readexactly(length))
            await reader.readexactly(2)
        await reader.readexactly(2)
        return b"".join(parts)

    def close(self) -> None:
        """Hang up; the next question calls again."""
        if self._writer is not None:
            with contextlib.suppress(OSError):
                self._writer.close()
        self._reader = self._writer = None
