"""Mails that are done with are kept for a while, for whoever asks what became of one; then their rows go."""

from datetime import datetime, timedelta

from django.db import connection

KEPT = timedelta(days=90)
BATCH = 5000
BATCHES = 40

# Rows are numbered in the order in which they were queued: from the lowest on, the oldest come first. What is still to
# be sent stays, however old.
FORGET = """
WITH oldest AS (
    SELECT id, state, created_at FROM mailing_mail WHERE id > %(after)s ORDER BY id LIMIT %(batch)s
), gone AS (
    DELETE FROM mailing_mail USING oldest
    WHERE mailing_mail.id = oldest.id AND oldest.state <> 'queued' AND oldest.created_at < %(before)s
    RETURNING mailing_mail.id
)
SELECT max(id), (SELECT count(*) FROM gone) FROM oldest WHERE created_at < %(before)s
"""


def forget_old(now: datetime) -> int:
    """Delete rows of mails sent, dropped or failed that were queued over 90 days ago; how many, 200,000 at most."""
    after: int | None = 0
    forgotten = 0
    for _batch in range(BATCHES):
        with connection.cursor() as cursor:
            cursor.execute(FORGET, {"after": after, "batch": BATCH, "before": now - KEPT})
            after, gone = cursor.fetchone()
        forgotten += gone
        if after is None:
            break
    return forgotten
