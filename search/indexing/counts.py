"""Counts change by the second, documents do not: they follow the petitions that somebody signed lately.

With the count the places follow that have enough signatures to be shown.
"""

from django.db import connection

# A hundredth more or less changes no order that anybody would notice.
FOLLOW = """
WITH moved AS (
    SELECT kept.id, kept.object_id, one.signature_count AS count,
        search_tier(one.signature_count) <> kept.tier OR kept.regions::text[] <> ARRAY(
            SELECT region_code::text FROM petitions_regioncount
            WHERE petition_id = one.id AND region_code <> ''
              AND imported + CASE WHEN signed >= 5 THEN signed ELSE 0 END > 0
            ORDER BY region_code
        ) AS tagged_anew
    FROM petitions_trend AS trend
    JOIN petitions_petition AS one ON one.id = trend.petition_id
    JOIN search_document AS kept ON kept.kind = 'petition' AND kept.object_id = one.id AND kept.reads = ''
    WHERE NOT kept.gone AND abs(one.signature_count - kept.weight) > {least}
    LIMIT {most}
), within AS (
    UPDATE search_document AS kept SET weight = moved.count, version = nextval('search_version')
    FROM moved WHERE kept.id = moved.id AND NOT moved.tagged_anew
    RETURNING kept.id
)
SELECT (SELECT count(*) FROM within), ARRAY(SELECT object_id FROM moved WHERE tagged_anew)
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
