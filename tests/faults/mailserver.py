"""A mail server that can be told to misbehave, at one address for the whole of a test."""

import asyncio
import threading
from dataclasses import dataclass, field
from email import message_from_bytes

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.ports import free_port


@dataclass(frozen=True)
class Taken:
    """One mail that the server has taken."""

    to: str
    message_id: str
    is_bulk: bool


@dataclass
class MailServer:
    """``reply`` answers every recipient, ``replies`` some; ``stall_seconds`` passes before the answer to a recipient,
    ``last_stall_seconds`` before the answer to a whole mail.
    """

    port: int = field(default_factory=free_port)
    reply: str = ""
    replies: dict[str, str] = field(default_factory=dict)
    stall_seconds: float = 0.0
    last_stall_seconds: float = 0.0
    refused: int = 0
    taken: list[Taken] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Refuse connections from now on."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    def got(self, address: str) -> bool:
        with self._lock:
            return any(mail.to == address for mail in self.taken)

    async def handle_RCPT(  # noqa: N802 - the library's own name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.stall_seconds:
            self.refused += 1
            await asyncio.sleep(self.stall_seconds)
        if reply := self.replies.get(address) or self.reply:
            self.refused += 1
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(bytes(envelope.content or b""))
        with self._lock:
            self.taken += [
                Taken(to, str(message["Message-ID"]), message["List-Unsubscribe"] is not None)
                for to in envelope.rcpt_tos
            ]
        await asyncio.sleep(self.last_stall_seconds)
        return "250 OK"
