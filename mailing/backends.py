"""How mails leave: to a mail server, or into a folder where there is none."""

import os
import secrets
import smtplib
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend

from mailing.compose import Letter

TAKEN = (250, 251)
# As long as the worker lets a job run, less what else it may have to wait for.
LAST_REPLY_SECONDS = 120


class ServerBackend(smtp.EmailBackend):
    """Django's, which sends what is ready as it is, and reaches addresses with other letters before the @ (RFC 6531).

    A server that can't reach them raises smtplib.SMTPNotSupportedError. All other errors are smtplib's own.
    """

    def _send(self, email_message: EmailMessage) -> bool:
        recipients = email_message.recipients()
        if isinstance(email_message, Letter) and email_message.ready:
            self._hand_over(_plain(email_message.from_email), recipients[0], email_message.ready)
            return True
        if all(recipient.rpartition("@")[0].isascii() for recipient in recipients):
            return super()._send(email_message)
        message = message_from_bytes(email_message.message().as_bytes(), policy=policy.SMTPUTF8)
        del message["To"]
        message["To"] = ", ".join(recipients)
        self.connection.ehlo_or_helo_if_needed()
        self.connection.send_message(message, to_addrs=recipients)
        return True

    def _hand_over(self, sender: str, recipient: str, content: bytes) -> None:
        """One mail to one recipient, in as few round trips as the server can take (RFC 2920)."""
        server = self.connection
        server.ehlo_or_helo_if_needed()
        body = " BODY=8BITMIME" if server.has_extn("8bitmime") else ""
        lines = (f"MAIL FROM:<{sender}>{body}", f"RCPT TO:<{recipient}>", "DATA")
        if server.has_extn("pipelining"):
            server.send("".join(f"{line}\r\n" for line in lines))
            (mail, mail_says), (rcpt, rcpt_says), (data, data_says) = [server.getreply() for _line in lines]
            if data == 354 and not (mail == 250 and rcpt in TAKEN):
                # Taken for nobody: an empty message ends it.
                server.send(b".\r\n")
                server.getreply()
        else:
            mail, mail_says = server.docmd(lines[0])
            rcpt, rcpt_says = server.docmd(lines[1]) if mail == 250 else (503, b"")
            data, data_says = server.docmd(lines[2]) if rcpt in TAKEN else (503, b"")
        if mail != 250:
            self._start_over(mail)
            raise smtplib.SMTPSenderRefused(mail, mail_says, sender)
        if rcpt not in TAKEN:
            self._start_over(rcpt)
            raise smtplib.SMTPRecipientsRefused({recipient: (rcpt, rcpt_says)})
        if data != 354:
            self._start_over(data)
            raise smtplib.SMTPDataError(data, data_says)
        server.send(smtplib._quote_periods(content) + b".\r\n")  # type: ignore[attr-defined]
        code, says = self._last_reply()
        if code != 250:
            self._start_over(code)
            raise smtplib.SMTPDataError(code, says)

    def _last_reply(self) -> tuple[int, bytes]:
        """A server that has the whole mail may take its time: given up too early, it would get the mail twice
        (RFC 5321, section 4.5.3.2.6).
        """
        socket = self.connection.sock
        socket.settimeout(LAST_REPLY_SECONDS)
        try:
            return self.connection.getreply()
        finally:
            if self.connection.sock:
                socket.settimeout(self.timeout)

    def _start_over(self, code: int) -> None:
        if code == 421:  # the server closes the connection
            raise smtplib.SMTPServerDisconnected("the server has no time")
        self.connection.rset()


@lru_cache(maxsize=16)
def _plain(sender: str) -> str:
    """The address alone, of a sender with a name."""
    return parseaddr(sender)[1]


class FolderBackend(BaseEmailBackend):
    """Writes each mail to ``settings.MAIL_FOLDER`` as ``<time>-<random>.eml``; a file with this name is complete."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.folder = Path(settings.MAIL_FOLDER)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
            unfinished = self.folder / f".{name}.part"
            with unfinished.open("wb") as file:
                file.write(getattr(message, "ready", None) or message.message().as_bytes())
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(self.folder / f"{name}.eml")
        return len(email_messages)
