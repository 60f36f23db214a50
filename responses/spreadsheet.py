"""Rows as CSV for spreadsheets."""

import csv
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any

# What a spreadsheet would run as a formula when it opens the file; some read wide letters as the usual ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(kind: type, rows: Iterable[Any], target: Any) -> None:
    """Rows of the dataclass ``kind`` as RFC 4180 with a header; a text that would be run gets an apostrophe."""
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([field.name for field in fields(kind)])
    for row in rows:
        writer.writerow([cell(value) for value in asdict(row).values()])


def cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
