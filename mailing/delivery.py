"""Handing one mail over: every way in which that can fail, in four words."""

import smtplib
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import structlog
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from mailing.backends import ServerBackend
from mailing.compose import Letter, Written
from mailing.models import Mail

log = structlog.get_logger(__name__)


class Trouble(Exception):
    """What came of a mail that did not leave."""


class ServerTrouble(Trouble):
    """The mail server is away or refuses us: no mail's own fault."""


class Refused(Trouble):
    """This mail is refused for good; the text is a code or a class, never what the server wrote."""


class PutOff(Trouble):
    """This mail is not taken now; the text as with ``Refused``."""


class Failed(Trouble):
    """This mail could not be written or sent, for a fault of ours; the text is its class."""


@contextmanager
def server() -> Iterator[BaseEmailBackend]:
    """The mail server, connected. Raises ServerTrouble when it can't be reached."""
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise ServerTrouble(type(error).__name__) from error
    try:
        yield connection
    finally:
        with suppress(OSError, smtplib.SMTPException):
            connection.close()


def hand_over(
    letters: Iterable[tuple[Mail, Written | Letter]], connection: BaseEmailBackend
) -> Iterator[tuple[Mail, Written | Letter, Trouble | None]]:
    """Give mails to the server, one after the other: for each, in order, None when that is done, else what came of it.

    A server that can take one while the next is made asks for two ahead; no text leaves before the word on all earlier
    ones was fetched from here. After a ServerTrouble there is no use in going on.
    """
    if isinstance(connection, ServerBackend):
        given: deque[tuple[Mail, Written | Letter]] = deque()

        def contents() -> Iterator[Written | Letter]:
            for mail, letter in letters:
                given.append((mail, letter))
                yield letter

        for error in connection.hand_over(contents()):
            yield *given.popleft(), _trouble(error)
    else:
        for mail, letter in letters:
            yield mail, letter, _trouble(_sent(letter, connection))


def _sent(letter: Written | Letter, connection: BaseEmailBackend) -> Exception | None:
    try:
        connection.send_messages([letter])
    except Exception as error:
        return error
    return None


def _trouble(error: Exception | None) -> Trouble | None:
    match error:
        case None:
            return None
        case smtplib.SMTPRecipientsRefused():
            return _of_code(max((code for code, _text in error.recipients.values()), default=550))
        case smtplib.SMTPDataError():
            return _of_code(error.smtp_code)
        case smtplib.SMTPNotSupportedError():
            return Refused("no such letters at our mail server")
        case AnymailRecipientsRefused():
            return Refused("refused by the provider")
        case AnymailAPIError():
            return _of_provider(error)
        case AnymailError():
            return Refused(type(error).__name__)
        case OSError():  # smtplib's are among them
            return ServerTrouble(type(error).__name__)
        case _:
            log.error("mail_not_sent", exc_info=error)
            return Failed(type(error).__name__)


def _of_code(code: int) -> Trouble:
    """For good (5xx) or for now (4xx): RFC 5321, section 4.2.1."""
    if code == 421:
        return ServerTrouble("421")
    return Refused(f"refused with {code}") if code >= 500 else PutOff(f"put off with {code}")


def _of_provider(error: AnymailAPIError) -> Trouble:
    """A provider that refuses one mail says 400 or 422; every other answer, or none, is about us or about itself."""
    status = error.status_code
    return Refused(f"refused with {status}") if status in (400, 413, 422) else ServerTrouble(f"provider {status}")
