"""What goes with a dump: what its files and columns mean, and under which terms they may be used."""

from typing import Any

from django.conf import settings

from cms.site import site_name
from opendata.dumps import tables
from petitions.importing import uk, wtp

SCHEMA, LICENCE = "schema.json", "LICENCE.txt"
# The words of Frictionless Data's table schema for our kinds.
TYPES = {"text": ("string", "default"), "integer": ("integer", "default"), "date": ("date", "default"),
         "time": ("datetime", "%Y-%m-%dT%H:%M:%S.%fZ"), "address": ("string", "uri")}  # fmt: skip


def document() -> dict[str, Any]:
    """A data package (Frictionless Data) of the tables, and of the documents their JSON Schema."""
    return {
        "name": "petitions",
        "title": site_name(),
        "homepage": settings.BASE_URL,
        "licenses": [
            {"path": LICENCE, "title": "see LICENCE.txt: petitions of different origin have different licences"}
        ],
        "resources": [_documents(), *(_table(table) for table in tables.TABLES)],
    }


def _documents() -> dict[str, Any]:
    nullable = {"type": ["object", "null"]}
    return {
        "name": "petition-documents",
        "path": tables.DOCUMENTS,
        "format": "jsonl",
        "mediatype": "application/jsonl",
        "encoding": "utf-8",
        "compression": "gz",
        "description": "One line a petition. attributes: as at /petitions/<id>.json. case: what is owed and answered.",
        "jsonSchema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "required": ["type", "id", "url", "language", "source", "case", "attributes"],
            "properties": {
                "type": {"const": "petition"},
                "id": {"type": "integer"},
                "url": {"type": "string", "format": "uri"},
                "language": {"type": "string"},
                "source": nullable | {"description": "null: this site"},
                "case": nullable | {"description": "null: no answer was ever owed"},
                "attributes": {"type": "object"},
            },
        },
    }


def _table(table: tables.Table) -> dict[str, Any]:
    fields = [
        {"name": column.name, "type": kind, "format": form, "description": column.says}
        for column in table.columns
        for kind, form in (TYPES[column.kind],)
    ]
    return {
        "name": table.name,
        "path": table.file,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "compression": "gz",
        "dialect": {"lineTerminator": "\r\n", "header": True},
        "description": "An apostrophe stands before texts that a spreadsheet would run (= + - @, tab, line ends).",
        "schema": {"fields": fields, "primaryKey": list(table.key), "missingValues": [""]},
    }


def licence() -> str:
    """The terms, by where a petition comes from."""
    own = f"{settings.DATA_LICENCE}\n{settings.DATA_LICENCE_URL}".strip()
    parts = [f"Petitions of {site_name()} (source is empty or null), their figures and answers:\n{own}"]
    for name, terms in (("uk", uk.LICENCE), ("wtp", wtp.LICENCE)):
        parts.append(f"Petitions whose source is {name}:\n{terms.name}\n{terms.url}\n{terms.notice}")
    return "\n\n".join(parts) + "\n"
