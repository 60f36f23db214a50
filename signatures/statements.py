"""The two statements of the hot path, and how they are run: prepared, in one round trip that is its own transaction."""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError, connection
from psycopg_pool import PoolTimeout

from signatures.pacing import TAKE

# Insert first: the unique key decides who was first, and locks the row for whoever comes second. A confirmed, held or
# invalidated row stays as it is. What is typed again replaces what was never confirmed. Nothing is stored where the
# petition takes nothing now, or where the keys were made by an outdated card.
_ACCEPT = """
WITH petition AS (
    SELECT id FROM petitions_petition
    WHERE id = %(petition_id)s AND state = %(state)s AND (closes_at IS NULL OR closes_at > %(now)s)
        AND salt = %(salt)s AND key_version = %(key_version)s AND rules_version = %(rules_version)s
), accepted AS (
    INSERT INTO signatures_signature AS kept (
        petition_id, signer_key, state, role, notify, language, region_code, country_code, created_at,
        generation, code_tries, sealed, domain_tag, name_tag, network_tag, suspicion
    ) SELECT
        id, %(signer_key)s, 'pending', %(role)s, %(notify)s, %(language)s, %(region_code)s, %(country_code)s, %(now)s,
        0, 0, %(sealed)s, %(domain_tag)s, %(name_tag)s, %(network_tag)s, %(suspicion)s
    FROM petition
    ON CONFLICT (petition_id, signer_key) DO UPDATE SET
        state = 'pending', confirmed_at = NULL,
        role = CASE kept.role WHEN 'creator' THEN kept.role ELSE EXCLUDED.role END,
        notify = EXCLUDED.notify, language = EXCLUDED.language, region_code = EXCLUDED.region_code,
        country_code = EXCLUDED.country_code, created_at = EXCLUDED.created_at, sealed = EXCLUDED.sealed,
        domain_tag = EXCLUDED.domain_tag, name_tag = EXCLUDED.name_tag, network_tag = EXCLUDED.network_tag,
        suspicion = CASE WHEN kept.state = 'pending' AND kept.suspicion = 'watched' THEN kept.suspicion
            ELSE EXCLUDED.suspicion END
    WHERE kept.state IN ('pending', 'withdrawn')
    RETURNING id
), signed AS (
    SELECT id, 'confirm' AS kind FROM accepted
    UNION ALL
    SELECT signature.id, CASE WHEN signature.state IN ('confirmed', 'held') THEN 'already_signed' ELSE '' END
    FROM petition, signatures_signature AS signature
    WHERE signature.petition_id = petition.id AND signature.signer_key = %(signer_key)s
        AND NOT EXISTS (SELECT FROM accepted)
), paced AS (
    {take}
    RETURNING true
), queued AS (
    INSERT INTO mailing_mail (
        kind, priority, petition_id, row_id, details, state, created_at, due_at, attempts, error
    )
    SELECT kind, 0, %(petition_id)s, id, '{{}}', 'queued', %(now)s, %(now)s, 0, '' FROM signed, paced
)
SELECT id FROM signed
"""
ACCEPT = _ACCEPT.format(
    take=TAKE.format(
        wanted="""
        SELECT %(address_key)s, ARRAY[%(now)s], ARRAY[%(about)s] FROM signed
        WHERE kind <> '' AND %(may_be_mailed)s
            AND NOT EXISTS (SELECT FROM mailing_suppression WHERE address_key = ANY(%(address_keys)s))
            AND NOT EXISTS (
                SELECT FROM signatures_disowned
                WHERE petition_id = %(petition_id)s AND signer_key = %(signer_key)s
            )
        """
    )
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


def returned(statement: str, given: Mapping[str, Any]) -> Any:
    """The first column of the row that ``statement`` returned; None if there was none.

    Outside a transaction it is one of its own, begun, committed and acknowledged in one round trip. Only for statements
    that may be repeated: where the connection turns out to be lost they are tried once more on a new one.
    """
    try:
        return _run(statement, given)
    except (OperationalError, InterfaceError) as error:
        if connection.in_atomic_block or not _is_lost(error.__cause__):
            raise
    connection.close()
    if connection.pool:
        connection.pool.check()  # the others were lost with it
    return _run(statement, given)


def _is_lost(error: BaseException | None) -> bool:
    """Whether the connection ended under a statement: without a word, or because the server was stopped."""
    return isinstance(error, psycopg.Error) and error.sqlstate in (None, "57P01") and not isinstance(error, PoolTimeout)


def _run(statement: str, given: Mapping[str, Any]) -> Any:
    # Not through Django's cursor: that asks first whether the connection lives, and has each statement planned anew.
    with connection.wrap_database_errors:
        if connection.connection is None and connection.pool:
            connection.pool.open()
            with connection.pool.connection() as lent:
                lent.autocommit = True
                return _first(lent, statement, given)
        connection.ensure_connection()
        connection.validate_no_broken_transaction()
        return _first(connection.connection, statement, given)


def _first(lent: psycopg.Connection[Any], statement: str, given: Mapping[str, Any]) -> Any:
    lent.prepare_threshold = 0  # Django's None would forbid prepared statements altogether
    with psycopg.Cursor(lent) as cursor:
        row = cursor.execute(statement, given, prepare=True).fetchone()
    return row[0] if row else None
