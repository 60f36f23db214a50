"""Earlier answers to petitions that ask for nearly the same, by PostgreSQL's full text search."""

from django.db import connection

from petitions.models import Petition
from petitions.querysets import search_configuration
from responses.models import AnswerPage, Case

SHOWN = 5
MOST_WORDS = 16

# Words of the petition that was answered count as much as words of the answer; long words tell more than short ones.
NEAREST = """
WITH query AS (
    SELECT string_agg(quoted, ' | ')::tsquery AS words
    FROM (
        SELECT '''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''' AS quoted
        FROM unnest(to_tsvector(%(config)s::regconfig, %(text)s)) ORDER BY length(lexeme) DESC, lexeme LIMIT %(words)s
    ) AS lexemes
), found AS (
    SELECT link.case_id, max(ts_rank(petition.search, words)) AS rank
    FROM query, petitions_petition AS petition JOIN responses_caselink AS link ON link.petition_id = petition.id
    WHERE petition.search @@ words
    GROUP BY link.case_id
    UNION ALL
    SELECT page.case_id, max(ts_rank(petition_search(text.language, text.title, text.summary, ''), words))
    FROM query, responses_answertext AS text JOIN responses_answerpage AS page ON page.page_ptr_id = text.page_id
    WHERE petition_search(text.language, text.title, text.summary, '') @@ words
    GROUP BY page.case_id
)
SELECT answer.page_ptr_id
FROM found
    JOIN responses_answerpage AS answer ON answer.case_id = found.case_id
    JOIN wagtailcore_page AS page ON page.id = answer.page_ptr_id AND page.live
WHERE found.case_id <> %(case)s
GROUP BY answer.page_ptr_id
ORDER BY sum(rank) DESC, answer.page_ptr_id DESC
LIMIT %(limit)s
"""


def nearest(case: Case, petitions: list[Petition], *, limit: int = SHOWN) -> list[AnswerPage]:
    """The published answers nearest to what the case's ``petitions`` ask, nearest first, with texts and case loaded."""
    if not petitions:
        return []
    values = {
        "config": search_configuration(petitions[0].language),
        "text": " ".join(f"{petition.title} {petition.ask}" for petition in petitions).replace("\x00", ""),
        "words": MOST_WORDS,
        "case": case.pk,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(NEAREST, values)
        ids = [pk for (pk,) in cursor.fetchall()]
    pages = AnswerPage.objects.select_related("case__department").prefetch_related("texts").in_bulk(ids)
    return [pages[pk] for pk in ids]
