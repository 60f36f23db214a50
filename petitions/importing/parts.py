"""The rows that hang on an imported petition, many petitions at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from petitions.importing.breakdowns import Breakdown, Constituency, is_country_code
from petitions.importing.records import Record
from petitions.models import (
    ConstituencyCount,
    CountryCount,
    Crossing,
    Event,
    Hearing,
    OtherBusiness,
    Petition,
    PublicCase,
    RegionCount,
    Rejection,
    Threshold,
)
from petitions.models.place import UNPLACED
from petitions.models.timeline import EventKind

Pair = tuple[Petition, Record]

ROWS = 5_000
# Of the answer's events: there is one, whatever case it later gets.
ANSWER_KEY = "import"

CONSTITUENCIES = "COPY petitions_constituencycount (petition_id, ons_code, name, mp, signature_count) FROM STDIN"
# COUNT = sum of the regions: what no region accounts for stands in the row of the unplaced.
REMAINDER = """
INSERT INTO petitions_regioncount (petition_id, region_code, imported, signed)
SELECT petition.id, %s, greatest(petition.imported_count - coalesce(sum(region.imported), 0), 0), 0
FROM petitions_petition AS petition
LEFT JOIN petitions_regioncount AS region ON region.petition_id = petition.id AND region.region_code <> %s
WHERE petition.id = ANY(%s)
GROUP BY petition.id
ON CONFLICT (petition_id, region_code) DO UPDATE SET imported = EXCLUDED.imported
"""


@dataclass(frozen=True, slots=True)
class Names:
    """Ids of the rows that records refer to by code, and the constituencies by theirs."""

    topics: dict[str, int]
    departments: dict[str, int]
    reasons: dict[str, int]
    constituencies: Mapping[str, Constituency] = field(default_factory=dict)


def drop_parts(petition_ids: Sequence[int]) -> None:
    """Remove what ``add_parts`` has added; answers stay until they are added anew."""
    for model in (Rejection, Threshold, Hearing, OtherBusiness, Event):
        model.objects.filter(petition__in=petition_ids).delete()
    for through in (Petition.topics.through, Petition.departments.through):
        through.objects.filter(petition__in=petition_ids).delete()


def add_parts(pairs: Sequence[Pair], names: Names) -> None:
    """Add topics, departments, refusals, thresholds, answers, hearings, other business and the timeline."""
    _add_names(pairs, names)
    Rejection.objects.bulk_create(_each(pairs, lambda petition, record: _rejections(petition, record, names)))
    _add_thresholds(pairs)
    PublicCase.objects.bulk_create(
        _each(pairs, _answers),
        update_conflicts=True,
        unique_fields=["petition"],
        update_fields=["external_url", "summary", "text", "responded_on", "answered_at"],
    )
    Hearing.objects.bulk_create(_each(pairs, _hearings))
    OtherBusiness.objects.bulk_create(
        OtherBusiness(petition=petition, **business) for petition, record in pairs for business in record.business
    )
    Event.objects.bulk_create(_each(pairs, _events), batch_size=ROWS)


def add_breakdowns(placed: Sequence[tuple[Petition, Breakdown]], constituencies: Mapping[str, Constituency]) -> None:
    """Put these published breakdowns in place of earlier ones."""
    petition_ids = [petition.pk for petition, _breakdown in placed]
    for model in (RegionCount, CountryCount, ConstituencyCount):
        model.objects.filter(petition__in=petition_ids).delete()
    RegionCount.objects.bulk_create(
        RegionCount(petition=petition, region_code=code, imported=count)
        for petition, breakdown in placed
        for code, count in breakdown.regions.items()
    )
    CountryCount.objects.bulk_create(
        CountryCount(petition=petition, imported=count, **_country(code))
        for petition, breakdown in placed
        for code, count in breakdown.countries.items()
    )
    _copy_constituencies(placed, constituencies)


def _copy_constituencies(
    placed: Sequence[tuple[Petition, Breakdown]], constituencies: Mapping[str, Constituency]
) -> None:
    """By far the most rows of a load: copied, they take a quarter of the time."""
    with connection.cursor() as cursor, cursor.copy(CONSTITUENCIES) as copy:
        for petition, breakdown in placed:
            for code, count in breakdown.constituencies.items():
                place = constituencies[code]
                copy.write_row((petition.pk, code, place.name, place.mp, count))


def place_remainder(petition_ids: Sequence[int]) -> None:
    """Set the unplaced signatures of each to what its regions leave of its imported count."""
    with connection.cursor() as cursor:
        cursor.execute(REMAINDER, [UNPLACED, UNPLACED, list(petition_ids)])


def _each(pairs: Sequence[Pair], rows: Callable[[Petition, Record], Iterator[Any]]) -> list[Any]:
    return [row for petition, record in pairs for row in rows(petition, record)]


def _add_names(pairs: Sequence[Pair], names: Names) -> None:
    topics, departments = Petition.topics.through, Petition.departments.through
    topics.objects.bulk_create(
        topics(petition_id=petition.pk, topic_id=names.topics[code])
        for petition, record in pairs
        for code in record.topics
    )
    departments.objects.bulk_create(
        (
            departments(petition_id=petition.pk, department_id=names.departments[office.acronym])
            for petition, record in pairs
            for office in record.departments
        ),
        ignore_conflicts=True,
    )


def _rejections(petition: Petition, record: Record, names: Names) -> Iterator[Rejection]:
    if record.rejected and petition.rejected_at:
        yield Rejection(
            petition=petition,
            reason_id=names.reasons[record.rejected.code],
            details=record.rejected.details,
            decided_at=petition.rejected_at,
        )


def _add_thresholds(pairs: Sequence[Pair]) -> None:
    """Thresholds of the source; where it says when one was reached, it was, and brings nothing here."""
    thresholds = [
        (Threshold(petition=petition, kind=mark.kind, count=mark.count, opens_case=mark.opens_case), mark.reached_at)
        for petition, record in pairs
        for mark in record.marks
    ]
    Threshold.objects.bulk_create(threshold for threshold, _reached_at in thresholds)
    Crossing.objects.bulk_create(
        Crossing(
            threshold=threshold,
            petition_id=threshold.petition_id,
            crossed_at=reached_at,
            count=threshold.count,
            fires=False,
        )
        for threshold, reached_at in thresholds
        if reached_at
    )


def _answers(petition: Petition, record: Record) -> Iterator[PublicCase]:
    answer = record.answer
    if answer:
        yield PublicCase(
            petition=petition,
            state="closed",
            external_url=answer.external_url,
            summary=_words(petition, answer.summary),
            text=_words(petition, answer.text),
            responded_on=answer.responded_on,
            answered_at=answer.published_at,
        )


def _hearings(petition: Petition, record: Record) -> Iterator[Hearing]:
    if record.hearing:
        yield Hearing(petition=petition, **record.hearing)


def _events(petition: Petition, record: Record) -> Iterator[Event]:
    """The petition's course, dated as it was, told to nobody."""

    def event(kind: EventKind, at: datetime | None, key: str = "", **more: Any) -> Iterator[Event]:
        if at:
            yield Event(petition=petition, kind=kind, key=key, happened_at=at, **more)

    yield from event(EventKind.OPENED, petition.opened_at)
    if record.rejected and petition.rejected_at:
        reason = {"reason": record.rejected.code, "hidden": False}
        yield from event(EventKind.REFUSED, petition.rejected_at, petition.rejected_at.isoformat(), details=reason)
    for mark in record.marks:
        reached = {"threshold": mark.kind, "count": mark.count, "opens_case": mark.opens_case}
        yield from event(EventKind.THRESHOLD, mark.reached_at, mark.kind, details=reached)
    if record.answer:
        yield from event(
            EventKind.ANSWERED,
            record.answer.published_at,
            ANSWER_KEY,
            text=_words(petition, record.answer.summary),
            link=record.answer.external_url,
        )
    if petition.closed_at:
        counted = {"signatures": petition.signature_count}
        yield from event(EventKind.CLOSED, petition.closed_at, f"{petition.closed_at:%Y-%m-%d}", details=counted)


def _words(petition: Petition, text: str) -> dict[str, str]:
    return {petition.language: text} if text else {}


def _country(code: str) -> dict[str, str]:
    """The source of 2015 has names where it had no code."""
    return {"country_code": code} if is_country_code(code) else {"country_code": UNPLACED, "name": code}
