"""The numbers that staff may change, read often and changed seldom."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

import audit.services
from accounts.models import User
from accounts.permissions import require
from cms.kept import Kept
from petitions.models import Limits
from petitions.refusals import Refused

CACHED_SECONDS = 10


def current() -> Limits:
    """The limits in force, at most ten seconds old. Made with its defaults on first use."""
    return _kept()


def forget() -> None:
    """Read the limits anew at the next question."""
    _kept.forget()


@transaction.atomic
def change(*, actor: User, values: dict[str, Any], reason: str, now: datetime) -> Limits:
    """Set the limits in ``values`` (field name -> value) and leave one audit row with old and new values.

    In force everywhere within ten seconds. Raises NotAllowed without ``petitions.change_limits``; Refused without a
    reason, without any change, or for a value out of its bounds (``field`` names it).
    """
    require(actor, "petitions.change_limits")
    if not reason.strip():
        raise Refused(_("Say why the limits change."), "reason")
    _stored()
    limits = Limits.objects.select_for_update().get()
    before = {name: _plain(limits, name) for name in values}
    for name, value in values.items():
        setattr(limits, name, value)
    try:
        limits.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Refused(messages[0], field) from error
    changed = {name: [old, _plain(limits, name)] for name, old in before.items() if old != _plain(limits, name)}
    if not changed:
        raise Refused(_("Nothing was changed."))
    limits.save()
    audit.services.record(
        action="limits.change",
        subject_kind="limits",
        subject_id=limits.pk,
        actor_id=actor.pk,
        reason=reason.strip(),
        details={"changed": changed, "at": now.isoformat()},
    )
    transaction.on_commit(forget)
    return limits


def _stored() -> Limits:
    limits = Limits.objects.first()
    if limits is None:
        Limits.objects.bulk_create([Limits(pk=1)], ignore_conflicts=True)
        limits = Limits.objects.get()
    return limits


_kept = Kept(_stored, seconds=CACHED_SECONDS)


def _plain(limits: Limits, name: str) -> Any:
    value = getattr(limits, name)
    return value.pk if isinstance(value, User) else value
