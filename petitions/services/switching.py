"""Pausing and resuming what the whole site takes, and the notice above its pages. In force everywhere in seconds."""

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

import audit.services
from accounts.models import User
from accounts.permissions import require
from petitions import signals, switches
from petitions.models import SigningPause, SiteSwitches
from petitions.models.timeline import EventKind
from petitions.refusals import Refused
from petitions.wording import clean

SWITCH = "petitions.change_switches"
LONGEST_NOTICE = 500

# The entry of the timeline decides who is moved: where it is written already, the deadline has been moved already.
# A petition opened during the pause lost only what was left of it; one whose deadline had come before lost nothing.
MOVE_DEADLINES = """
WITH held_up AS (
    SELECT id, closes_at + (%(ended_at)s::timestamptz - greatest(opened_at, %(began_at)s::timestamptz)) AS moved_to
    FROM petitions_petition
    WHERE state = 'open' AND closes_at > %(began_at)s::timestamptz AND opened_at < %(ended_at)s::timestamptz
    ORDER BY id FOR NO KEY UPDATE
), told AS (
    INSERT INTO petitions_event (
        petition_id, kind, key, happened_at, text, region_text, link, public, tells_creator, tells_signers, details
    )
    SELECT id, %(kind)s, %(key)s, %(ended_at)s::timestamptz, '{}', '{}', '', true, true, false,
        jsonb_build_object(
            'began_at', %(began_at)s::timestamptz, 'ended_at', %(ended_at)s::timestamptz, 'closes_at', moved_to
        )
    FROM held_up
    ON CONFLICT (petition_id, kind, key) DO NOTHING
    RETURNING petition_id
)
UPDATE petitions_petition AS petition SET closes_at = held_up.moved_to, updated_at = %(ended_at)s::timestamptz
FROM held_up JOIN told ON told.petition_id = held_up.id
WHERE petition.id = held_up.id
RETURNING petition.id
"""
# One statement moves every open petition: more than a web process gives to others.
PATIENCE = "SET LOCAL statement_timeout = '60s'; SET LOCAL lock_timeout = '20s'"


@transaction.atomic
def pause_signing(*, actor: User, reason: str, now: datetime) -> SigningPause:
    """Take no signature and no confirmation anywhere, and close no petition, until signing is resumed.

    Raises NotAllowed without ``petitions.change_switches``; Refused without a reason or while it is paused already.
    """
    reason = _checked(actor, reason)
    _row()
    if SigningPause.objects.filter(ended_at=None).exists():
        raise Refused(_("Signing is paused already."))
    pause = SigningPause.objects.create(began_at=now)
    _record("pause_signing", actor, reason, {"pause": pause.pk, "began_at": now.isoformat()})
    return pause


@transaction.atomic
def resume_signing(*, actor: User, reason: str, now: datetime) -> int:
    """End the pause and move the deadline of each open petition by the time that it lost; how many were moved.

    Each is moved once and its timeline says so. Raises NotAllowed; Refused without a reason or when it is not paused.
    """
    reason = _checked(actor, reason)
    _row()
    pause = SigningPause.objects.select_for_update().filter(ended_at=None).first()
    if pause is None:
        raise Refused(_("Signing is not paused."))
    pause.ended_at = max(now, pause.began_at)
    pause.save()
    moved = _move_deadlines(pause)
    times = {"began_at": pause.began_at.isoformat(), "ended_at": pause.ended_at.isoformat()}
    _record("resume_signing", actor, reason, {"pause": pause.pk, "moved": len(moved), **times})
    for petition_id in moved:
        signals.announce(signals.petition_changed, petition_id=petition_id)
    return len(moved)


def _move_deadlines(pause: SigningPause) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE)
        given = {"began_at": pause.began_at, "ended_at": pause.ended_at}
        cursor.execute(MOVE_DEADLINES, {**given, "kind": EventKind.DEADLINE_MOVED, "key": f"pause-{pause.pk}"})
        return sorted(row[0] for row in cursor.fetchall())


@transaction.atomic
def pause_creation(*, actor: User, reason: str, now: datetime) -> None:
    """Take no new petitions until creation is resumed; what was handed in goes on.

    Raises NotAllowed; Refused without a reason or while it is paused already.
    """
    reason = _checked(actor, reason)
    row = _row()
    if row.creation_paused_at:
        raise Refused(_("Starting petitions is paused already."))
    row.creation_paused_at = now
    row.save()
    _record("pause_creation", actor, reason, {"began_at": now.isoformat()})


@transaction.atomic
def resume_creation(*, actor: User, reason: str, now: datetime) -> None:
    """Take new petitions again. Raises NotAllowed; Refused without a reason or when it is not paused."""
    reason = _checked(actor, reason)
    row = _row()
    if row.creation_paused_at is None:
        raise Refused(_("Starting petitions is not paused."))
    began_at, row.creation_paused_at = row.creation_paused_at, None
    row.save()
    _record("resume_creation", actor, reason, {"began_at": began_at.isoformat(), "ended_at": now.isoformat()})


@transaction.atomic
def set_notice(*, actor: User, notice: str, notice_fr: str, reason: str, now: datetime) -> None:
    """Show this notice above every public page, in the page's language; two empty texts take it away.

    Raises NotAllowed; Refused without a reason, in one language only, when too long, or when nothing changes.
    """
    reason = _checked(actor, reason)
    row = _row()
    after = {"notice": clean(notice), "notice_fr": clean(notice_fr)}
    for field, text in after.items():
        if not text and any(after.values()):
            raise Refused(_("Write the notice in every language of the site."), field)
        if len(text) > LONGEST_NOTICE:
            raise Refused(_("The notice may have %(most)d characters.") % {"most": LONGEST_NOTICE}, field)
    before = {field: getattr(row, field) for field in after}
    if before == after:
        raise Refused(_("Nothing was changed."))
    row.notice, row.notice_fr = after["notice"], after["notice_fr"]
    row.save()
    _record("set_notice", actor, reason, {"before": before, "after": after, "at": now.isoformat()})


def _checked(actor: User, reason: str) -> str:
    require(actor, SWITCH)
    if not (reason := clean(reason)):
        raise Refused(_("Say why."), "reason")
    return reason


def _row() -> SiteSwitches:
    """The one row, locked: administrators switch one after the other."""
    SiteSwitches.objects.bulk_create([SiteSwitches(pk=1)], ignore_conflicts=True)
    return SiteSwitches.objects.select_for_update().get()


def _record(act: str, actor: User, reason: str, details: dict[str, object]) -> None:
    audit.services.record(
        action=f"switches.{act}",
        subject_kind="switches",
        subject_id=1,
        actor_id=actor.pk,
        reason=reason,
        details=details,
    )
    transaction.on_commit(switches.forget)
