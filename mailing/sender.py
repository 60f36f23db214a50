"""Sending what is due. The table is the queue: whoever is killed at any moment loses nothing.

Mails are claimed for a while and marked one by one as they leave; after a kill those that were claimed and not marked
are claimed again when their time is over. One mail at most was handed over and not marked: it may go out twice.
"""

import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

import structlog
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from mailing import kinds
from mailing.compose import compose
from mailing.models import Mail, MailState

log = structlog.get_logger(__name__)

BATCH = 50
LEASE = timedelta(minutes=2)
# A batch ends well before its lease: a slow mail server must not have its mails sent by somebody else meanwhile.
BATCH_SECONDS = 30.0
RUN_SECONDS = 45.0
SERVER_AWAY = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(hours=24)

CLAIM = """
UPDATE mailing_mail SET leased_until = %(now)s + %(lease)s, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM mailing_mail
    WHERE state = 'queued' AND due_at <= %(now)s AND (leased_until IS NULL OR leased_until <= %(now)s)
    ORDER BY priority, due_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
)
RETURNING id
"""
_SENDER_LOCK = 0x5E4D


class ServerTrouble(Exception):
    """The mail server is away or refuses us: no mail's own fault."""


def send_due(now: datetime) -> int:
    """Send what is due, confirmations first, for at most 45 seconds; how many left.

    One run at a time: a second one returns at once, so that the other jobs of a worker are not kept waiting.
    """
    sent, ends = 0, time.monotonic() + RUN_SECONDS
    with _only_one() as mine:
        while mine and time.monotonic() < ends:
            began = time.monotonic()
            batch = _claim(now)
            if not batch:
                break
            sent += _send_batch(batch, now)
            if Mail.objects.filter(pk__in=[mail.pk for mail in batch], state=MailState.QUEUED).exists():
                break
            now += timedelta(seconds=time.monotonic() - began)
    return sent


@contextmanager
def _only_one() -> Iterator[bool]:
    # Held by the connection, so that a killed sender lets go at once.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_SENDER_LOCK])
        mine = cursor.fetchone()[0]
        try:
            yield mine
        finally:
            if mine:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_SENDER_LOCK])


def _claim(now: datetime) -> list[Mail]:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": now, "lease": LEASE, "batch": BATCH})
        claimed = [row[0] for row in cursor.fetchall()]
    return sorted(Mail.objects.filter(pk__in=claimed), key=lambda mail: (mail.priority, mail.due_at, mail.pk))


def _send_batch(batch: list[Mail], now: datetime) -> int:
    """Send a claimed batch over one connection; give back what can't leave now."""
    ends, sent = time.monotonic() + BATCH_SECONDS, 0
    server = get_connection()
    try:
        server.open()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail_server_away", error=type(error).__name__, waiting=len(batch))
        _give_back(batch, now + SERVER_AWAY)
        return 0
    try:
        for place, mail in enumerate(batch):
            if time.monotonic() > ends:
                _give_back(batch[place:], now)
                break
            sent += _send(mail, server, now)
    except ServerTrouble as trouble:
        log.warning("mail_server_trouble", error=str(trouble), waiting=len(batch) - place)
        # The one that met the trouble steps back: should it be its own fault, the others get past it.
        _retry(mail, str(trouble), now)
        _give_back(batch[place + 1 :], now + SERVER_AWAY)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.close()
    return sent


def _send(mail: Mail, server: BaseEmailBackend, now: datetime) -> bool:
    """Send one mail and mark it; whether it left. Raises ServerTrouble."""
    try:
        message = kinds.get(mail.kind).build(mail)
        email = compose(mail, message) if message else None
    except Exception as error:
        # A mail that can't be made must not hold up the others.
        log.exception("mail_not_made", mail=mail.pk, kind=mail.kind)
        _retry(mail, type(error).__name__, now)
        return False
    if email is None:
        _mark(mail, state=MailState.DROPPED, leased_until=None)
        return False
    try:
        email.connection = server
        email.send()
    except smtplib.SMTPRecipientsRefused as error:
        code = max((code for code, _text in error.recipients.values()), default=550)
        _refused(mail, code, now)
        return False
    except smtplib.SMTPDataError as error:
        _refused(mail, error.smtp_code, now)
        return False
    except smtplib.SMTPNotSupportedError:
        _mark(mail, state=MailState.FAILED, leased_until=None, error="no such letters at our mail server")
        return False
    except (OSError, smtplib.SMTPException) as error:
        raise ServerTrouble(type(error).__name__) from error
    except Exception as error:
        log.exception("mail_not_sent", mail=mail.pk, kind=mail.kind)
        _retry(mail, type(error).__name__, now)
        return False
    _mark(mail, state=MailState.SENT, sent_at=now, leased_until=None, error="")
    return True


def _refused(mail: Mail, code: int, now: datetime) -> None:
    """The server took no mail for this recipient: for good (5xx) or for now (4xx). RFC 5321, section 4.2.1."""
    if code >= 500:
        log.info("mail_failed", mail=mail.pk, kind=mail.kind, code=code)
        _mark(mail, state=MailState.FAILED, leased_until=None, error=f"refused with {code}")
    else:
        _retry(mail, f"put off with {code}", now)


def _retry(mail: Mail, error: str, now: datetime) -> None:
    if now - mail.created_at > GIVE_UP_AFTER:
        _mark(mail, state=MailState.FAILED, leased_until=None, error=error)
    else:
        wait = min(timedelta(seconds=30) * 2 ** min(mail.attempts, 10), LONGEST_WAIT)
        _mark(mail, due_at=now + wait, leased_until=None, error=error)


def _give_back(mails: list[Mail], due_at: datetime) -> None:
    """Let these be claimed again. What was not tried does not count as tried."""
    for mail in mails:
        _mark(mail, due_at=due_at, leased_until=None, attempts=max(mail.attempts - 1, 0))


def _mark(mail: Mail, **fields: object) -> None:
    Mail.objects.filter(pk=mail.pk).update(**fields)
