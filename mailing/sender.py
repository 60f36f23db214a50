"""Sending what is due. The table is the queue: whoever is killed at any moment loses nothing.

One sender at a time, by a lock of its connection: a killed one lets go at once, and the next finds in the table what
did not leave. Each mail is marked as soon as the server has taken it; the one in between may go out twice. Bulk mails,
which come by the million, are marked together: of those up to fifty may.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

import structlog
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from mailing import delivery, kinds, pace
from mailing.compose import Letter, Written, compose, write
from mailing.delivery import PutOff, Refused, ServerTrouble, Trouble
from mailing.kinds import Message
from mailing.models import Mail, MailState, Priority

log = structlog.get_logger(__name__)

# A batch is what leaves in a second, so that a confirmation waits for no more; these are the least and the most.
BATCH, LARGEST_BATCH = 100, 1000
BATCH_SECONDS = 1.0
# So many may leave twice: bulk mails if the sender is killed, all if the database is. Their marks wait for the disk
# together.
SURE_AFTER = 50
RUN_SECONDS = 45.0
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(hours=24)
FEWEST_TRIES = 3
# Columns of a mail that are read of one that does not leave only, or never.
SELDOM_READ = ("state", "created_at", "sent_at", "error")
# So many in a row put off: it is the server, not the recipients.
PUT_OFF_IN_A_ROW = 10
# Whoever puts one mail off gets no other for as long.
REST = timedelta(seconds=10)
# A turn missed by more has to be taken anew: after an outage nobody gets all at once.
TURN_LASTS = timedelta(seconds=30)

SENT = """
UPDATE mailing_mail SET state = 'sent', sent_at = %s, attempts = attempts + 1, error = ''
WHERE id = ANY (%s::bigint[])
"""
NOTED = """
INSERT INTO mailing_lastsent ("only", at) VALUES (true, %s) ON CONFLICT ("only") DO UPDATE SET at = EXCLUDED.at
"""
SURE = f"WITH marked AS ({SENT}) {NOTED}"
# A mark that does not wait for the disk: a killed sender loses none. A database that is killed itself may forget those
# since the last one that waited for all, at most 50, whose mails then leave once more.
LIGHT = f"SET LOCAL synchronous_commit = off; {SENT}"
SUPPRESSED = "SELECT address_key FROM mailing_suppression WHERE address_key = ANY (%s::bytea[])"
WAIT = """
UPDATE mailing_mail AS mail SET due_at = turn.at, has_slot = true
FROM unnest(%s::bigint[], %s::timestamptz[]) AS turn (id, at) WHERE mail.id = turn.id
"""
_SENDER_LOCK = 0x5E4D


@dataclass
class Run:
    """What one run has done so far. ``now`` goes on with the clock."""

    began: datetime
    started: float = field(default_factory=time.monotonic)
    sent: int = 0
    put_off_in_a_row: int = 0
    batch: int = field(default_factory=lambda: BATCH)
    unmarked: list[int] = field(default_factory=list)  # bulk mails that the server has taken

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def now(self) -> datetime:
        return self.began + timedelta(seconds=self.seconds)


def send_due(now: datetime) -> int:
    """Send what is due, confirmations first, for at most 45 seconds; how many left.

    One run at a time: a second one returns at once, so that the other jobs of a worker are not kept waiting.
    """
    run = Run(now)
    with _only_one() as mine:
        try:
            while mine and run.seconds < RUN_SECONDS and (batch := _due(run.now, run.batch)):
                _send_batch(batch, run)
        except ServerTrouble as trouble:
            log.warning("mail_server_trouble", error=str(trouble))
    return run.sent


@contextmanager
def _only_one() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_SENDER_LOCK])
        mine = cursor.fetchone()[0]
        try:
            yield mine
        finally:
            if mine:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_SENDER_LOCK])


def _due(now: datetime, size: int) -> list[Mail]:
    """The next batch: what somebody waits for before what can wait, each the longest due first."""
    batch: list[Mail] = []
    for priority in Priority:
        # One by one: each is the beginning of a stretch of the index, however much of another waits.
        due = Mail.objects.filter(state=MailState.QUEUED, priority=priority, due_at__lte=now).order_by("due_at")
        due = due.defer(*SELDOM_READ)
        batch += due[: size - len(batch)]
        if len(batch) == size:
            break
    return batch


def _send_batch(batch: list[Mail], run: Run) -> None:
    """Send a batch over one connection. Raises ServerTrouble; what did not leave is due as before."""
    began, sent_before = run.seconds, run.sent
    wanted = _wanted(_made(batch, run.now))
    if not wanted:
        return
    with delivery.server() as server:
        try:
            # No turn is taken while the server is away: what is due stays so, and is seen to be late.
            letters = _letters(_in_turn(wanted, run.now), server, run)
            for number, (mail, letter, trouble) in enumerate(delivery.hand_over(letters, server), 1):
                _note(mail, letter, trouble, run)
                if number % SURE_AFTER == 0:
                    _make_sure(run)
        finally:
            if run.sent > sent_before:
                _make_sure(run)
    in_time = int((run.sent - sent_before) * BATCH_SECONDS / max(run.seconds - began, 0.001))
    run.batch = max(BATCH, min(LARGEST_BATCH, in_time))


def _made(batch: list[Mail], now: datetime) -> Iterator[tuple[Mail, Message]]:
    """What these mails say, and to whom. One that can't be made, or that nobody needs, does not hold up the others."""
    for kind, group in groupby(sorted(batch, key=lambda mail: (mail.priority, mail.kind)), key=lambda mail: mail.kind):
        mails = list(group)  # the longest due first, as they come
        try:
            build = kinds.get(kind).prepare(mails)
        except Exception as error:
            log.exception("mails_not_prepared", kind=kind, mails=len(mails))
            for mail in mails:
                _again(mail, type(error).__name__, now)
            continue
        for mail in mails:
            try:
                message = build(mail)
            except Exception as error:
                log.exception("mail_not_made", mail=mail.pk, kind=mail.kind)
                _again(mail, type(error).__name__, now)
                continue
            if message is None:
                _mark(mail, state=MailState.DROPPED)
            else:
                yield mail, message


def _wanted(made: Iterator[tuple[Mail, Message]]) -> list[tuple[Mail, Message]]:
    """Without those to mailboxes that are never mailed."""
    messages = list(made)
    keys = {key for _mail, message in messages for key in message.address_keys}
    with connection.cursor() as cursor:
        cursor.execute(SUPPRESSED, [_array(f'"\\\\x{key.hex()}"' for key in keys)])
        never = {bytes(key) for (key,) in cursor.fetchall()}
    wanted = []
    for mail, message in messages:
        if never and not never.isdisjoint(message.address_keys):
            _mark(mail, state=MailState.DROPPED, error="never mailed")
        else:
            wanted.append((mail, message))
    return wanted


def _in_turn(messages: list[tuple[Mail, Message]], now: datetime) -> list[tuple[Mail, Message]]:
    """Those whose receiver may have them now; the others get a time at which it may."""
    new = [(mail, message.to) for mail, message in messages if not (mail.has_slot and mail.due_at > now - TURN_LASTS)]
    later = {mail_id: at for mail_id, at in pace.turns(new, now).items() if at > now}
    if later:
        with connection.cursor() as cursor:
            cursor.execute(WAIT, [list(later), list(later.values())])
    return [(mail, message) for mail, message in messages if mail.pk not in later]


def _make_sure(run: Run) -> None:
    """Mark what the server has taken, and wait until this and all earlier marks are on disk."""
    taken, run.unmarked = run.unmarked, []
    with connection.cursor() as cursor:
        cursor.execute(SURE, [run.now, _array(taken), run.now])


def _letters(
    messages: list[tuple[Mail, Message]], server: BaseEmailBackend, run: Run
) -> Iterator[tuple[Mail, Written | Letter]]:
    """Each as it is sent, made when it is asked for."""
    as_bytes = getattr(server, "takes_bytes", False)
    for mail, message in messages:
        try:
            letter = (as_bytes and write(mail, message)) or compose(mail, message)
        except Exception as error:
            log.exception("mail_not_written", mail=mail.pk, kind=mail.kind)
            _again(mail, type(error).__name__, run.now)
        else:
            yield mail, letter


def _note(mail: Mail, letter: Written | Letter, trouble: Trouble | None, run: Run) -> None:
    """Mark a mail by what came of it. Raises ServerTrouble."""
    match trouble:
        case None:
            if mail.priority == Priority.BULK:
                run.unmarked.append(mail.pk)
            else:
                with connection.cursor() as cursor:
                    cursor.execute(LIGHT, [run.now, _array([mail.pk])])
            run.sent += 1
            run.put_off_in_a_row = 0
        case Refused():
            log.info("mail_failed", mail=mail.pk, kind=mail.kind, error=str(trouble))
            _mark(mail, state=MailState.FAILED, attempts=mail.attempts + 1, error=str(trouble))
        case PutOff():
            _again(mail, str(trouble), run.now)
            pace.rest([(letter.recipient, mail.priority == Priority.BULK)], run.now + REST)
            run.put_off_in_a_row += 1
            if run.put_off_in_a_row >= PUT_OFF_IN_A_ROW:
                raise ServerTrouble(str(trouble))
        case ServerTrouble():
            # The one that met the trouble steps back: should it be its own fault, the others get past it.
            _again(mail, str(trouble), run.now)
            raise trouble
        case _:
            _again(mail, str(trouble), run.now)


def _again(mail: Mail, error: str, now: datetime) -> None:
    """Another try after growing patience; none after a day and three tries."""
    attempts = mail.attempts + 1
    if now - mail.created_at > GIVE_UP_AFTER and attempts >= FEWEST_TRIES:
        _mark(mail, state=MailState.FAILED, attempts=attempts, error=error)
    else:
        wait = min(timedelta(seconds=30) * 2 ** min(attempts - 1, 10), LONGEST_WAIT)
        _mark(mail, due_at=now + wait, has_slot=False, attempts=attempts, error=error)


def _array(values: Iterable[object]) -> str:
    """An array as text: a list is taken apart by the driver, at the price of making a mail."""
    return f"{{{','.join(map(str, values))}}}"


def _mark(mail: Mail, **fields: object) -> None:
    Mail.objects.filter(pk=mail.pk).update(**fields)
