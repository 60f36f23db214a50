"""Mails of a kind made for these tests, and real mail servers that behave and misbehave."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.utils import timezone

import mailing.services
from mailing import kinds
from mailing.kinds import Message
from mailing.models import Mail, Priority
from tests.ports import free_port

Queue = Callable[..., Mail]


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    """Three kinds: for ``row_id`` 7 nobody is mailed, for 13 the mail can't be made."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    folder = str(Path(__file__).parent / "templates")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [folder]}, *settings.TEMPLATES[1:]]

    def build(mail: Mail) -> Message | None:
        if mail.row_id == 13:
            raise LookupError("no such thing")
        if mail.row_id == 7:
            return None
        to = mail.details.get("to", f"person{mail.row_id}@example.org")
        personal = {"name": mail.details.get("name", "Mary"), "link": f"{settings.BASE_URL}/x/{mail.row_id}/"}
        form = mail.details.get("form")
        key = mail.details.get("key", "")
        return Message(
            to=to,
            language="en",
            template="greeting",
            context={"text": "Bye."},
            personal=personal,
            form=form,
            address_keys=(bytes.fromhex(key),) if key else (),
        )

    for priority in Priority:
        kinds.register(f"test_{priority.name.lower()}", priority=priority, build=build)


@pytest.fixture
def queue(db: None) -> Queue:
    """Queue a mail about a row."""

    def put(row_id: int = 1, kind: str = "test_personal", **more: Any) -> Mail:
        mailing.services.queue(kind, row_id=row_id, now=timezone.now(), **more)
        return Mail.objects.latest("pk")

    return put


class Server:
    """A mail server on this machine that keeps what it takes."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.replies: dict[str, str] = {}
        self.stalls = False
        self.stall_seconds = 60.0
        self.data_seconds = 0.0
        self.pipelining = False
        self.sessions: set[int] = set()

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], *(["250-PIPELINING"] if self.pipelining else []), responses[-1]]

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := self.replies.get("MAIL"):
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - the library's own name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.sessions.add(id(session))
        if self.stalls:
            await asyncio.sleep(self.stall_seconds)
        if reply := self.replies.get(address) or self.replies.get("RCPT"):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if reply := self.replies.get("DATA"):
            return reply
        await asyncio.sleep(self.data_seconds)
        self.taken.append((envelope.rcpt_tos[0], bytes(envelope.content or b"")))
        return "250 OK"


def _serve(settings, **options: bool) -> Iterator[Server]:
    server = Server()
    controller = Controller(server, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    settings.EMAIL_BACKEND = "mailing.backends.ServerBackend"
    # Patience with a machine that has other work: who tests what is left in time asks for less.
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", controller.port, 30
    settings.MAIL_PER_DOMAIN = 0
    yield server
    controller.stop()


@pytest.fixture(params=["plain", "pipelining"])
def smtp(settings, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A real SMTP server that the sender is set to use."""
    for server in _serve(settings):
        server.pipelining = request.param == "pipelining"
        yield server


@pytest.fixture
def old_smtp(settings) -> Iterator[Server]:
    """One that knows ASCII addresses only."""
    yield from _serve(settings, enable_SMTPUTF8=False)
