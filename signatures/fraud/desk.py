"""What the desk shows of one petition: its newest signatures over time, and the groups that stand out. Reading only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count

from signatures.fraud import people, suspicion
from signatures.fraud.chart import Chart, chart
from signatures.fraud.criteria import TAGS
from signatures.models import Signature, SignatureState

# The desk reads no more of a petition than this, however large it is.
NEWEST = 100_000
GROUPS_SHOWN = 12
# Two of a kind are no group.
GROUP_LEAST = 3


@dataclass(frozen=True)
class Window:
    """A span of time to look at, in so many bars."""

    name: str
    length: timedelta
    bars: int

    @property
    def span(self) -> timedelta:
        return self.length / self.bars


WINDOWS = {
    window.name: window
    for window in (
        Window("hour", timedelta(hours=1), 60),
        Window("day", timedelta(days=1), 72),
        Window("week", timedelta(days=7), 84),
        Window("month", timedelta(days=30), 60),
    )
}
USUAL_WINDOW = "day"


@dataclass(frozen=True)
class Group:
    """Signatures that share a domain, a name or a network. ``times`` is how many times its usual share it has now.

    None: it was not there before, or there is nothing to compare with.
    """

    kind: str
    tag: str
    label: str
    number: int
    counted: int
    held: int
    pending: int
    rejected: int
    first_at: datetime
    last_at: datetime
    times: float | None
    suspicion: str
    large: bool


NEWEST_ROWS = """
SELECT id, created_at, created_at >= %(since)s AS here, state, {kind}_tag AS tag FROM signatures_signature
WHERE petition_id = %(petition_id)s ORDER BY id DESC LIMIT %(newest)s
"""
# What grew beyond its share of the signatures before comes first.
GROUPS = """
WITH newest AS MATERIALIZED ({newest}), totals AS (
    SELECT count(*) FILTER (WHERE here) AS here, nullif(count(*) FILTER (WHERE NOT here), 0) AS before FROM newest
), groups AS (
    SELECT tag, count(*) FILTER (WHERE NOT here) AS before, count(*) FILTER (WHERE here) AS number,
        count(*) FILTER (WHERE here AND state = 'confirmed') AS counted,
        count(*) FILTER (WHERE here AND state = 'held') AS held,
        count(*) FILTER (WHERE here AND state = 'pending') AS pending,
        count(*) FILTER (WHERE here AND state = 'invalidated') AS rejected,
        min(created_at) FILTER (WHERE here) AS first_at, max(created_at) AS last_at, max(id) AS row_id
    FROM newest WHERE tag <> '' GROUP BY tag
), compared AS (
    SELECT groups.*, coalesce(groups.before::float * totals.here / totals.before, 0) AS expected FROM groups, totals
)
SELECT * FROM compared WHERE number >= %(least)s ORDER BY number - expected DESC, number DESC, tag LIMIT %(shown)s
"""
BARS = """
WITH newest AS MATERIALIZED ({newest})
SELECT floor(extract(epoch FROM created_at - %(since)s) / %(seconds)s)::int AS bar,
    count(*) FILTER (WHERE state = 'confirmed'), count(*) FILTER (WHERE state = 'pending'),
    count(*) FILTER (WHERE state NOT IN ('confirmed', 'pending'))
FROM newest WHERE here AND created_at < %(now)s AND (%(tag)s::bytea IS NULL OR tag = %(tag)s) GROUP BY 1
"""


def groups(petition_id: int, kind: str, window: Window, *, now: datetime) -> list[Group]:
    """The groups of ``kind`` (domain, name or network) in the window, those that grew most first."""
    given = {
        "petition_id": petition_id,
        "newest": NEWEST,
        "since": now - window.length,
        "least": GROUP_LEAST,
        "shown": GROUPS_SHOWN,
    }
    with connection.cursor() as cursor:
        cursor.execute(GROUPS.format(newest=NEWEST_ROWS.format(kind=kind)), given)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [_group(petition_id, kind, row) for row in rows]


def over_time(petition_id: int, window: Window, *, now: datetime, kind: str = "", tag: str = "") -> Chart:
    """The petition's signatures in the window as bars; with ``kind`` and ``tag`` those of one group."""
    since = now - window.length
    given = {
        "petition_id": petition_id,
        "newest": NEWEST,
        "since": since,
        "now": now,
        "seconds": window.span.total_seconds(),
        "tag": bytes.fromhex(tag) if kind else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(BARS.format(newest=NEWEST_ROWS.format(kind=kind or "domain")), given)
        return chart(cursor.fetchall(), begins=since, span=window.span, bars=window.bars)


def members(petition_id: int, kind: str, tag: str, *, most: int) -> list[Signature]:
    """The newest signatures of a group, among the newest of the petition."""
    newest = Signature.objects.filter(petition_id=petition_id).order_by("-id").values("id")[NEWEST - 1 : NEWEST]
    oldest = newest.first()
    rows = Signature.objects.filter(petition_id=petition_id, **{f"{kind}_tag": bytes.fromhex(tag)})
    if oldest:
        rows = rows.filter(id__gte=oldest["id"])
    return list(rows.order_by("-id")[:most])


def held(petition_id: int | None = None) -> list[dict[str, Any]]:
    """How many signatures are held, by petition and by why; of one petition or of all, the most first."""
    rows = Signature.objects.filter(state=SignatureState.HELD).exclude(suspicion="")
    if petition_id is not None:
        rows = rows.filter(petition_id=petition_id)
    return list(rows.values("petition_id", "suspicion").annotate(number=Count("id")).order_by("-number", "petition_id"))


def is_group(kind: str, tag: str) -> bool:
    """Whether these can name a group."""
    return kind in TAGS and len(tag) == 16 and all(letter in "0123456789abcdef" for letter in tag)


def _group(petition_id: int, kind: str, row: dict[str, Any]) -> Group:
    shared = people.shared(petition_id, row["row_id"], kind)
    return Group(
        kind=kind,
        tag=bytes(row["tag"]).hex(),
        label=people.masked(kind, shared),
        number=row["number"],
        counted=row["counted"],
        held=row["held"],
        pending=row["pending"],
        rejected=row["rejected"],
        first_at=row["first_at"],
        last_at=row["last_at"],
        times=row["number"] / row["expected"] if row["expected"] else None,
        suspicion=suspicion.of_address(f"@{shared}") if kind == "domain" else "",
        large=kind == "domain" and people.is_large(shared),
    )
