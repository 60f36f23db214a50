"""How mails leave: to a mail server, or into a folder where there is none."""

import os
import secrets
import smtplib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend

from mailing.compose import Written
from mailing.conversation import Conversation


class ServerBackend(smtp.EmailBackend):
    """Django's, which sends what is written as it is, and reaches addresses with other letters before the @ (RFC 6531).

    A server that can't reach them raises smtplib.SMTPNotSupportedError. All other errors are smtplib's own.
    """

    takes_bytes = True
    _conversation: Conversation | None = None

    def open(self) -> bool | None:
        """As Django's; what the server can do is known then."""
        opened = super().open()
        if opened:
            try:
                self.connection.ehlo_or_helo_if_needed()
            except smtplib.SMTPException:
                self.connection.close()
                raise
        return opened

    def hand_over(self, letters: Iterable[Written | EmailMessage]) -> Iterator[Exception | None]:
        """Send these over the open connection: for each, in order, None once the server has it, else what was raised.

        The letter after the next is asked for while the server takes one. Each leaves only once the word on all before
        it was fetched from here.
        """
        self._conversation = conversation = Conversation(self.connection)
        coming = iter(letters)
        current, following = next(coming, None), next(coming, None)
        while current is not None:
            later = None
            try:
                if isinstance(current, Written):
                    conversation.begin(current)
                    conversation.write(current, following if isinstance(following, Written) else None)
                    later = next(coming, None)
                    conversation.end()
                else:
                    self._send(current)
            except Exception as error:
                yield error
            else:
                yield None
            current, following = following, later or next(coming, None)

    def close(self) -> None:
        """As Django's. In the middle of a mail the server hears no word more, and drops what it did not get whole."""
        if self.connection and self._conversation and self._conversation.under_way:
            self.connection.close()
        self._conversation = None
        super().close()

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

    takes_bytes = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.folder = Path(settings.MAIL_FOLDER)

    def send_messages(self, email_messages: Sequence[Written | EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
            unfinished = self.folder / f".{name}.part"
            with unfinished.open("wb") as file:
                file.write(message.content if isinstance(message, Written) else message.message().as_bytes())
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(self.folder / f"{name}.eml")
        return len(email_messages)
