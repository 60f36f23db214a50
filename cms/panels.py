"""Places on public pages that other apps fill.

An app registers in its `AppConfig.ready()` what it shows; the page's template names the slot.
A panel that fails is logged and left out: a page is worth more than one of its parts.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

import structlog
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

log = structlog.get_logger(__name__)

Render = Callable[[HttpRequest, dict[str, Any]], str]

SLOTS = frozenset({"home", "notice", "petition", "reasons"})


class Panel(NamedTuple):
    order: int
    name: str
    render: Render


_panels: dict[str, dict[str, Panel]] = defaultdict(dict)


def register(slot: str, name: str, render: Render, order: int = 100) -> None:
    """Show what `render(request, context)` returns in this slot, in ascending order.

    Registering a name again replaces it. An unknown slot is a ValueError: it would never be shown.
    """
    if slot not in SLOTS:
        raise ValueError(f"unknown slot: {slot}")
    _panels[slot][name] = Panel(order, name, render)


def unregister(slot: str, name: str) -> None:
    """Take a panel out again; nothing happens if it is not there."""
    _panels[slot].pop(name, None)


def render_slot(slot: str, request: HttpRequest, context: dict[str, Any]) -> SafeString:
    """The panels of a slot, one after the other. Texts that are not marked safe are escaped."""
    parts = []
    for panel in sorted(_panels[slot].values()):
        try:
            parts.append(conditional_escape(panel.render(request, context)))
        except Exception as error:
            log.exception("panel_failed", slot=slot, panel=panel.name, error=type(error).__name__)
    return mark_safe("".join(parts))  # noqa: S308 -- every part was escaped above
