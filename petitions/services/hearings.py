"""A debate or hearing on petitions: planned, held or refused. Kept here for pages, lists and JSON."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction

from cms.languages import main_language
from petitions import signals
from petitions.models import Hearing, Petition
from petitions.services.steps import save
from petitions.wording import localized


class HearingState(StrEnum):
    """How far a hearing is."""

    PLANNED = "planned"
    HELD = "held"
    REFUSED = "not_heard"


@transaction.atomic
def record_hearing(
    *,
    petition_ids: Sequence[int],
    state: HearingState,
    day: date,
    texts: dict[str, str],
    links: dict[str, str] | None = None,
    now: datetime,
) -> None:
    """Show a hearing on these petitions: that it is planned for ``day``, was held on it, or was refused.

    ``texts`` are staff's words by language; ``links`` by the names of the UK API (``transcript_url``, ``video_url``):
    those given take the place of earlier ones. The moment of the first outcome stays. Raises Petition.DoesNotExist.
    """
    wanted = set(petition_ids)
    petitions = list(Petition.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
    if len(petitions) != len(wanted):
        raise Petition.DoesNotExist
    for petition in petitions:
        hearing = Hearing.objects.filter(petition=petition).first() or Hearing(petition=petition)
        _set(hearing, state, day, now)
        hearing.texts, hearing.overview = texts, localized(texts, main_language())
        hearing.links = hearing.links | {name: url for name, url in (links or {}).items() if url}
        hearing.save()
        save(petition, now)
        signals.announce(signals.petition_changed, petition_id=petition.pk)


def _set(hearing: Hearing, state: HearingState, day: date, now: datetime) -> None:
    if state == HearingState.PLANNED:
        hearing.scheduled_on, hearing.debated, hearing.debated_on, hearing.outcome_at = day, None, None, None
        return
    held = state == HearingState.HELD
    if hearing.debated is not held:
        hearing.outcome_at = now
    hearing.debated, hearing.debated_on = held, day if held else None
    hearing.scheduled_on = hearing.scheduled_on or hearing.debated_on
