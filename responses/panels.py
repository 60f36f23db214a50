"""What this room shows on the home page."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from cms.languages import current_language
from responses import selectors, tracker

OWED_SHOWN = 5


def recently_answered(request: HttpRequest, context: dict[str, Any]) -> str:
    """The newest answers; nothing before the first."""
    recent = selectors.recent_answers(current_language())
    return render_to_string("responses/panels/recently_answered.html", {"answers": recent}, request) if recent else ""


def answers_owed(request: HttpRequest, context: dict[str, Any]) -> str:
    """The answers that are owed longest; nothing when none is owed."""
    language, today = current_language(), timezone.localdate()
    rows = tracker.shown(tracker.owed_cases()[:OWED_SHOWN], language, today)
    return render_to_string("responses/panels/answers_owed.html", {"rows": rows}, request) if rows else ""
