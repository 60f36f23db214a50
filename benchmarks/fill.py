"""Fills an empty site with signatures, millions of them, as they would lie there after months.

``DATABASE_URL=... python -m benchmarks.fill --rows 20000000 --one 6000000`` writes them in sets, about 50,000 a second.
Every row is confirmed, of the size of a real one, with keys as random as real ones; totals, places and hours agree with
the rows. Nobody is behind them: what is sealed cannot be opened. A table that holds signatures already is refused.
"""

import argparse
import os
import sys
from typing import Any

import psycopg
from psycopg import sql

from config.management.progress import Progress

SET = 250_000
DAYS = 100
# A typical sealed row: name, address, postcode and network. The benchmark passes what its own rows have.
SEALED_BYTES = 160

# Row n of all: its petition (the big one's rows lie evenly among the others'), its time, and bytes without a pattern.
ROWS = """
INSERT INTO signatures_signature (
    petition_id, signer_key, state, role, notify, language, region_code, country_code, created_at, confirmed_at,
    generation, code_tries, sealed, domain_tag, name_tag, network_tag {more_columns}
)
SELECT
    CASE WHEN n * %(one)s / %(rows)s <> (n - 1) * %(one)s / %(rows)s THEN %(first)s
         ELSE %(first)s + 1 + (get_byte(noise, 30) * 256 + get_byte(noise, 31)) %% %(others)s
    END,
    substr(noise, 1, 16), 'confirmed', 'signer', n %% 3 = 0, 'en', chr(65 + get_byte(noise, 17) %% 12), 'GB',
    at, at + interval '2 minutes', 0, 0, substr(long, 1, %(sealed)s),
    substr(sha256(int8send(n %% 500)), 1, 8), substr(noise, 18, 8), substr(noise, 24, 8) {more_values}
FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n
CROSS JOIN LATERAL (
    SELECT sha256(int8send(n)) AS noise, now() - interval '1 day' * %(days)s * (1 - n::float8 / %(rows)s) AS at
) AS random
CROSS JOIN LATERAL (
    SELECT sha512(noise) || sha512(noise || '\\x01') || sha512(noise || '\\x02') || sha512(noise || '\\x03') AS long
) AS sealed
"""
COUNTED = (
    """
    UPDATE petitions_petition AS petition SET signature_count = counted.signatures
    FROM (SELECT petition_id, count(*) AS signatures FROM signatures_signature GROUP BY 1) AS counted
    WHERE petition.id = counted.petition_id
    """,
    """
    INSERT INTO petitions_regioncount (petition_id, region_code, imported, signed)
    SELECT petition_id, region_code, 0, count(*) FROM signatures_signature GROUP BY 1, 2
    """,
    """
    INSERT INTO petitions_countrycount (petition_id, country_code, name, imported, signed)
    SELECT petition_id, country_code, '', 0, count(*) FROM signatures_signature GROUP BY 1, 2
    """,
    """
    INSERT INTO petitions_hourcount (petition_id, hour, count)
    SELECT petition_id, date_trunc('hour', confirmed_at, 'UTC'), count(*) FROM signatures_signature GROUP BY 1, 2
    """,
)
# Columns that came after this command was written: what they hold when nothing is to be said.
LATER = """
SELECT column_name, data_type FROM information_schema.columns
WHERE table_name = 'signatures_signature' AND is_nullable = 'NO' AND column_default IS NULL AND column_name <> ALL(%s)
"""
NOTHING = {"character varying": "''", "text": "''", "boolean": "false", "bytea": "''"}
KNOWN = [
    *("petition_id", "id", "signer_key", "state", "role", "notify", "language", "region_code", "country_code"),
    *("created_at", "generation", "code_tries", "domain_tag", "name_tag", "network_tag"),
]
UNIQUE = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = 'signatures_signature'::regclass AND contype = 'u'
"""


def fill(connection: psycopg.Connection[Any], *, rows: int, one: int, sealed: int = SEALED_BYTES) -> None:
    """Write ``rows`` signatures, ``one`` of them under the first petition made here, the rest under all others.

    Each set is a transaction of its own. Raises ValueError when there are signatures, or fewer than two petitions.
    """
    first, petitions = connection.execute(
        "SELECT min(id), count(*) FROM petitions_petition WHERE id > 1000000"
    ).fetchone() or (None, 0)
    if petitions < 2:
        raise ValueError("There must be two petitions at least.")
    if connection.execute("SELECT EXISTS (SELECT 1 FROM signatures_signature)").fetchone() != (False,):
        raise ValueError("There are signatures already; only an empty table is filled.")
    keys = connection.execute(UNIQUE).fetchall()
    for name, _definition in keys:
        connection.execute(sql.SQL("ALTER TABLE signatures_signature DROP CONSTRAINT {}").format(sql.Identifier(name)))
    given = {"rows": rows, "one": one, "first": first, "others": petitions - 1, "sealed": sealed, "days": DAYS}
    statement = _statement(connection)
    with Progress("Signatures", rows, sys.stderr) as progress:
        for start in range(1, rows + 1, SET):
            last = min(start + SET - 1, rows)
            connection.execute(statement, {**given, "from": start, "to": last})
            progress.advance(last - start + 1)
    with Progress("Keys, counts, statistics", len(keys) + len(COUNTED) + 1, sys.stderr) as progress:
        for name, definition in keys:
            connection.execute(
                sql.SQL("ALTER TABLE signatures_signature ADD CONSTRAINT {} ").format(sql.Identifier(name))
                + sql.SQL(definition)
            )
            progress.advance()
        for count in COUNTED:
            connection.execute(count)
            progress.advance()
        connection.execute("VACUUM (FREEZE, ANALYZE)")
        connection.execute("CHECKPOINT")
        progress.advance()


def _statement(connection: psycopg.Connection[Any]) -> str:
    later = connection.execute(LATER, [KNOWN]).fetchall()
    return ROWS.format(
        more_columns="".join(f", {name}" for name, _kind in later),
        more_values="".join(f", {NOTHING.get(kind, '0')}" for _name, kind in later),
    )


def main() -> int:
    """Gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fill", description="Fill DATABASE_URL with signatures.")
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--one", type=int, default=6_000_000, help="how many of them are the first petition's")
    parser.add_argument("--sealed", type=int, default=SEALED_BYTES, help="bytes of personal data of a row")
    arguments = parser.parse_args()
    address = os.environ.get("DATABASE_URL")
    if not address:
        print("DATABASE_URL says which database to fill.", file=sys.stderr)
        return 2
    with psycopg.connect(address, autocommit=True) as connection:
        try:
            fill(connection, rows=arguments.rows, one=arguments.one, sealed=arguments.sealed)
        except ValueError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
