"""Petitions by the hundred thousand, made from the real ones: ``python -m benchmarks.half_a_million [NUMBER]``.

A title is the beginning of one real title and the end of another, what is asked and the detail come from two more, so
that words are as frequent as in life and no two petitions are alike; counts are drawn from the real ones. The same seed
makes the same petitions. Fills a migrated database through COPY, then has search make its documents.
"""

import gzip
import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

DEMO = Path(__file__).resolve().parents[1] / "demo"
SEED = 20121126
NUMBER = 500_000
AT_ONCE = 20_000
FIRST_ID = 2_000_000
SINCE, DAYS = datetime(2011, 9, 22, tzinfo=UTC), 5000
COLUMNS = (
    "id", "title", "ask", "detail", "language", "creator_name", "committee_note", "state", "response_state",
    "second_opinion", "created_at", "updated_at", "opened_at", "closes_at", "closed_at", "rejected_at",
    "signature_count", "imported_count", "supporter_count", "key_version", "rules_version", "link_generation", "source",
    "source_id", "source_state", "source_url", "source_data", "exempt",
)  # fmt: skip
# Of twenty petitions so many are in a state, as among the real ones that were public.
STATES = ("open",) * 2 + ("closed",) * 8 + ("rejected",) * 10


def main() -> None:
    """Makes as many as the first argument says; tells how far it is."""
    django.setup()
    from django.db import connection

    number = int(sys.argv[1]) if len(sys.argv) > 1 else NUMBER
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM petitions_topic ORDER BY id")
        topics = [row[0] for row in cursor.fetchall()]
        cursor.execute("SET session_replication_role = replica")  # documents are made in one go below
        copy_into(cursor, "petitions_petition", COLUMNS, _told(rows(number), number, "petitions"))
        copy_into(cursor, "petitions_petition_topics", ("petition_id", "topic_id"), labels(number, topics))
        for begin in range(0, number, AT_ONCE):
            ids = list(range(FIRST_ID + begin, FIRST_ID + min(begin + AT_ONCE, number)))
            cursor.execute("SELECT search_refresh(%s)", [ids])
            print(f"{begin + len(ids):,} documents", file=sys.stderr, flush=True)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE petitions_petition, petitions_petition_topics, search_document")


def copy_into(cursor: Any, table: str, columns: tuple[str, ...], lines: Iterator[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for line in lines:
            copy.write_row(line)


def _told(lines: Iterator[tuple[Any, ...]], number: int, what: str) -> Iterator[tuple[Any, ...]]:
    for done, line in enumerate(lines, 1):
        if done % (2 * AT_ONCE) == 0:
            print(f"{done:,} of {number:,} {what}", file=sys.stderr, flush=True)
        yield line


def records() -> list[dict[str, Any]]:
    """The real petitions: title, ask, detail and count."""
    found = []
    for name, title, ask, detail, count in (
        ("uk_petitions.jsonl.gz", "action", "background", "additional_details", "signature_count"),
        ("wtp_petitions.jsonl.gz", "title", "body", "", "signatureCount"),
    ):
        with gzip.open(DEMO / name, "rt", encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                found.append(
                    {
                        "title": str(record.get(title) or "").split(),
                        "ask": str(record.get(ask) or "")[:500],
                        "detail": str(record.get(detail) or "")[:800],
                        "count": int(record.get(count) or record.get("signature_count") or 0),
                    }
                )
    return [record for record in found if record["title"]]


def rows(number: int) -> Iterator[tuple[Any, ...]]:
    """The petitions, one line of the table each."""
    real, chance = records(), random.Random(SEED)
    for place in range(number):
        one, two, three, four = (chance.choice(real) for _ in range(4))
        begins = one["title"][: chance.randint(2, max(2, len(one["title"]) - 1))]
        ends = two["title"][-chance.randint(1, max(1, len(two["title"]) // 2)) :]
        state = chance.choice(STATES)
        opened = SINCE + timedelta(days=chance.random() * DAYS)
        closes = opened + timedelta(days=182)
        is_open = state == "open"
        yield (
            FIRST_ID + place, " ".join(begins + ends)[:150], three["ask"], four["detail"], "en", "", "", state, "none",
            False, opened, opened, None if state == "rejected" else opened,
            None if state == "rejected" else (datetime(2040, 1, 1, tzinfo=UTC) if is_open else closes),
            closes if state == "closed" else None, opened if state == "rejected" else None,
            chance.choice(real)["count"], 0, 5, 1, 1, 0, "", "", "", "", "{}", True,
        )  # fmt: skip


def labels(number: int, topics: list[int]) -> Iterator[tuple[int, int]]:
    """One or two topics for each petition."""
    chance = random.Random(SEED + 1)
    for place in range(number):
        for topic in chance.sample(topics, chance.randint(1, 2)) if topics else ():
            yield FIRST_ID + place, topic


def words(number: int) -> list[str]:
    """Words of that many of these titles, as often as they stand in them; none that every text holds."""
    found: list[str] = []
    for line in rows(number):
        found += [word for word in "".join(c if c.isalnum() else " " for c in line[1].lower()).split() if len(word) > 3]
    return found


if __name__ == "__main__":
    main()
