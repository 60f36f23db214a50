"""Correcting a text that people have signed."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from petitions import signals
from petitions.lifecycle import OPENED
from petitions.models import Correction
from petitions.models.timeline import EventKind
from petitions.refusals import Refused
from petitions.services import texts
from petitions.services.events import record_event
from petitions.services.steps import lock_for_moderator, record, save
from petitions.wording import clean


@transaction.atomic
def correct(
    *,
    petition_id: int,
    moderator: User,
    title: str,
    ask: str,
    detail: str,
    note: dict[str, str],
    hide_earlier: bool = False,
    now: datetime,
) -> Correction:
    """Change the text of an open or closed petition, with a public dated note by language.

    The text as people signed it stays readable beside it unless ``hide_earlier``. Raises NotAllowed; Refused in
    another state, without a note in the petition's language, without any change, or for a text out of the limits.
    """
    petition = lock_for_moderator(petition_id, moderator)
    if petition.state not in OPENED:
        raise Refused(_("Only a petition that is or was open for signatures is corrected."))
    text = texts.checked(title=title, ask=ask, detail=detail, present=petition)
    note = _checked_note(note, petition.language)
    earlier = texts.Text(title=petition.title, ask=petition.ask, detail=petition.detail)
    if text == earlier:
        raise Refused(_("Nothing was changed."), "title")
    correction = Correction.objects.create(
        petition=petition,
        at=now,
        note=note,
        title=earlier.title,
        ask=earlier.ask,
        detail=earlier.detail,
        hidden=hide_earlier,
        made_by=moderator,
    )
    text.put_on(petition)
    save(petition, now)
    record_event(
        petition_id=petition_id,
        kind=EventKind.CORRECTED,
        key=str(correction.pk),
        text=note,
        details={"correction": correction.pk},
        tells_creator=True,
        tells_signers=True,  # it is their signature that stands under another text now
        now=now,
    )
    changed = [field for field in texts.FIELDS if getattr(text, field) != getattr(earlier, field)]
    record(
        "correct",
        petition_id,
        actor=moderator,
        reason=note[petition.language],
        details={"correction": correction.pk, "fields": changed, "hide_earlier": hide_earlier},
    )
    signals.announce(signals.petition_changed, petition_id=petition_id)
    return correction


def _checked_note(note: dict[str, str], language: str) -> dict[str, str]:
    languages = dict(settings.LANGUAGES)
    note = {code: clean(words) for code, words in note.items() if code in languages and clean(words)}
    if language not in note:
        raise Refused(_("Write a note in the petition’s language for the public."), f"note_{language}")
    return note
