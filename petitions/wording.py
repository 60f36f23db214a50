"""Texts that staff write for the public in more than one language, and how texts of citizens are cleaned."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from cms.composing import composed


def localized(source: Any, language: str, field: str = "name") -> str:
    """The text of ``source`` in ``language``, else in the main language, else in any that has one; '' for none.

    ``source`` is a mapping by language, or an object with the columns ``field`` (main language) and ``field_fr``.
    """
    texts = source if isinstance(source, Mapping) else _columns(source, field)
    for code in (language, settings.LANGUAGE_CODE, *texts):
        if texts.get(code):
            return str(texts[code])
    return ""


def _columns(source: Any, field: str) -> dict[str, str]:
    main = settings.LANGUAGE_CODE
    others = (code for code, _name in settings.LANGUAGES if code != main)
    return {main: getattr(source, field)} | {code: getattr(source, f"{field}_{code}", "") for code in others}


def in_order(name: str) -> str:
    """What a name is sorted by: É stands with E."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()


def clean(text: str) -> str:
    """``text`` in NFC, with one kind of line break, without control and other invisible characters, trimmed.

    Joiners (U+200C, U+200D) stay between letters: some scripts are misspelt without them.
    """
    text = composed(text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(
        character for character in text if character in KEPT or unicodedata.category(character) not in UNSEEN
    )
    kept = kept.strip()
    return kept if kept.strip(BLANK) else ""


KEPT = frozenset("\n\t\u200c\u200d")
UNSEEN = frozenset(("Cc", "Cf", "Cs"))
# Letters and marks that show nothing.
BLANK = " \n\t\u200c\u200d\u2800\u3164\uffa0\u115f\u1160\ufe0f\u034f"
