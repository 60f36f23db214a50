"""Counts change by the second, documents do not: they follow the petitions that somebody signed lately."""

from django.db import connection

# A hundredth more or less changes no order that anybody would notice.
FOLLOW = """
WITH moved AS (
    SELECT kept.id, kept.object_id, kept.tier, one.signature_count AS count
    FROM petitions_trend AS trend
    JOIN petitions_petition AS one ON one.id = trend.petition_id
    JOIN search_document AS kept ON kept.kind = 'petition' AND kept.object_id = one.id AND kept.reads = ''
    WHERE NOT kept.gone AND abs(one.signature_count - kept.weight) > {least}
    LIMIT {most}
), within AS (
    UPDATE search_document AS kept SET weight = moved.count, version = nextval('search_version')
    FROM moved WHERE kept.id = moved.id AND search_tier(moved.count) = moved.tier
    RETURNING kept.id
)
SELECT (SELECT count(*) FROM within), ARRAY(SELECT object_id FROM moved WHERE search_tier(count) <> tier)
"""
ALL = FOLLOW.replace(
    "FROM petitions_trend AS trend\n    JOIN petitions_petition AS one ON one.id = trend.petition_id",
    "FROM petitions_petition AS one",
)
AT_ONCE = 5000


def follow(*, everywhere: bool = False) -> int:
    """Bring the counts of documents up to date; how many moved. ``everywhere``: of all, not those signed lately."""
    statement = (
        ALL.format(least=0, most=AT_ONCE) if everywhere else FOLLOW.format(least="kept.weight / 100", most=AT_ONCE)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        within, over = cursor.fetchone()
        if over:
            cursor.execute("SELECT search_refresh(%s)", [over])
    return int(within) + len(over)
