"""Pairs that moderators labelled: ``python -m benchmarks.pairs`` fills an empty database and asks `petitions.similar`.

Prints one line of JSON: for each row of the file the places (1 is first) at which the petition that the moderators
pointed to was found, and the seconds of processor that each question took.
"""

import csv
import gzip
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

DEMO = Path(__file__).resolve().parents[1] / "demo"
PUBLISHED = ("open", "closed")
TOLD_EVERY = 100


def main() -> None:
    """Makes the petitions, then asks for each row: among all, and among those open then, by text and with the date."""
    django.setup()
    from petitions import similar

    records = {record["id"]: record for record in _records()}
    _fill(records.values())
    rows = []
    for number, (refused, wanted) in enumerate(_pairs(), 1):
        record = records[refused]
        asked: dict[str, Any] = {"title": record["action"], "language": "en", "exclude_id": refused}
        asked |= {"states": PUBLISHED}
        then, long_after = _moment(record["created_at"]), datetime.now(UTC)
        open_then = [one["id"] for one in records.values() if _was_open(one, record)]
        began = time.process_time()
        row: dict[str, float | None] = {"all": _place(similar.near(**asked, now=long_after), wanted)}
        row["seconds"] = time.process_time() - began
        row["all_dated"] = _place(similar.near(**asked, now=then), wanted)
        row["open_then"] = _place(similar.near(**asked, now=long_after, only=open_then), wanted)
        row["open_then_dated"] = _place(similar.near(**asked, now=then, only=open_then), wanted)
        rows.append(row)
        if number % TOLD_EVERY == 0:
            print(f"{number} pairs asked", file=sys.stderr, flush=True)
    print(json.dumps(rows))


def _records() -> list[dict[str, Any]]:
    with gzip.open(DEMO / "uk_petitions.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _pairs() -> list[tuple[int, int]]:
    with (DEMO / "uk_duplicate_pairs.csv").open(encoding="utf-8", newline="") as lines:
        return [(int(row["rejected_id"]), int(row["existing_id"])) for row in csv.DictReader(lines)]


def _fill(records: Any) -> None:
    from petitions.models import Petition

    Petition.objects.bulk_create(
        Petition(
            id=record["id"],
            title=record["action"],
            ask=record.get("background") or "",
            detail=record.get("additional_details") or "",
            state=record["state"],
            exempt=True,
            signature_count=record["signature_count"],
            created_at=_moment(record["created_at"]),
            opened_at=_dated(record, "opened_at"),
            closed_at=_dated(record, "closed_at"),
            rejected_at=_dated(record, "rejected_at"),
        )
        for record in records
    )


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _dated(record: dict[str, Any], name: str) -> datetime | None:
    return _moment(record[name]) if record.get(name) else None


def _was_open(one: dict[str, Any], refused: dict[str, Any]) -> bool:
    """As the measure is defined: opened before the other was refused, and not closed before that was written."""
    if one["state"] not in PUBLISHED or one["opened_at"] > refused["rejected_at"]:
        return False
    return not one["closed_at"] or one["closed_at"] > refused["created_at"]


def _place(found: list[Any], wanted: int) -> int | None:
    return next((place for place, one in enumerate(found, 1) if one.pk == wanted), None)


if __name__ == "__main__":
    main()
