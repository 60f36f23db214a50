"""Words about a case that the public reads before its answer, and that its creators are told."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

import petitions.services
from cms.languages import main_language
from petitions.models.timeline import EventKind
from petitions.services import Refused
from responses.models import Case
from responses.services import steps


def tell_creators(case: Case, what: str, *, key: str, text: dict[str, str], now: datetime, **details: Any) -> None:
    """A public entry of kind *update* that mails the creators; ``what`` and ``key`` together happen once."""
    for petition_id in steps.petition_ids(case):
        petitions.services.record_event(
            petition_id=petition_id,
            kind=EventKind.UPDATE,
            key=f"{what}:{key}",
            text=text,
            details={"what": what, "due_on": str(case.due_on), **details},
            tells_creator=True,
            now=now,
        )


def public_text(text: dict[str, str], *, field: str, missing: str, longest: int) -> dict[str, str]:
    """The words by language, trimmed. Raises Refused without the main language, or when one is too long."""
    texts = {language: words.strip() for language, words in text.items() if words.strip()}
    if main_language() not in texts:
        raise Refused(missing, f"{field}_{main_language()}")
    for language, words in texts.items():
        if len(words) > longest:
            raise Refused(_("Use at most %(limit)s characters.") % {"limit": longest}, f"{field}_{language}")
    return texts
