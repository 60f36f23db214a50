"""The kinds of mail. Each app registers its own in ``ready()``; a kind says how its outbox row becomes a message."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mailing.models import Mail, Priority


@dataclass(frozen=True)
class Message:
    """What is sent: ``mail/<template>.txt`` (first line: the subject) rendered in ``language`` with ``context``.

    ``unsubscribe_url`` adds the one-click headers (RFC 8058); give it for bulk mail only.
    """

    to: str
    language: str
    context: dict[str, Any]
    template: str = ""
    unsubscribe_url: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of mail. ``build`` makes the message for an outbox row, or None when nobody is to be mailed any more."""

    name: str
    priority: Priority
    build: Callable[[Mail], Message | None] = field(repr=False)


_kinds: dict[str, Kind] = {}


def register(name: str, *, priority: Priority, build: Callable[[Mail], Message | None]) -> None:
    """Make ``name`` known. Registering a name twice with another builder raises ValueError."""
    if name in _kinds and _kinds[name].build is not build:
        raise ValueError(f"mail kind {name!r} is registered already")
    _kinds[name] = Kind(name=name, priority=priority, build=build)


def get(name: str) -> Kind:
    """The kind of that name. Raises KeyError."""
    return _kinds[name]
