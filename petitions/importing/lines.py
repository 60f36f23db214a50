"""The lines of a file of records, plain or gzipped, whatever is wrong with them."""

import csv
import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

LONGEST_LINE = 1_000_000
GZIP_MAGIC = b"\x1f\x8b"


class BadRecord(ValueError):
    """A record that is not loaded; the message says why."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that was not loaded, by its number in the file (from 1), and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file} line {self.line}: {self.reason}"


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any] | BadRecord]]:
    """Each line of ``path`` that is not blank, with its number: a JSON object, or what is wrong with it.

    A file that breaks off in the middle yields that as its last line. Raises OSError when it can't be opened.
    """
    for number, line in _lines(path):
        if isinstance(line, BadRecord):
            yield number, line
        elif line.strip():
            yield number, _json_object(line)


def csv_lines(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str] | BadRecord]]:
    """Each row of ``path`` under its header, with its line number: the named columns, or what is wrong with it.

    A row is one line: none of our tables needs line breaks in a cell. Raises BadRecord when the header lacks a column.
    """
    lines = _lines(path)
    header = _cells(next(lines, (1, ""))[1])
    if isinstance(header, BadRecord) or not set(columns) <= set(header):
        raise BadRecord(f"{path.name} has no header row with {', '.join(columns)}")
    places = [(column, header.index(column)) for column in columns]
    for number, line in lines:
        if isinstance(line, str) and not line.strip():
            continue
        cells = _cells(line)
        if isinstance(cells, BadRecord):
            yield number, cells
        elif len(cells) != len(header):
            yield number, BadRecord(f"{len(cells)} cells where {len(header)} belong")
        else:
            yield number, {column: cells[place] for column, place in places}


def _lines(path: Path) -> Iterator[tuple[int, str | BadRecord]]:
    with _opened(path) as file:
        number = 0
        while True:
            number += 1
            try:
                line = file.readline(LONGEST_LINE)
                if not line:
                    return
                too_long = not line.endswith(b"\n") and len(line) >= LONGEST_LINE
                while too_long and (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                    pass
            except (EOFError, gzip.BadGzipFile, zlib.error):
                yield number, BadRecord("the file breaks off here or is damaged; nothing after it was read")
                return
            yield number, BadRecord("the line is too long") if too_long else _text(line, first=number == 1)


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        packed = file.read(2) == GZIP_MAGIC
    return cast(IO[bytes], gzip.open(path)) if packed else path.open("rb")


def _text(line: bytes, *, first: bool) -> str | BadRecord:
    try:
        return line.decode("utf-8-sig" if first else "utf-8")
    except UnicodeDecodeError:
        return BadRecord("not UTF-8")


def _json_object(line: str) -> dict[str, Any] | BadRecord:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        place = f" at column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        return BadRecord(f"not JSON{place}")
    return found if isinstance(found, dict) else BadRecord("not a JSON object")


def _cells(line: str | BadRecord) -> list[str] | BadRecord:
    if isinstance(line, BadRecord):
        return line
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error as error:
        return BadRecord(f"not CSV: {error}")
