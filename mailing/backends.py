"""How mails leave: to a mail server, or into a folder where there is none."""

import os
import secrets
import smtplib
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend

from mailing.compose import Letter


class ServerBackend(smtp.EmailBackend):
    """Django's, which sends what is ready as it is, and reaches addresses with other letters before the @ (RFC 6531).

    A server that can't reach them raises smtplib.SMTPNotSupportedError. All other errors are smtplib's own.
    """

    def _send(self, email_message: EmailMessage) -> bool:
        recipients = email_message.recipients()
        if isinstance(email_message, Letter) and email_message.ready:
            self._hand_over(parseaddr(email_message.from_email)[1], recipients[0], email_message.ready)
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
        options = ["BODY=8BITMIME"] if server.has_extn("8bitmime") else []
        if not server.has_extn("pipelining"):
            server.sendmail(sender, [recipient], content, mail_options=options)
            return
        envelope = (f"MAIL FROM:<{sender}>{' '.join(['', *options])}", f"RCPT TO:<{recipient}>", "DATA")
        server.send("".join(f"{line}\r\n" for line in envelope))
        # A server may go away between its replies: the first that says so ends it.
        (mail, mail_says), (rcpt, rcpt_says), (data, data_says) = (server.getreply() for _line in envelope)
        if data == 354 and (mail, rcpt) != (250, 250) and rcpt != 251:
            # Taken by nobody: an empty message ends it.
            server.send(b".\r\n")
            server.getreply()
        if mail != 250:
            self._start_over(mail)
            raise smtplib.SMTPSenderRefused(mail, mail_says, sender)
        if rcpt not in (250, 251):
            self._start_over(rcpt)
            raise smtplib.SMTPRecipientsRefused({recipient: (rcpt, rcpt_says)})
        if data != 354:
            self._start_over(data)
            raise smtplib.SMTPDataError(data, data_says)
        server.send(smtplib._quote_periods(content) + b".\r\n")  # type: ignore[attr-defined]
        code, says = server.getreply()
        if code != 250:
            self._start_over(code)
            raise smtplib.SMTPDataError(code, says)

    def _start_over(self, code: int) -> None:
        if code == 421:  # the server closes the connection
            raise smtplib.SMTPServerDisconnected("the server has no time")
        self.connection.rset()


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
