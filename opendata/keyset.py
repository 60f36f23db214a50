"""Going on behind one entry of an ordered list, whatever came or went before it meanwhile.

A place in a list is the values that its order looks at, of the last entry seen. It is handed out as an opaque text, and
read back with suspicion: whoever hands it in may have made it up.
"""

import base64
import binascii
from datetime import date, datetime
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db.models import Field, Q, QuerySet
from django.db.models.expressions import OrderBy

LONGEST = 400
NAME = "_place_{}"
NOTHING = Q(pk__in=())

Order = tuple[OrderBy, ...]
Place = tuple[Any, ...]


class BadPlace(ValueError):
    """A text that is no place of this list."""


def with_places(rows: QuerySet, order: Order) -> QuerySet:
    """The rows in this order, each with its place. The last of the order must tell any two apart."""
    keys = {NAME.format(number): key.expression for number, key in enumerate(order)}
    return rows.annotate(**keys).order_by(*order)


def place_of(row: Any, order: Order, *, of: str) -> str:
    """Where this row of ``with_places`` stands in the list called ``of``."""
    values = [getattr(row, NAME.format(number)) for number in range(len(order))]
    kept = orjson.dumps([of, *(value.isoformat() if isinstance(value, date) else value for value in values)])
    return base64.urlsafe_b64encode(kept).rstrip(b"=").decode()


def behind(rows: QuerySet, order: Order, place: str, *, of: str) -> QuerySet:
    """Those of ``with_places`` that stand behind the place in the list called ``of``. Raises BadPlace."""
    values = _read(rows, order, place, of)
    later, alike = NOTHING, Q()
    for number, (key, value) in enumerate(zip(order, values, strict=True)):
        name = NAME.format(number)
        later |= alike & _beyond(name, key, value)
        alike &= Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})
    return rows.filter(_bound(order[0], values[0]) & later)


def _read(rows: QuerySet, order: Order, place: str, of: str) -> Place:
    if len(place) > LONGEST or not place.isascii():
        raise BadPlace(place[:LONGEST])
    try:
        kept = orjson.loads(base64.b64decode(place + "=" * (-len(place) % 4), altchars=b"-_", validate=True))
        if not isinstance(kept, list) or kept[:1] != [of] or len(kept) != len(order) + 1:
            raise BadPlace(place)
        fields = (rows.query.annotations[NAME.format(number)].output_field for number in range(len(order)))
        return tuple(_sound(field, value) for field, value in zip(fields, kept[1:], strict=True))
    except (binascii.Error, orjson.JSONDecodeError, ValidationError, OverflowError, TypeError) as error:
        raise BadPlace(place) from error


def _sound(field: Field, value: Any) -> Any:
    """The value as one of this field. Raises ValidationError, BadPlace."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise BadPlace(str(value))
    found = field.to_python(value)
    field.run_validators(found)
    if isinstance(found, datetime) and found.tzinfo is None:
        raise BadPlace(str(value))
    if not isinstance(found, int | date):
        raise BadPlace(str(value))
    return found


def _nulls_last(key: OrderBy) -> bool:
    """Where PostgreSQL puts what has no value: behind all others, before them where the order is turned round."""
    return bool(key.nulls_last or (not key.nulls_first and not key.descending))


def _beyond(name: str, key: OrderBy, value: Any) -> Q:
    if value is None:
        return NOTHING if _nulls_last(key) else Q(**{f"{name}__isnull": False})
    found = Q(**{f"{name}__{'lt' if key.descending else 'gt'}": value})
    return found | Q(**{f"{name}__isnull": True}) if _nulls_last(key) else found


def _bound(key: OrderBy, value: Any) -> Q:
    """Said once more for the first value alone, so that an index leads there."""
    if value is None or _nulls_last(key):
        return Q()
    return Q(**{f"{NAME.format(0)}__{'lte' if key.descending else 'gte'}": value})
