"""Who of the staff may do what: one question, asked by every service that staff call."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from accounts.models import User


class NotAllowed(PermissionDenied):
    """The actor has no right to the act. A view that lets it pass answers 403."""


def allowed(actor: User | AnonymousUser, permission: str) -> bool:
    """Whether ``actor`` holds ``permission`` (``app.codename``). An active superuser holds every one."""
    return actor.is_active and actor.has_perm(permission)


def require(actor: User | AnonymousUser, permission: str) -> None:
    """Pass when ``actor`` holds ``permission``. Raises NotAllowed."""
    if not allowed(actor, permission):
        raise NotAllowed(permission)
