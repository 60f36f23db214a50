"""The kinds of mail. Each app registers its own in ``ready()``; a kind says how its outbox rows become messages."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from mailing.models import Mail, Priority


@dataclass(frozen=True)
class Message:
    """What is sent: ``mail/<template>.txt`` (first line: the subject) rendered in ``language`` with ``context``.

    ``personal`` are texts that stand under their names beside the context; a text that begins with our address and has
    a line of its own becomes a link. Messages of one template and language with the same ``form`` (None: this one only)
    have equal contexts: they are rendered once, and only what is personal is put in for each. A template must not
    decide by a personal text.

    ``unsubscribe_url`` adds the one-click headers (RFC 8058); give it for bulk mail only. A message with one of its
    ``address_keys`` in ``Suppression`` is not sent.
    """

    to: str
    language: str
    context: dict[str, Any]
    template: str = ""
    personal: dict[str, str] = field(default_factory=dict)
    form: Hashable = None
    unsubscribe_url: str = ""
    address_keys: tuple[bytes, ...] = ()


Build = Callable[[Mail], Message | None]


@dataclass(frozen=True)
class Kind:
    """A kind of mail. ``build`` makes the message for an outbox row, or None when nobody is to be mailed any more.

    ``prepare`` gets all rows of a batch and gives the ``build`` for them, so that what they need is read in one go.
    """

    name: str
    priority: Priority
    prepare: Callable[[Sequence[Mail]], Build] = field(repr=False)


_kinds: dict[str, Kind] = {}


def register(
    name: str,
    *,
    priority: Priority,
    build: Build | None = None,
    prepare: Callable[[Sequence[Mail]], Build] | None = None,
) -> None:
    """Make ``name`` known, by how one mail is built or how a batch is prepared. Raises ValueError for a known name."""
    if name in _kinds:
        raise ValueError(f"mail kind {name!r} is registered already")
    if prepare is None:
        if build is None:
            raise ValueError(f"mail kind {name!r} needs a way to be built")
        one = build
        prepare = lambda _mails: one  # noqa: E731
    _kinds[name] = Kind(name=name, priority=priority, prepare=prepare)


def get(name: str) -> Kind:
    """The kind of that name. Raises KeyError."""
    return _kinds[name]


def message_of(mail: Mail) -> Message | None:
    """The message of one outbox row as it would be sent now. Raises KeyError for an unknown kind."""
    return get(mail.kind).prepare([mail])(mail)
