"""All rows that petitions' pages are made of, in one prepared statement.

Through the ORM they take fourteen, and putting those together costs several times as much as drawing the page.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar

import orjson
import psycopg
from django.db import connection
from django.db.models import BinaryField, DateField, DateTimeField, Field, GeneratedField, Model
from django.db.models.base import ModelState

from petitions.lifecycle import ResponseState, State
from petitions.models import (
    ConstituencyCount,
    Correction,
    CountryCount,
    Crossing,
    Event,
    Hearing,
    HourCount,
    OtherBusiness,
    Petition,
    PublicCase,
    RegionCount,
    Rejection,
    RejectionReason,
    Resubmission,
    Threshold,
    Topic,
)
from petitions.models.petition import Source
from petitions.prepared import fetched

Row = TypeVar("Row", bound=Model)
Department = Petition._meta.get_field("departments").related_model

LARGEST_NUMBER = 2**63 - 1
NEVER_SHOWN = (BinaryField, GeneratedField)
OWN = "part.petition_id = petition.id"
LISTED = "part.id IN (SELECT {column} FROM {table} WHERE petition_id = petition.id)"
# Half of what json_agg costs where there are no rows, and most petitions have none of most tables.
PART = "ARRAY(SELECT json_build_array({columns}) FROM {table} AS part WHERE {condition} ORDER BY {order})"
SUCCEEDS = "part.id IN (SELECT petition_id FROM {table} WHERE refused_id = petition.id)"

# One document, as text: taken apart once, not column by column, it costs PostgreSQL and the process half as much. Most
# petitions are open, were made here and are owed nothing: what only others have is asked for where the petition is such
# a one, all of it anew. A plan costs by its parts, looked into or not.
#
# Each petition is looked for by its number, whatever the planner thinks of so many (OFFSET keeps it from joining), and
# as JSON the numbers say nothing of how many they are, so that the plan is made once.
STATEMENT = """
SELECT found.* FROM json_array_elements_text($1::json) AS asked (number) CROSS JOIN LATERAL (
    SELECT petition.id, json_build_array({parts})::text, {has_more}
    FROM {table} AS petition WHERE petition.id = asked.number::bigint OFFSET 0
) AS found
"""
HAS_MORE = f"""
petition.state = '{State.REJECTED}' OR petition.response_state <> '{ResponseState.NONE}'
OR petition.source <> '{Source.HERE}'
"""


class RegionCell(NamedTuple):
    """What a page needs of a `RegionCount`."""

    region_code: str
    imported: int
    signed: int


class CountryCell(NamedTuple):
    """What a page needs of a `CountryCount`."""

    country_code: str
    name: str
    imported: int
    signed: int


class Whole(NamedTuple):
    """A petition with everything related that its page shows, and its figures by constituency and by hour."""

    petition: Petition
    topics: list[Topic]
    departments: list[Any]
    thresholds: list[Threshold]
    events: list[Event]
    corrections: list[Correction]
    other_business: list[OtherBusiness]
    successors: list[Petition]  # what a refused petition became, corrected and handed in again, public or not
    constituencies: list[tuple[str, int]]
    hours: dict[datetime, int]


def wholes(petition_ids: Iterable[int]) -> dict[int, Whole]:
    """The petitions of these numbers as the database has them now; none for a number that is nobody's.

    What there is one of at most, and figures by place, stand where ``select_related`` and ``prefetch_related`` would
    have put them.
    """
    usual, others = _parts()
    nothing: dict[str, Any] = dict.fromkeys(others, [])
    found: dict[int, Whole] = {}
    more = []
    for number, text, has_more in _documents({each for each in petition_ids if each <= LARGEST_NUMBER}, seldom=False):
        if has_more:
            more.append(number)
        else:
            found[number] = _put_together(nothing | dict(zip(usual, orjson.loads(text), strict=True)))
    for number, text, _has_more in _documents(more, seldom=True):
        found[number] = _put_together(dict(zip((*usual, *others), orjson.loads(text), strict=True)))
    return found


def _documents(numbers: Collection[int], *, seldom: bool) -> list[tuple[Any, ...]]:
    """Of each petition its number, its document as text, and whether it has more than is in that."""
    if not numbers:
        return []
    return fetched(_statement(seldom=seldom), [orjson.dumps(list(numbers)).decode()], cursor=psycopg.RawCursor)


def _put_together(found: dict[str, Any]) -> Whole:
    [petition] = _rows(Petition, found["petition"])
    related: dict[str, list[Any]] = {
        "region_counts": [RegionCell(*cell) for cell in found["region_counts"]],
        "country_counts": [CountryCell(*cell) for cell in found["country_counts"]],
    }
    petition._prefetched_objects_cache = related  # type: ignore[attr-defined]
    _join(petition, "public_case", _rows(PublicCase, found["public_case"]))
    _join(petition, "hearing", _rows(Hearing, found["hearing"]))
    _join(petition, "rejection", _rows(Rejection, found["rejection"]))
    if found["public_case"]:
        _join(petition.public_case, "department", _rows(Department, found["case_department"]))
    if found["rejection"]:
        _join(petition.rejection, "reason", _rows(RejectionReason, found["reason"]))
        _join(petition.rejection, "duplicate_of", _rows(Petition, found["duplicate_of"]))
    return Whole(
        petition=petition,
        topics=_rows(Topic, found["topics"]),
        departments=_rows(Department, found["departments"]),
        thresholds=_thresholds(found),
        events=_rows(Event, found["events"]),
        corrections=_rows(Correction, found["corrections"]),
        other_business=_rows(OtherBusiness, found["other_business"]),
        successors=_rows(Petition, found["successors"]),
        constituencies=found["constituencies"],
        hours={datetime.fromtimestamp(hour, UTC): count for hour, count in found["hours"]},
    )


def _thresholds(found: dict[str, Any]) -> list[Threshold]:
    crossings = {crossing.threshold_id: crossing for crossing in _rows(Crossing, found["crossings"])}
    thresholds = _rows(Threshold, found["thresholds"])
    for threshold in thresholds:
        crossing = crossings.get(threshold.pk)
        _join(threshold, "crossing", [crossing] if crossing else [])
        if crossing:
            _join(crossing, "threshold", [threshold])
    return thresholds


def _join(row: Model, name: str, others: Sequence[Model]) -> None:
    """Let ``row.name`` be the one of ``others``, or nothing."""
    row._state.fields_cache[name] = others[0] if others else None


def _rows(model: type[Row], found: Iterable[list[Any]]) -> list[Row]:
    names, conversions = _shape(model)
    rows = []
    for values in found:
        for place, convert in conversions:
            if values[place] is not None:
                values[place] = convert(values[place])
        rows.append(_row(model, names, values))
    return rows


def _row(model: type[Row], names: list[str], values: list[Any]) -> Row:
    """As ``from_db`` makes one, telling nobody, in a third of the time. What is not among the names is deferred."""
    row = model.__new__(model)
    row.__dict__.update(zip(names, values, strict=True))
    row._state = ModelState()
    row._state.adding, row._state.db = False, connection.alias
    return row


@cache
def _shape(model: type[Model]) -> tuple[list[str], list[tuple[int, Callable[[str], date]]]]:
    """The names of a model's columns, and which of them hold what JSON has no form for."""
    fields = _fields(model)
    moments = [
        (place, datetime.fromisoformat if isinstance(field, DateTimeField) else date.fromisoformat)
        for place, field in enumerate(fields)
        if isinstance(field, DateField)
    ]
    return [field.attname for field in fields], moments


def _fields(model: type[Model]) -> list[Field]:
    return [field for field in model._meta.concrete_fields if not isinstance(field, NEVER_SHOWN)]


@cache
def _parts() -> tuple[dict[str, str], dict[str, str]]:
    """The parts of every petition, and those that few have."""
    usual = {
        "petition": _part(Petition, condition="part.id = petition.id"),
        "topics": _part(Topic, condition=_chosen("topics")),
        "departments": _part(Department, condition=_chosen("departments")),
        "thresholds": _part(Threshold, order="part.count"),
        "crossings": _part(Crossing),
        "events": _part(Event),
        "corrections": _part(Correction),
        "other_business": _part(OtherBusiness),
        "hearing": _part(Hearing),
        "region_counts": _part(RegionCount, columns=_columns(RegionCell._fields)),
        "country_counts": _part(CountryCount, columns=_columns(CountryCell._fields)),
        "hours": _part(HourCount, columns="extract(epoch FROM part.hour)::bigint, part.count"),
    }
    case, rejection, resubmission = (model._meta.db_table for model in (PublicCase, Rejection, Resubmission))
    return usual, {
        "public_case": _part(PublicCase),
        "case_department": _part(Department, condition=_listed(case, "department_id")),
        "rejection": _part(Rejection),
        "reason": _part(RejectionReason, condition=_listed(rejection, "reason_id")),
        "duplicate_of": _part(Petition, condition=_listed(rejection, "duplicate_of_id")),
        "successors": _part(Petition, condition=SUCCEEDS.format(table=resubmission), order="part.id"),
        "constituencies": _part(
            ConstituencyCount,
            columns="part.name, part.signature_count",
            order="part.signature_count DESC, part.name",
        ),
    }


def _part(model: type[Model], *, columns: str = "", condition: str = OWN, order: str = "") -> str:
    return PART.format(
        columns=columns or _columns(field.attname for field in _fields(model)),
        order=order or ", ".join(_order(name) for name in model._meta.ordering or ("id",)),
        table=connection.ops.quote_name(model._meta.db_table),
        condition=condition,
    )


def _order(name: Any) -> str:
    return f'part."{name[1:]}" DESC' if name.startswith("-") else f'part."{name}"'


def _chosen(name: str) -> str:
    field: Any = Petition._meta.get_field(name)
    return _listed(field.m2m_db_table(), field.m2m_reverse_name())


def _listed(table: str, column: str) -> str:
    return LISTED.format(table=table, column=column)


def _columns(names: Iterable[str]) -> str:
    return ", ".join(f'part."{name}"' for name in names)


@cache
def _statement(*, seldom: bool) -> str:
    usual, others = _parts()
    parts = (*usual.values(), *(others.values() if seldom else ()))
    return STATEMENT.format(parts=", ".join(parts), has_more=HAS_MORE, table=Petition._meta.db_table)
