"""The words on top of a copy: that it is one, and of when."""

import re
from datetime import UTC, datetime

from django.template.loader import render_to_string
from django.utils import timezone, translation

from cms.languages import codes

HOLE = "00:00"
MAIN = re.compile(rb"<main\b[^>]*>")


class Notices:
    """The notice in every language, made once."""

    def __init__(self) -> None:
        self._made = {}
        for language in codes():
            with translation.override(language):
                self._made[language] = render_to_string("cms/aged_copy.html", {"time": HOLE})

    def on(self, body: bytes, *, language: str, made_at: float) -> bytes:
        """The HTML with the notice as the first thing of its main part."""
        clock = timezone.localtime(datetime.fromtimestamp(made_at, UTC)).strftime("%H:%M")
        words = self._made[language].replace(HOLE, clock).encode()
        return MAIN.sub(lambda found: found[0] + words, body, count=1)
