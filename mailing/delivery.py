"""Handing one mail over: every way in which that can fail, in four words."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from mailing.compose import Letter


class ServerTrouble(Exception):
    """The mail server is away or refuses us: no mail's own fault."""


class Refused(Exception):
    """This mail is refused for good; the text is a code or a class, never what the server wrote."""


class PutOff(Exception):
    """This mail is not taken now; the text as with ``Refused``."""


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


def hand_over(letter: Letter, connection: BaseEmailBackend) -> None:
    """Give one mail to the server: done when this returns. Raises Refused, PutOff or ServerTrouble."""
    try:
        connection.send_messages([letter])
    except smtplib.SMTPRecipientsRefused as error:
        raise _of_code(max((code for code, _text in error.recipients.values()), default=550)) from error
    except smtplib.SMTPDataError as error:
        raise _of_code(error.smtp_code) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Refused("no such letters at our mail server") from error
    except AnymailRecipientsRefused as error:
        raise Refused("refused by the provider") from error
    except AnymailAPIError as error:
        raise _of_provider(error) from error
    except AnymailError as error:
        raise Refused(type(error).__name__) from error
    except (OSError, smtplib.SMTPException) as error:
        raise ServerTrouble(type(error).__name__) from error


def _of_code(code: int) -> Exception:
    """For good (5xx) or for now (4xx): RFC 5321, section 4.2.1."""
    if code == 421:
        return ServerTrouble("421")
    return Refused(f"refused with {code}") if code >= 500 else PutOff(f"put off with {code}")


def _of_provider(error: AnymailAPIError) -> Exception:
    """A provider that refuses one mail says 400 or 422; every other answer, or none, is about us or about itself."""
    status = error.status_code
    return Refused(f"refused with {status}") if status in (400, 413, 422) else ServerTrouble(f"provider {status}")
