"""The two statements of the hot path."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from petitions.prepared import fetched
from signatures import pacing
from signatures.pacing import TAKE

Row = Mapping[str, Any]

# What a signature is stored with: the names under which ``accept`` is given it, and their types.
COLUMNS = {
    "petition_id": "bigint",
    "petition_state": "text",
    "salt": "bytea",
    "key_version": "int",
    "rules_version": "int",
    "signer_key": "bytea",
    "role": "text",
    "notify": "boolean",
    "language": "text",
    "region_code": "text",
    "country_code": "text",
    "sealed": "bytea",
    "domain_tag": "bytea",
    "name_tag": "bytea",
    "network_tag": "bytea",
    "suspicion": "text",
    "may_be_mailed": "boolean",
    "address_key": "bytea",
    "address_keys": "bytea[]",
    "about": "bigint",
    "at": "timestamptz",
}
# Insert first: the unique key decides who was first, and locks the row for whoever comes second. A confirmed, held or
# invalidated row stays as it is. What is typed again replaces what was never confirmed; what staff held and did not
# release is held again, withdrawn or not. Nothing is stored where the petition takes nothing now, or where the keys
# were made by an outdated card. The order is that of the given rows, and of address keys: two groups never wait for
# each other crosswise. LIMIT 1 has the planner ask keys, never whole tables.
_ACCEPT = """
WITH given AS (
    SELECT * FROM json_to_recordset(%(rows)s) AS one (number int, {columns})
), taken AS (
    SELECT given.* FROM given CROSS JOIN LATERAL (
        SELECT true FROM petitions_petition AS petition
        WHERE petition.id = given.petition_id AND petition.state = given.petition_state
            AND (petition.closes_at IS NULL OR petition.closes_at > given.at) AND petition.salt = given.salt
            AND petition.key_version = given.key_version AND petition.rules_version = given.rules_version
        LIMIT 1
    ) AS petition
), accepted AS (
    INSERT INTO signatures_signature AS kept (
        petition_id, signer_key, state, role, notify, language, region_code, country_code, created_at,
        generation, code_tries, sealed, domain_tag, name_tag, network_tag, suspicion
    ) SELECT
        petition_id, signer_key, 'pending', role, notify, language, region_code, country_code, at,
        0, 0, sealed, domain_tag, name_tag, network_tag, suspicion
    FROM taken
    ON CONFLICT (petition_id, signer_key) DO UPDATE SET
        state = 'pending', confirmed_at = NULL,
        role = CASE kept.role WHEN 'creator' THEN kept.role ELSE EXCLUDED.role END,
        notify = EXCLUDED.notify, language = EXCLUDED.language, region_code = EXCLUDED.region_code,
        country_code = EXCLUDED.country_code, created_at = EXCLUDED.created_at, sealed = EXCLUDED.sealed,
        domain_tag = EXCLUDED.domain_tag, name_tag = EXCLUDED.name_tag, network_tag = EXCLUDED.network_tag,
        suspicion = CASE WHEN kept.suspicion IN ('staff', 'watched') THEN 'watched' ELSE EXCLUDED.suspicion END
    WHERE kept.state IN ('pending', 'withdrawn')
    RETURNING petition_id, signer_key, id
), signed AS (
    SELECT taken.*, coalesce(accepted.id, earlier.id) AS row_id, CASE
        WHEN accepted.id IS NOT NULL THEN 'confirm'
        WHEN earlier.state IN ('confirmed', 'held') THEN 'already_signed'
        ELSE '' END AS kind
    FROM taken
    LEFT JOIN accepted USING (petition_id, signer_key)
    LEFT JOIN LATERAL (
        SELECT id, state FROM signatures_signature AS signature
        WHERE accepted.id IS NULL
            AND signature.petition_id = taken.petition_id AND signature.signer_key = taken.signer_key
        LIMIT 1
    ) AS earlier ON true
), paced AS (
    {take}
    RETURNING address_key
), queued AS (
    INSERT INTO mailing_mail (
        kind, priority, petition_id, row_id, details, state, created_at, due_at, attempts, error
    )
    SELECT kind, 0, petition_id, row_id, '{{}}', 'queued', at, at, 0, ''
    FROM signed JOIN paced USING (address_key)
)
SELECT number, row_id FROM signed WHERE row_id IS NOT NULL
"""
ACCEPT = _ACCEPT.format(
    columns=", ".join(f"{name} {type_}" for name, type_ in COLUMNS.items()),
    take=TAKE.format(
        wanted="""
        SELECT address_key, ARRAY[at], ARRAY[about] FROM signed
        WHERE kind <> '' AND may_be_mailed
            AND NOT EXISTS (SELECT FROM mailing_suppression WHERE address_key = ANY(signed.address_keys))
            AND NOT EXISTS (
                SELECT FROM signatures_disowned AS disowned
                WHERE disowned.petition_id = signed.petition_id AND disowned.signer_key = signed.signer_key
            )
        ORDER BY address_key
        """
    ),
)

# No index names a column that changes here: where its page has room the row is rewritten and nothing else. A suspected
# signature waits for staff instead of being counted. One accepted before closing may be confirmed for a day after.
_CONFIRM = """
WITH confirmed AS (
    UPDATE signatures_signature AS signature
    SET state = CASE signature.suspicion WHEN '' THEN 'confirmed' ELSE 'held' END, confirmed_at = %(now)s
    FROM petitions_petition AS petition
    WHERE signature.petition_id = %(petition_id)s AND signature.id = %(row_id)s
        AND signature.generation = %(generation)s AND signature.state = 'pending'
        AND petition.id = %(petition_id)s AND ({petition_takes})
    RETURNING signature.region_code, signature.country_code, signature.role, signature.state
), counted AS (
    INSERT INTO signatures_delta (petition_id, region_code, country_code, at, amount)
    SELECT %(petition_id)s, region_code, country_code, %(now)s, 1 FROM confirmed WHERE state = 'confirmed'
)
SELECT role FROM confirmed
"""
CONFIRM_OPENED = _CONFIRM.format(
    petition_takes="""
    petition.state = 'open' AND petition.closes_at IS NULL
    OR petition.state IN ('open', 'closed')
        AND petition.closes_at > signature.created_at AND petition.closes_at > %(closed_since)s
    """
)
CONFIRM_EARLY = _CONFIRM.format(
    petition_takes="""
    petition.state = 'draft' AND signature.role = 'creator'
    OR petition.state IN ('gathering_support', 'in_moderation') AND signature.role <> 'signer'
    """
)

PAY_FOR_CODE = """
UPDATE signatures_signature SET code_tries = code_tries + 1
WHERE petition_id = %(petition_id)s AND id = %(row_id)s AND code_tries < %(most)s RETURNING generation
"""


def accept(rows: Sequence[Row]) -> list[int | None]:
    """Store signatures and queue their mails, together, in one transaction; each one's row id, None where its petition
    takes nothing now or its card is outdated.

    ``rows`` have what ``COLUMNS`` names. No two of them may be of one signer of one petition, or of one mailbox.
    """
    numbered = [{**row, "number": number} for number, row in enumerate(rows)]
    numbered.sort(key=lambda row: (row["petition_id"], row["signer_key"]))
    found = dict(fetched(ACCEPT, {"rows": orjson.dumps(numbered, default=_as_text).decode(), **pacing.terms()}))
    return [found.get(number) for number in range(len(rows))]


def _as_text(value: bytes) -> str:
    return f"\\x{value.hex()}"


def returned(statement: str, given: Row) -> Any:
    """The first column of the row that ``statement`` returned; None if there was none."""
    rows = fetched(statement, given)
    return rows[0][0] if rows else None
