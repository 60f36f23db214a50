"""What a petition's page shows, in the words and the language of the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property

from django.utils.translation import gettext as _

from cms import face
from cms.colours import white_from
from cms.formatting import local_day, local_time
from petitions import answers, charts, places, switches, timeline
from petitions.importing import uk, wtp
from petitions.importing.records import Licence
from petitions.lifecycle import State
from petitions.models import Correction, Hearing, OtherBusiness, Petition, Threshold
from petitions.models.petition import Source
from petitions.models.place import UNPLACED
from petitions.selectors import last_day
from petitions.visibility import Visibility, visibility
from petitions.whole import Whole
from petitions.wording import localized

LICENCES: dict[str, Licence] = {Source.UK: uk.LICENCE, Source.WTP: wtp.LICENCE}


@dataclass(frozen=True)
class Stage:
    """A threshold on a petition's way: how many signatures, what they bring, and when they were reached."""

    count: int
    brings: str
    reached: bool
    reached_at: datetime | None


@dataclass(frozen=True)
class EarlierText:
    """A correction: when and why, and the text as it was signed until then unless that is hidden."""

    correction: Correction
    note: str
    lang: str


@dataclass(frozen=True)
class Refusal:
    """Why a petition was refused, in the page's language where staff wrote it, the one it repeats, and what it became
    when it was corrected and handed in again; both where they are public.
    """

    code: str
    reason: str
    explanation: str
    details: str
    duplicate: Petition | None
    successor: Petition | None


@dataclass(frozen=True)
class Detail:
    """Everything a petition's page shows."""

    petition: Petition
    language: str
    topics: list[tuple[str, str]]  # code, name
    departments: list[str]
    stages: list[Stage]
    timeline: list[timeline.Entry]
    regions: places.PublicPlaces
    countries: places.PublicPlaces
    tile_map: charts.TileMap | None
    constituencies: list[tuple[str, int]]  # name, signatures
    history: charts.History | None
    answer: answers.Answer | None
    hearing: Hearing | None
    other_business: list[OtherBusiness]
    corrections: list[EarlierText]
    refusal: Refusal | None
    signing_paused: bool
    now: datetime

    @property
    def is_open(self) -> bool:
        return self.petition.state == State.OPEN

    @property
    def counted_at(self) -> datetime:
        """When the count was read, to the minute."""
        return self.now.replace(second=0, microsecond=0)

    @property
    def next_stage(self) -> Stage | None:
        """The nearest threshold not reached yet, of a petition that may still reach it."""
        return next((stage for stage in self.stages if not stage.reached), None) if self.is_open else None

    @property
    def last_day(self) -> date | None:
        """The last day for signing, or the last there was."""
        petition = self.petition
        return last_day(petition.closes_at if self.is_open else petition.closed_at or petition.closes_at)

    @property
    def closes_with_its_day(self) -> bool:
        """Whether it closes at 24:00, as all do whose deadline was never moved."""
        closes_at = self.petition.closes_at
        return closes_at is not None and local_time(closes_at).time() == time.min

    @property
    def lang(self) -> str:
        """The language of the petition's own text, where it is another than the page's."""
        return "" if self.petition.language == self.language else self.petition.language

    @property
    def hearing_text(self) -> tuple[str, str]:
        """What is said of the hearing, and its language where it is another than the page's."""
        if self.hearing is None:
            return "", ""
        text, lang = timeline.words(self.hearing.texts, self.language)
        return (text, lang) if text else (self.hearing.overview, self.lang)

    @property
    def licence(self) -> Licence | None:
        return LICENCES.get(self.petition.source)

    @property
    def region_rows(self) -> list[tuple[str, int]]:
        """Names and counts by region, with what stands in no row last."""
        return _rows(self.regions)

    @property
    def country_rows(self) -> list[tuple[str, int]]:
        """The same by country."""
        return _rows(self.countries)

    @property
    def has_places(self) -> bool:
        return bool(self.regions.rows or self.countries.rows or self.constituencies)

    @property
    def places_exceed(self) -> bool:
        return self.countries.exceeds or self.regions.exceeds

    @cached_property
    def breakdown_count(self) -> int | None:
        """How many signatures there were when the published figures by place were taken, if that is known."""
        count = self.petition.source_data.get("breakdown_signature_count")
        return count if isinstance(count, int) and count != self.petition.signature_count else None

    @cached_property
    def breakdown_day(self) -> date | None:
        try:
            return datetime.fromisoformat(self.petition.source_data.get("breakdown_as_of", "")).date()
        except (TypeError, ValueError):
            return None


def detail(found: Whole, *, language: str, now: datetime) -> Detail:
    """Everything the page of a public petition shows. The caller has made sure that it may be shown."""
    petition = found.petition
    regions = places.public_regions(petition, language)
    return Detail(
        petition=petition,
        language=language,
        topics=[(topic.code, localized(topic, language)) for topic in found.topics],
        departments=[localized(department, language) for department in found.departments],
        stages=[_stage(threshold, found, language) for threshold in found.thresholds],
        timeline=timeline.entries(found, language=language),
        regions=regions,
        countries=places.public_countries(petition, language),
        tile_map=_tile_map(regions, language),
        constituencies=found.constituencies,
        history=_history(found, now),
        answer=answers.answer(found, language, local_day(now)),
        hearing=getattr(petition, "hearing", None),
        other_business=found.other_business,
        corrections=[_correction(correction, language) for correction in found.corrections],
        refusal=_refusal(found, language),
        signing_paused=switches.current().signing_paused,
        now=now,
    )


def _rows(shown: places.PublicPlaces) -> list[tuple[str, int]]:
    rows = [(row.name, row.count) for row in shown.rows]
    return [*rows, (_("Not shown by place"), shown.not_shown)] if shown.not_shown else rows


def _stage(threshold: Threshold, found: Whole, language: str) -> Stage:
    crossing = getattr(threshold, "crossing", None)
    return Stage(
        count=threshold.count,
        brings=timeline.brings(threshold, language),
        reached=crossing is not None or found.petition.signature_count >= threshold.count,
        reached_at=timeline.reached_at(crossing, found.events) if crossing else None,
    )


def _tile_map(regions: places.PublicPlaces, language: str) -> charts.TileMap | None:
    if not regions.rows:
        return None
    counts = {row.code: row.count for row in regions.rows if row.code != UNPLACED}
    return map_of(counts, language)


def map_of(counts: Mapping[str, int], language: str) -> charts.TileMap | None:
    """All regions, in the site's colour, with these counts by code; None where there is nothing to draw."""
    laid = (
        charts.Place(
            name=localized(region, language),
            row=region.tile_row,
            column=region.tile_column,
            count=counts.get(region.code, 0),
        )
        for region in places.regions()
    )
    return charts.tile_map(laid, dark_from=white_from(face.current().colours.brand))


def _history(found: Whole, now: datetime) -> charts.History | None:
    if not found.hours:
        return None
    # Of a petition closed or counted elsewhere nobody knows more than its last counted hour.
    until = now if found.petition.state == State.OPEN else max(found.hours)
    return charts.history(found.hours, until=until)


def _correction(correction: Correction, language: str) -> EarlierText:
    note, lang = timeline.words(correction.note, language)
    return EarlierText(correction=correction, note=note, lang=lang)


def _refusal(found: Whole, language: str) -> Refusal | None:
    petition = found.petition
    rejection = getattr(petition, "rejection", None)
    if petition.state != State.REJECTED or rejection is None:
        return None
    original = rejection.duplicate_of
    return Refusal(
        code=rejection.reason.code,
        reason=localized(rejection.reason, language, "title"),
        explanation=localized(rejection.reason, language, "explanation"),
        details=rejection.details,
        duplicate=original if original is not None and _has_page(original) else None,
        successor=next(filter(_has_page, reversed(found.successors)), None),
    )


def _has_page(petition: Petition) -> bool:
    return visibility(state=petition.state, opened=petition.was_opened) is Visibility.PAGE
