"""Guesses, locks, second factors and the ends of sessions: what stands between a name and the staff's screens.

A try is counted before it is judged, in PostgreSQL: tries that come at once, a restart or an absent Redis give nobody
one more. A login with ``MOST_TRIES`` of them takes no password and no code until somebody releases it
(`accounts.services.colleagues.release`). A passkey is no guess: its holder gets in all the same.
"""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from accounts import alerts
from accounts.alerts import Alert
from accounts.models import User
from audit.services import record

MOST_TRIES = 10
STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# Keys in the session.
BEGAN, SEEN, PROVEN = "staff_began", "staff_seen", "staff_proven"
SECONDS_BETWEEN_NOTES = 60  # of when somebody was last seen


def take_try(username: str) -> bool:
    """Count one guess at this login before it is judged; False when there is none left, or no such login.

    The last one may have been a right password that no code followed: then the login is locked now.
    """
    open_to_guess = User.objects.filter(username=username, wrong_tries__lt=MOST_TRIES)
    if open_to_guess.update(wrong_tries=F("wrong_tries") + 1):
        return True
    was_wrong(username, now=timezone.now())
    return False


@transaction.atomic
def was_wrong(username: str, *, now: datetime) -> None:
    """The guess that was taken last was wrong, or none is left: a login without any is locked, its holder mailed."""
    spent = User.objects.select_for_update().filter(username=username, wrong_tries__gte=MOST_TRIES, locked_at=None)
    for user in spent:
        User.objects.filter(pk=user.pk).update(locked_at=now)
        record(action="user.lock", subject_kind="user", subject_id=user.pk)
        alerts.queue(user.pk, Alert.LOCKED, now=now)


def is_password_of(user: User, password: str) -> bool:
    """Whether this is the password of who is signed in. It counts as a guess as it does at the door."""
    if not take_try(user.username):
        return False
    if not user.check_password(password):
        was_wrong(user.username, now=timezone.now())
        return False
    forget_tries(user)
    return True


def forget_tries(user: User) -> None:
    """The right one was given: guesses count from nought again."""
    User.objects.filter(pk=user.pk).exclude(wrong_tries=0, locked_at=None).update(wrong_tries=0, locked_at=None)
    user.wrong_tries, user.locked_at = 0, None  # or whoever stores this user whole would bring them back


def is_first_use(user: User, step: int) -> bool:
    """Whether no code of this half-minute or a later one was taken from ``user`` before; it is taken now."""
    return bool(User.objects.filter(pk=user.pk, code_step__lt=step).update(code_step=step))


def has_second_factor(user: User) -> bool:
    """Whether ``user`` has an app or a passkey. Recovery codes alone are none."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=STRONG).exists()


def may_remove(authenticator: Authenticator) -> bool:
    """Whether the holder may take this factor away: not the last one where one is required."""
    if not settings.STAFF_SECOND_FACTOR:
        return True
    others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=STRONG).exclude(pk=authenticator.pk)
    return others.exists()


def signed_in(request: HttpRequest, user: User, *, now: datetime) -> None:
    """Note in the new session when it began, and whether a second factor stood in the way."""
    forget_tries(user)
    request.session[BEGAN] = request.session[SEEN] = int(now.timestamp())
    request.session[PROVEN] = has_second_factor(user)


@transaction.atomic
def factors_changed(request: HttpRequest, *, act: str) -> None:
    """Audit what the holder of this session did to their own factors, and mail them; their other sessions end."""
    user = User.objects.get(username=request.user.get_username())
    record(action=f"user.{act}", subject_kind="user", subject_id=user.pk, actor_id=user.pk)
    alerts.queue(user.pk, Alert(act))
    end_sessions(user)
    update_session_auth_hash(request, user)
    request.session[PROVEN] = has_second_factor(user)


def end_sessions(user: User) -> None:
    """Every session of ``user`` ends at its next request."""
    User.objects.filter(pk=user.pk).update(session_round=F("session_round") + 1)
    user.refresh_from_db(fields=["session_round"])


def forget_sessions(now: datetime) -> int:
    """Delete sessions whose time is over, and those of strangers who only began to sign in; how many."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]


def is_over(session: SessionBase, *, last_login: datetime | None, now: datetime) -> bool:
    """Whether a session was idle, or lasted, longer than it may. One without notes began with the last sign-in."""
    at = now.timestamp()
    began = session.get(BEGAN, last_login.timestamp() if last_login else at)
    idle = at - session.get(SEEN, began)
    return idle > settings.STAFF_IDLE_MINUTES * 60 or at - began > settings.SESSION_COOKIE_AGE


def note_seen(session: SessionBase, *, now: datetime) -> None:
    """Note that the holder of the session does something; written once a minute at most."""
    at = int(now.timestamp())
    if at - session.get(SEEN, at) >= SECONDS_BETWEEN_NOTES:
        session[SEEN] = at


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether this session may only set one up: they are required here, and none was used or added in it."""
    return settings.STAFF_SECOND_FACTOR and not request.session.get(PROVEN)


def is_new(session: SessionBase) -> bool:
    """Whether its holder signed in just now, and need not prove it again."""
    return timezone.now().timestamp() - session.get(BEGAN, 0) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
