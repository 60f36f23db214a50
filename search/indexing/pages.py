"""Documents of answers and of the site's own pages: one for readers of each language, in the text they are shown."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.utils.html import strip_tags
from django.utils.translation import override
from wagtail.models import Page

from cms.languages import codes, main_language
from cms.models import StandardPage
from responses.models import AnswerPage
from responses.plain import plain_text
from search.models import Document, Kind

# So much of a text is looked through; a word of search lists must fit PostgreSQL's vector.
LONGEST = 100_000

SAVE = """
INSERT INTO search_document AS kept (
    kind, object_id, reads, language, title, text, address, lists, topics, departments, regions, year, weight, tier,
    happened_at, source_at, words, starts, version, gone
) VALUES (
    %(kind)s, %(object_id)s, %(reads)s, %(language)s, %(title)s, %(text)s, %(address)s, '{}', %(topics)s::bigint[],
    %(departments)s::bigint[], '{}', extract(year FROM %(happened_at)s::timestamptz), 0, 0, %(happened_at)s,
    %(source_at)s,
    petition_search(%(language)s, %(title)s, %(introduction)s, %(text)s) || search_tags(
        %(kind)s, %(reads)s, %(language)s, '{}', %(topics)s::bigint[], %(departments)s::bigint[], '{}',
        extract(year FROM %(happened_at)s::timestamptz)::int, 0, extract(year FROM %(happened_at)s::timestamptz)::text
    ),
    to_tsvector('redress_plain', %(title)s), nextval('search_version'), false
)
ON CONFLICT (kind, object_id, reads) DO UPDATE SET
    language = excluded.language, title = excluded.title, text = excluded.text, address = excluded.address,
    topics = excluded.topics, departments = excluded.departments, year = excluded.year,
    happened_at = excluded.happened_at, source_at = excluded.source_at, words = excluded.words,
    starts = excluded.starts, version = excluded.version, gone = false
"""
DROP = """
UPDATE search_document SET gone = true, title = '', text = '', words = '', starts = '', source_at = NULL,
    version = nextval('search_version')
WHERE kind <> 'petition' AND object_id = ANY(%s) AND NOT gone
"""


@dataclass(frozen=True)
class Text:
    """What readers of one language are shown of a page."""

    language: str
    title: str
    introduction: str
    body: str


@dataclass(frozen=True)
class Shown:
    """A live page, as it is found."""

    kind: str
    happened_at: datetime
    source_at: datetime | None
    address: str
    texts: dict[str, Text]  # by the language of the reader
    topics: list[int] = field(default_factory=list)
    departments: list[int] = field(default_factory=list)


def sweep() -> int:
    """Find the pages whose documents are not made from what is live, and put that right; how many they were."""
    live = dict(_live().values_list("pk", "last_published_at"))
    kept = dict(
        Document.objects.exclude(kind=Kind.PETITION).filter(gone=False).values_list("object_id", "source_at").order_by()
    )
    changed = [pk for pk, published in live.items() if pk not in kept or kept[pk] != published]
    changed += kept.keys() - live.keys()
    for pk in changed:
        refresh(pk)
    return len(changed)


def _live() -> "Page.objects":
    return Page.objects.live().public().type(StandardPage, AnswerPage)


@transaction.atomic
def refresh(page_id: int) -> None:
    """Make the documents of this page anew; drop them when it is live no longer."""
    page = _live().filter(pk=page_id).specific().first()
    with connection.cursor() as cursor:
        if page is None:
            cursor.execute(DROP, [[page_id]])
            return
        shown = _answer(page) if isinstance(page, AnswerPage) else _standard(page)
        for reads, text in shown.texts.items():
            cursor.execute(SAVE, _row(page_id, reads, text, shown))


def _row(page_id: int, reads: str, text: Text, shown: Shown) -> dict[str, object]:
    return {
        "kind": str(shown.kind),
        "object_id": page_id,
        "reads": reads,
        "language": text.language,
        "title": text.title,
        "introduction": text.introduction,
        "text": f"{text.introduction}\n\n{text.body}".strip()[:LONGEST],
        "address": shown.address,
        "topics": shown.topics,
        "departments": shown.departments,
        "happened_at": shown.happened_at,
        "source_at": shown.source_at,
    }


def _standard(page: StandardPage) -> Shown:
    texts = {}
    for reads in codes():
        text = page.text_in(reads)
        if text is not None:
            texts[reads] = Text(text.language, text.title, text.introduction, "\n\n".join(_words_of(text.body)))
    return Shown(Kind.PAGE, page.first_published_at, page.last_published_at, _address(page), texts)


def _words_of(body: Collection[object]) -> Iterator[str]:
    """The words of a page's blocks, without markup; what other apps show there is theirs."""
    for block in body:
        if block.block_type == "reasons":  # type: ignore[attr-defined]
            continue
        yield " ".join(strip_tags(str(block.render())).split())  # type: ignore[attr-defined]


def _answer(page: AnswerPage) -> Shown:
    texts = {}
    for reads in codes():
        text = page.text_in(reads)
        if text is not None:
            texts[reads] = Text(text.language, text.title, text.summary, plain_text(text.body))
    case = page.case
    topics = case.links.filter(petition__topics__isnull=False).values_list("petition__topics", flat=True)
    return Shown(
        Kind.ANSWER,
        case.published_at or page.first_published_at,
        page.last_published_at,
        _address(page),
        texts,
        topics=sorted(set(topics)),
        departments=[case.department_id] if case.department_id else [],
    )


def _address(page: Page) -> str:
    with override(main_language()):
        return str(page.get_url() or "")
