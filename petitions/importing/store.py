"""Keeping imported petitions: new ones are added, changed ones renewed, and what was changed here is left alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from accounts.models import Department
from audit.models import Entry
from petitions.importing.breakdowns import Breakdown, Constituency
from petitions.importing.parts import Names, add_breakdowns, add_parts, drop_parts, place_remainder
from petitions.importing.records import Record, Result
from petitions.models import Petition, Rejection, RejectionReason, Topic
from petitions.models.petition import Source

BATCH = 250
LOCK = 7_403_117  # of the advisory lock under which one load runs at a time


@dataclass(frozen=True, slots=True)
class _Plan:
    """One petition with what is to be done: its record, its breakdown, or neither may have changed."""

    petition: Petition
    record: Record
    breakdown: Breakdown | None
    result: Result
    record_changed: bool = False
    breakdown_changed: bool = False


def begin_load() -> bool:
    """Keep other loads out until this session ends; False when one is running."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def end_load() -> None:
    """Let other loads in again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def name_rows(records: Sequence[Record], constituencies: Mapping[str, Constituency]) -> Names:
    """The rows that ``records`` refer to by code; those that are missing are added, others stay as staff left them."""
    topics = {code: name for record in records for code, name in record.topics.items()}
    offices = {office.acronym: office for record in records for office in record.departments}
    reasons = {record.rejected.code for record in records if record.rejected}
    Topic.objects.bulk_create((Topic(code=code, name=name) for code, name in topics.items()), ignore_conflicts=True)
    Department.objects.bulk_create(
        (Department(acronym=office.acronym, name=office.name, url=office.url) for office in offices.values()),
        ignore_conflicts=True,
    )
    RejectionReason.objects.bulk_create(
        (RejectionReason(code=code, title=(title := _spoken(code)), explanation=title) for code in sorted(reasons)),
        ignore_conflicts=True,
    )
    return Names(
        topics=dict(Topic.objects.filter(code__in=topics).values_list("code", "pk")),
        departments=dict(Department.objects.filter(acronym__in=offices).values_list("acronym", "pk")),
        reasons=dict(RejectionReason.objects.filter(code__in=reasons).values_list("code", "pk")),
        constituencies=constituencies,
    )


def store(
    source: Source,
    records: Sequence[Record],
    breakdowns: Mapping[str, Breakdown],
    names: Names,
    *,
    advance: Callable[[int], Any],
) -> dict[str, Result]:
    """Keep ``records`` of one source with their ``breakdowns`` (both by id of the source) and say what became of each.

    Each batch is one transaction, so that a load that is cut off may simply be run again. A petition that staff or the
    clock have changed here stays as it is. ``advance`` hears of each batch how many petitions it had.
    """
    results: dict[str, Result] = {}
    for first in range(0, len(records), BATCH):
        batch = records[first : first + BATCH]
        with transaction.atomic():
            plans = _plans(source, batch, breakdowns)
            _carry_out(plans, names)
        results |= {plan.record.source_id: plan.result for plan in plans}
        advance(len(batch))
    return results


def link_duplicates(records: Sequence[Record]) -> int:
    """Point refused petitions to the imported ones that they repeat, where these are known; how many were new.

    Refusals that somebody decided here are left alone.
    """
    wanted = {record.columns["id"]: record.rejected.duplicate_of for record in records if record.rejected}
    known = set(Petition.objects.filter(pk__in=filter(None, wanted.values())).values_list("pk", flat=True))
    unlinked = Rejection.objects.filter(
        petition__in=[pk for pk, repeated in wanted.items() if repeated in known],
        petition__exempt=True,
        duplicate_of=None,
        decided_by=None,
    )
    linked = list(unlinked)
    for rejection in linked:
        rejection.duplicate_of_id = wanted[rejection.petition_id]
    Rejection.objects.bulk_update(linked, ["duplicate_of"], batch_size=BATCH)
    return len(linked)


def _plans(source: Source, batch: Sequence[Record], breakdowns: Mapping[str, Breakdown]) -> list[_Plan]:
    stored = {
        petition.source_id: petition
        for petition in Petition.objects.select_for_update(no_key=True)
        .filter(source=source, source_id__in=[record.source_id for record in batch])
        .defer("search")
        .order_by("pk")
    }
    touched = set(
        Entry.objects.filter(
            subject_kind="petition", subject_id__in=[petition.pk for petition in stored.values()]
        ).values_list("subject_id", flat=True)
    )
    return [_plan(record, stored.get(record.source_id), breakdowns.get(record.source_id), touched) for record in batch]


def _plan(record: Record, petition: Petition | None, breakdown: Breakdown | None, touched: set[int]) -> _Plan:
    if petition is None:
        petition = Petition(exempt=True, **record.columns)
        petition.source_data = _noted(record, breakdown, {})
        return _Plan(petition, record, breakdown, Result.LOADED, True, breakdown is not None)
    if not petition.exempt or petition.pk in touched:
        return _Plan(petition, record, breakdown, Result.CHANGED_HERE)
    before = petition.source_data
    record_changed = before.get("digest") != record.digest
    breakdown_changed = breakdown is not None and before.get("breakdown_digest") != breakdown.digest
    if not record_changed and not breakdown_changed:
        return _Plan(petition, record, breakdown, Result.UNCHANGED)
    for column, value in record.columns.items():
        setattr(petition, column, value)
    petition.source_data = _noted(record, breakdown, before)
    return _Plan(petition, record, breakdown, Result.UPDATED, record_changed, breakdown_changed)


def _noted(record: Record, breakdown: Breakdown | None, before: dict[str, Any]) -> dict[str, Any]:
    """The source's own fields, and what a later load is compared with. Without a new breakdown the old one stays."""
    breakdown_digest = breakdown.digest if breakdown is not None else before.get("breakdown_digest")
    return record.columns["source_data"] | {"digest": record.digest, "breakdown_digest": breakdown_digest}


def _carry_out(plans: Sequence[_Plan], names: Names) -> None:
    new = [plan for plan in plans if plan.result == Result.LOADED]
    updated = [plan for plan in plans if plan.result == Result.UPDATED]
    Petition.objects.bulk_create([plan.petition for plan in new])
    columns = sorted({column for plan in updated for column in plan.record.columns} - {"id"})
    if updated:
        Petition.objects.bulk_update([plan.petition for plan in updated], columns)
    renewed = [plan for plan in plans if plan.record_changed]
    drop_parts([plan.petition.pk for plan in updated if plan.record_changed])
    add_parts([(plan.petition, plan.record) for plan in renewed], names)
    placed = [(plan.petition, plan.breakdown) for plan in plans if plan.breakdown_changed and plan.breakdown]
    add_breakdowns(placed, names.constituencies)
    place_remainder([plan.petition.pk for plan in (*new, *updated)])


def _spoken(code: str) -> str:
    return code.replace("-", " ").capitalize()
