"""Mails that leave by a provider's own interface: what it answers decides, as with a mail server."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from mailing import sender
from mailing.models import Mail, MailState
from tests.mailing.conftest import Queue


class Provider(ThreadingHTTPServer):
    """Answers as Postmark does: ``status``, and its own number for what went wrong."""

    status, code = 200, 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Door)
        self.taken: list[dict] = []


class Door(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:  # noqa: N802 - the library's own name
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        (mail,) = said if isinstance(said, list) else [said]
        if self.server.status == 200 and not self.server.code:
            self.server.taken.append(mail)
        inactive = f"Found inactive addresses: {mail['To']}. Inactive recipients said no."
        words = inactive if self.server.code == 406 else "said"
        answer = {"ErrorCode": self.server.code, "Message": words, "MessageID": "x", "To": mail["To"]}
        body = json.dumps([answer] if isinstance(said, list) else answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    with Provider() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        settings.ANYMAIL = {
            "POSTMARK_SERVER_TOKEN": "secret",
            "POSTMARK_API_URL": f"http://127.0.0.1:{server.server_port}/",
        }
        yield server
        server.shutdown()


def test_a_mail_leaves_with_the_number_that_reports_come_back_with(queue: Queue, provider: Provider) -> None:
    mail = queue(5)
    assert sender.send_due(timezone.now()) == 1
    (taken,) = provider.taken
    assert taken["To"] == "person5@example.org"
    assert taken["Metadata"] == {"mail": str(mail.pk)}
    assert "Hello Mary" in taken["TextBody"]


@pytest.mark.parametrize(
    ("status", "code", "state"),
    [
        (422, 300, MailState.FAILED),
        (422, 406, MailState.FAILED),
        (401, 10, MailState.QUEUED),
        (429, 0, MailState.QUEUED),
        (500, 0, MailState.QUEUED),
        (503, 0, MailState.QUEUED),
    ],
)
def test_its_refusals_are_about_the_mail_or_about_us(
    queue: Queue, provider: Provider, status: int, code: int, state: str
) -> None:
    provider.status, provider.code = status, code
    queue(5)
    assert sender.send_due(timezone.now()) == 0
    mail = Mail.objects.get()
    assert (mail.state, bool(mail.error)) == (state, True)
    assert "person5" not in mail.error


def test_a_provider_that_is_away_loses_no_mail(queue: Queue, settings) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "secret", "POSTMARK_API_URL": "http://127.0.0.1:1/"}
    queue(5)
    assert sender.send_due(timezone.now()) == 0
    assert Mail.objects.get().state == MailState.QUEUED
