"""Which version of a petition the database holds: a text that changes whenever a row does that its page is made of.

Reading it costs a tenth of a millisecond, making the page thirty times as much; so a page is made anew when the version
has changed, and not before (decision 0096).
"""

from functools import cache

import psycopg
from django.db import connection
from django.db.models import Model

from petitions.models import (
    ConstituencyCount,
    CountryCount,
    Draft,
    HourCount,
    Note,
    Petition,
    Rating,
    RegionCount,
    Report,
    ReviewRequest,
    Trend,
)
from petitions.prepared import fetched

# Many rows, written only in one transaction with the petition's own (petitions.services.counting).
WRITTEN_WITH_PETITION: frozenset[type[Model]] = frozenset({RegionCount, CountryCount, HourCount, ConstituencyCount})
NOT_ON_THE_PAGE: frozenset[type[Model]] = frozenset({Draft, Note, Rating, Report, ReviewRequest, Trend})

LARGEST_NUMBER = 2**63 - 1
PART = "(SELECT sum(hashtext(part.xmin::text || part.ctid::text)) FROM {table} AS part WHERE {column} = petition.id)"
STATEMENT = "SELECT concat_ws('.', petition.xmin, petition.ctid, {parts}) FROM {petition} AS petition WHERE id = $1"


def version(petition_id: int) -> str:
    """The version of this petition and of what stands on its page; '' for a number without one."""
    if petition_id > LARGEST_NUMBER:
        return ""
    rows = fetched(_statement(), [petition_id], cursor=psycopg.RawCursor)
    return str(rows[0][0]) if rows else ""


def tables() -> set[tuple[str, str]]:
    """The tables beside the petition's own whose rows make its version, each with its column for the petition.

    Found in the models: whoever adds one that belongs to petitions need not think of this place.
    """
    own = {
        (relation.related_model._meta.db_table, relation.field.column)
        for relation in Petition._meta.related_objects
        if relation.field.name == "petition"
        and relation.field.concrete
        and relation.related_model._meta.app_label == Petition._meta.app_label
        and relation.related_model not in WRITTEN_WITH_PETITION | NOT_ON_THE_PAGE
    }
    return own | {(field.m2m_db_table(), field.m2m_column_name()) for field in Petition._meta.many_to_many}


@cache
def _statement() -> str:
    quote = connection.ops.quote_name
    parts = ", ".join(PART.format(table=quote(table), column=quote(column)) for table, column in sorted(tables()))
    return STATEMENT.format(parts=parts, petition=quote(Petition._meta.db_table))
