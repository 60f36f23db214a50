"""Writing a dump: everything that is public, as it was at one moment, petition by petition.

Memory does not grow with the number of petitions: rows come through a cursor on the server, some at a time, and go to
disk compressed.
"""

import csv
import gzip
import hashlib
import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
from django.db import connection, transaction
from django.db.models import QuerySet

from opendata.dumps import schema, tables
from opendata.uk import documents
from opendata.values import moment
from petitions.models import HourCount, Petition
from responses.spreadsheet import cell

BATCH = 500
HOURS_BATCH = 5_000
PACKING_LEVEL = 6
SUMS = "SHA256SUMS"
MANIFEST = "manifest.json"

Done = Callable[[int], None]


@dataclass(frozen=True)
class File:
    """One file of a dump, as its manifest tells it. ``rows`` is None for what has none."""

    name: str
    bytes: int
    sha256: str
    rows: int | None


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything as it is now, for as long as that takes. To be entered outside of any transaction."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield


def write(folder: Path, *, now: datetime, done: Done = lambda _number: None) -> list[File]:
    """Write all files of a dump into the folder; what was written. ``done`` hears of every so many petitions."""
    rows = _petitions(folder, done) | {tables.HOURS.file: _hours(folder)}
    (folder / schema.SCHEMA).write_bytes(orjson.dumps(schema.document(), option=orjson.OPT_INDENT_2) + b"\n")
    (folder / schema.LICENCE).write_text(schema.licence(), encoding="utf-8")
    files = [_told(folder / name, rows.get(name)) for name in (*rows, schema.SCHEMA, schema.LICENCE)]
    (folder / SUMS).write_text("".join(f"{file.sha256}  {file.name}\n" for file in files), encoding="ascii")
    manifest = {"made_at": moment(now), "files": files}
    (folder / MANIFEST).write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2) + b"\n")
    for path in folder.iterdir():
        _to_disk(path)
    return files


def public_petitions() -> QuerySet[Petition]:
    """All that is public, in the order of its numbers, with what their documents are made of."""
    every = documents.prepared(Petition.objects.public().order_by("pk"))
    return every.prefetch_related("country_counts", "region_counts", "constituency_counts", "other_business")


def _petitions(folder: Path, done: Done) -> dict[str, int]:
    """The three files that go petition by petition; how many rows each has."""
    names = (tables.DOCUMENTS, tables.PETITIONS.file, tables.PLACES.file)
    written = dict.fromkeys(names, 0)
    with ExitStack() as files:
        lines = files.enter_context(_packed(folder / tables.DOCUMENTS))
        petition_rows = files.enter_context(_table(folder, tables.PETITIONS))
        place_rows = files.enter_context(_table(folder, tables.PLACES))
        for petition in public_petitions().iterator(chunk_size=BATCH):
            line = tables.document(petition)
            lines.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
            petition_rows([tables.petition_row(petition, line)])
            places = list(tables.place_rows(line))
            place_rows(places)
            written[tables.DOCUMENTS] += 1
            written[tables.PETITIONS.file] += 1
            written[tables.PLACES.file] += len(places)
            if written[tables.DOCUMENTS] % BATCH == 0:
                done(BATCH)
        done(written[tables.DOCUMENTS] % BATCH)
    return written


def _hours(folder: Path) -> int:
    hours = HourCount.objects.filter(petition__in=Petition.objects.public()).exclude(count=0)
    found = hours.order_by("petition_id", "hour").values_list("petition_id", "hour", "count")
    written = 0
    with _table(folder, tables.HOURS) as rows:
        for petition_id, hour, count in found.iterator(chunk_size=HOURS_BATCH):
            rows([[petition_id, moment(hour), count]])
            written += 1
    return written


@contextmanager
def _packed(path: Path) -> Iterator[gzip.GzipFile]:
    """A new file that packs what is written into it. The same content is the same bytes, whenever it is written."""
    with path.open("xb") as raw, gzip.GzipFile("", "wb", PACKING_LEVEL, raw, mtime=0) as file:
        yield file


@contextmanager
def _table(folder: Path, table: tables.Table) -> Iterator[Callable[[list[list[tables.Value]]], None]]:
    """A new CSV file with its head, and what takes rows: RFC 4180, cells that no spreadsheet runs."""
    with (
        _packed(folder / table.file) as packed,
        io.BufferedWriter(packed, 1 << 16) as buffered,  # type: ignore[type-var]  # a GzipFile is as good as raw
        io.TextIOWrapper(buffered, encoding="utf-8", newline="", write_through=False) as text,
    ):
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(table.head)
        yield lambda rows: writer.writerows([cell(value) for value in row] for row in rows)


def _told(path: Path, rows: int | None) -> File:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return File(path.name, path.stat().st_size, digest, rows)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
