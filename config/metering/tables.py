"""Figures that are facts of the tables, asked when somebody looks: right whichever process answers."""

from collections.abc import Iterable
from typing import NamedTuple

import structlog
from django.db import Error, connection
from django.db.backends.utils import CursorWrapper
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from mailing.models import Priority

log = structlog.get_logger(__name__)

CANCELLED = "57014"  # the SQLSTATE of a statement that took longer than it may


class Figure(NamedTuple):
    """One gauge: its name, what it says, its labels, and a query that gives label values and then the number."""

    name: str
    help: str
    labels: tuple[str, ...]
    query: str


FIGURES = (
    Figure(
        "redress_mail_due",
        "Mails that should have left, of each priority counted as far as 100,000.",
        ("priority",),
        # When millions are told of an answer, nobody who looks should count them all, every few seconds.
        """
        SELECT given.priority, due.number FROM (VALUES (0), (1), (2)) AS given (priority) CROSS JOIN LATERAL (
            SELECT count(*) AS number FROM (
                SELECT FROM mailing_mail AS mail
                WHERE mail.state = 'queued' AND mail.priority = given.priority AND mail.due_at <= now() LIMIT 100000
            ) AS waiting
        ) AS due WHERE due.number > 0
        """,
    ),
    Figure(
        "redress_mail_age_seconds",
        "For how long the oldest due mail has waited.",
        ("priority",),
        """
        SELECT given.priority, extract(epoch FROM now() - oldest.due_at)
        FROM (VALUES (0), (1), (2)) AS given (priority) CROSS JOIN LATERAL (
            SELECT mail.due_at FROM mailing_mail AS mail
            WHERE mail.state = 'queued' AND mail.priority = given.priority AND mail.due_at <= now()
            ORDER BY mail.due_at LIMIT 1
        ) AS oldest
        """,
    ),
    Figure(
        "redress_mail_failed",
        "Mails that failed for good.",
        (),
        "SELECT count(*) FROM mailing_mail WHERE state = 'failed'",
    ),
    Figure("redress_tally_waiting", "Changes of counts not counted yet.", (), "SELECT count(*) FROM signatures_delta"),
    Figure(
        "redress_tally_lag_seconds",
        "Seconds since all that was confirmed was counted; up to 5 while nobody signs.",
        (),
        # Not the age of a delta: what is taken back bears the hour in which it was confirmed.
        "SELECT coalesce(extract(epoch FROM now() - max(counted_at)), 0) FROM petitions_tally",
    ),
    Figure(
        "redress_drifting_petitions",
        "Petitions whose counts and rows do not agree.",
        (),
        "SELECT count(*) FROM signatures_drift WHERE settled_at IS NULL",
    ),
    Figure(
        "redress_changes_waiting",
        "Changes that the change feed does not show yet.",
        (),
        "SELECT count(*) FROM opendata_touched",
    ),
    Figure(
        "redress_changes_lag_seconds",
        "For how long the oldest of them has waited.",
        (),
        "SELECT coalesce(extract(epoch FROM now() - (SELECT at FROM opendata_touched ORDER BY id LIMIT 1)), 0)",
    ),
    Figure(
        "redress_crossings_without_case",
        "Thresholds reached for which no case was opened within a minute.",
        (),
        """
        SELECT count(*) FROM petitions_crossing AS crossing JOIN petitions_threshold AS threshold
            ON threshold.id = crossing.threshold_id
        WHERE crossing.fires AND threshold.opens_case AND crossing.crossed_at < now() - interval '1 minute'
            AND NOT EXISTS (
                SELECT FROM responses_caselink AS link WHERE link.petition_id = crossing.petition_id
            )
        """,
    ),
    Figure(
        "redress_signing_paused",
        "1 while signing is paused.",
        (),
        "SELECT count(*) FROM petitions_signingpause WHERE ended_at IS NULL",
    ),
    Figure(
        "redress_connections",
        "Connections to the database, by state.",
        ("state",),
        "SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1",
    ),
)
NAMES = {"priority": {str(number): Priority(number).name.lower() for number in Priority.values}}


class Tables:
    """The figures as gauges; `redress_database_up` alone while the database is away."""

    def collect(self) -> Iterable[Metric]:
        """Each figure by one query; one that takes too long is left out, and the others are told all the same."""
        gauges: list[Metric] = []
        try:
            with connection.cursor() as cursor:
                for figure in FIGURES:
                    rows = _asked(cursor, figure)
                    if rows is not None:
                        gauges.append(_gauge(figure, rows))
        except Error:
            return [GaugeMetricFamily("redress_database_up", "Whether the database answers.", 0)]
        finally:
            connection.close()
        return [GaugeMetricFamily("redress_database_up", "Whether the database answers.", 1), *gauges]


def _asked(cursor: CursorWrapper, figure: Figure) -> list[tuple[object, ...]] | None:
    """What the query of a figure gives; None where the database gave it up. Raises Error when it is away."""
    try:
        cursor.execute(figure.query)
        return cursor.fetchall()
    except Error as error:
        if getattr(error.__cause__, "sqlstate", None) != CANCELLED:
            raise
        log.warning("figure_not_told", figure=figure.name)
        return None


def _gauge(figure: Figure, rows: list[tuple[object, ...]]) -> Metric:
    gauge = GaugeMetricFamily(figure.name, figure.help, labels=figure.labels)
    for *labels, number in rows:
        named = zip(figure.labels, map(str, labels), strict=True)
        told = [NAMES.get(name, {}).get(label, label) for name, label in named]
        gauge.add_metric(told, float(number))  # type: ignore[arg-type]
    return gauge
