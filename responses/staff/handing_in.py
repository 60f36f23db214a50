"""The button of the answer's editor that saves the text and hands it in, beside the one that saves."""

from typing import Any

from django.forms import Media
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.admin.action_menu import ActionMenuItem

from accounts.permissions import allowed
from responses import lifecycle
from responses.models import AnswerPage
from responses.staff.act import ASSIGN, DRAFT

HAND_IN = "action-hand-in"


class HandInMenuItem(ActionMenuItem):
    """Saves the text and hands it in: from the editor in one press."""

    name = HAND_IN
    label = _("Hand in for review")
    icon_name = "resubmit"
    classname = "button-secondary rd-hand-in"
    order = 5

    def is_shown(self, context: dict[str, Any]) -> bool:
        page, user = context.get("page"), context["request"].user
        return (
            context["view"] == "edit"
            and isinstance(page, AnswerPage)
            and any(allowed(user, right) for right in (DRAFT, ASSIGN))
            and lifecycle.allows(page.case.state, lifecycle.Act.SUBMIT)
        )


class Beside(ActionMenuItem):
    """Two buttons in the place of one: neither waits in the menu."""

    def __init__(self, first: ActionMenuItem, second: ActionMenuItem) -> None:
        super().__init__(order=first.order)
        self._both = first, second

    def render_html(self, parent_context: dict[str, Any]) -> SafeString:
        return format_html("{}{}", *(item.render_html(parent_context) for item in self._both))

    @property
    def media(self) -> Media:
        first, second = self._both
        return first.media + second.media


def beside_save(items: list[ActionMenuItem]) -> None:
    """Take the button out of the menu and put it beside the first."""
    hand_in = next((item for item in items[1:] if item.name == HAND_IN), None)
    if hand_in:
        items.remove(hand_in)
        items[0] = Beside(items[0], hand_in)
