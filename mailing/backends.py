"""How mails leave: to a mail server, or into a folder where there is none."""

import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend


class ServerBackend(smtp.EmailBackend):
    """Django's, which also reaches addresses with other letters before the @ (RFC 6531).

    A server that can't do that raises smtplib.SMTPNotSupportedError.
    """

    def _send(self, email_message: EmailMessage) -> bool:
        recipients = email_message.recipients()
        if all(recipient.rpartition("@")[0].isascii() for recipient in recipients):
            return super()._send(email_message)
        message = message_from_bytes(email_message.message().as_bytes(), policy=policy.SMTPUTF8)
        del message["To"]
        message["To"] = ", ".join(recipients)
        self.connection.ehlo_or_helo_if_needed()
        self.connection.send_message(message, to_addrs=recipients)
        return True


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
                file.write(message.message().as_bytes())
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(self.folder / f"{name}.eml")
        return len(email_messages)
