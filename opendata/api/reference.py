"""The description of the API in pieces that its page draws, in the language of the moment. Reads no table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

import orjson
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext, override, pgettext
from django.utils.translation import gettext as _

from opendata.api.site import GROUPS, description

Json = Mapping[str, Any]
REFERENCE = "#/components/schemas/"


@dataclass(frozen=True)
class Kind:
    """What a value is, in words, and the object that it is or holds."""

    words: str
    shape: str = ""


@dataclass(frozen=True)
class Field:
    """A parameter or a field of an object."""

    name: str
    kind: Kind
    about: str
    default: str = ""
    choices: tuple[str, ...] = ()
    in_path: bool = False


@dataclass(frozen=True)
class Operation:
    """One address, what it takes and what it answers."""

    anchor: str
    path: str
    title: str
    about: str
    parameters: tuple[Field, ...]
    answer: str  # the object
    statuses: tuple[str, ...]
    call: str  # path and query of the example
    example: str


@dataclass(frozen=True)
class Shape:
    """One object, with its fields."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Reference:
    """The whole API: operations by group, and the objects that they answer with."""

    groups: tuple[tuple[str, str, tuple[Operation, ...]], ...]
    shapes: tuple[Shape, ...]


def reference() -> Reference:
    """The reference in the active language."""
    return _reference(get_language() or "")


@cache
def _reference(language: str) -> Reference:
    with override(language):
        found = description()
        operations = [(one["get"]["tags"][0], _operation(path, one["get"])) for path, one in found["paths"].items()]
        groups = tuple(
            (group, gettext(words), tuple(operation for tag, operation in operations if tag == group))
            for group, words in GROUPS.items()
        )
        schemas = found["components"]["schemas"]
        shapes = tuple(Shape(name, tuple(_fields(schemas[name]))) for name in sorted(schemas))
        return Reference(groups, shapes)


def _operation(path: str, told: Json) -> Operation:
    parameters = tuple(_parameter(one) for one in told["parameters"])
    content = told["responses"]["200"]["content"]["application/json"]
    return Operation(
        anchor=told["operationId"],
        path=path,
        title=gettext(told["summary"]),
        about=_about(told),
        parameters=parameters,
        answer=_kind(content["schema"]).shape,
        statuses=tuple(status for status in sorted(told["responses"]) if status != "200"),
        call=_call(path, told["parameters"]),
        example=orjson.dumps(content["example"], option=orjson.OPT_INDENT_2).decode(),
    )


def _about(told: Json) -> str:
    """The description in the active language, what stands between backticks as code."""
    if not told.get("description"):
        return ""
    pieces = gettext(told["description"]).split("`")
    marked = [format_html("<code>{}</code>" if number % 2 else "{}", piece) for number, piece in enumerate(pieces)]
    return mark_safe("".join(marked))  # noqa: S308 - each piece is escaped


def _call(path: str, parameters: list[Json]) -> str:
    """The address with the examples of its parameters."""
    examples = {one["name"]: one.get("examples", [None])[0] for one in parameters if one["in"] == "query"}
    query = urlencode({name: value for name, value in examples.items() if value is not None})
    path = path.replace("{petition_id}", "1000001").replace("{case}", "42")
    return f"{path}?{query}" if query else path


def _parameter(told: Json) -> Field:
    schema = told["schema"]
    default = schema.get("default")
    return Field(
        name=told["name"],
        kind=_kind(schema),
        about=_about(told),
        default="" if default in (None, "") else str(default).lower(),
        choices=tuple(schema.get("enum", ())),
        in_path=told["in"] == "path",
    )


def _fields(schema: Json) -> Iterator[Field]:
    for name, told in schema.get("properties", {}).items():
        yield Field(name=name, kind=_kind(told), about=_about(told), choices=tuple(told.get("enum", ())))


def _kind(schema: Json) -> Kind:
    if "$ref" in schema:
        shape = schema["$ref"].removeprefix(REFERENCE)
        return Kind(_("object"), shape)
    if parts := schema.get("anyOf") or schema.get("allOf"):
        kinds = [_kind(part) for part in parts if part.get("type") != "null"]
        words = kinds[0].words
        or_null = any(part.get("type") == "null" for part in parts)
        return Kind(_("%(kind)s or null") % {"kind": words} if or_null else words, kinds[0].shape)
    if schema.get("type") == "array":
        kind = _kind(schema["items"])
        return Kind(_("list of: %(kind)s") % {"kind": kind.words}, kind.shape)
    if schema.get("type") == "object":
        return Kind(_("texts by name"))
    return Kind(_plain(schema))


def _plain(schema: Json) -> str:
    match schema.get("format") or schema.get("type"):
        case "date-time":
            return pgettext("kind of value", "time")
        case "date":
            return pgettext("kind of value", "day")
        case "integer":
            return pgettext("kind of value", "whole number")
        case "number":
            return pgettext("kind of value", "number")
        case "boolean":
            return pgettext("kind of value", "true or false")
        case _:
            return pgettext("kind of value", "text")
