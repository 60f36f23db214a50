"""Petitions that ask for nearly the same: shown before a new one is written, and beside it when it is checked.

A better finder (a search engine) registers itself with `register`; without one, or when it has no answer, PostgreSQL
gathers what has words in common and `petitions.likeness` weighs it: first the public petitions nearest to the title,
refused ones too, then whatever is wanted by the title's words and by theirs. Each step looks at so many, however many
petitions there are. How well it finds: docs/finding.md.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import connection
from django.utils import timezone

from cms.kept import Kept
from petitions.lifecycle import State
from petitions.likeness import Rarity, Vector, cosine, score, vector, widened, words
from petitions.models import Petition
from petitions.querysets import search_configuration

log = structlog.get_logger(__name__)

Finder = Callable[..., list[int]]

_registered: Finder | None = None

# Refused petitions are not offered, but they are public, and say in many ways what people mean.
READ = (State.OPEN, State.CLOSED, State.REJECTED)
# The words that lead to petitions, those that rank what they led to, how many are ranked, and how many are weighed.
LEADING, RANKING, RANKED, WEIGHED = 8, 16, 4000, 60
NEAREST = 8
# What is less alike than this is nothing alike: in words, through the nearest texts, in letters.
LEAST_DIRECT, LEAST_THROUGH, LEAST_LETTERS = 0.08, 0.03, 0.3
# Letters are compared with each title anew: what somebody pasted by mistake would keep the database for seconds.
LONGEST_COMPARED = 500
# Rarity is read from the newest of the public petitions, and holds for a while.
COUNTED, COUNTED_SECONDS = 5000, 3600

WORDS = "SELECT to_tsvector(%s::regconfig, %s)::text"

HOLDING = f"""
SELECT word, ndoc FROM ts_stat($$
    SELECT search FROM petitions_petition WHERE state IN ('{"','".join(READ)}') ORDER BY id DESC LIMIT {COUNTED}
$$)
"""  # noqa: S608 - all of it is written above
HOW_MANY = "SELECT count(*) FROM (SELECT FROM petitions_petition WHERE state = ANY(%s) LIMIT %s) AS newest"

# The longer a text, the more words it shares by chance; three tenths hold that back enough to choose what is weighed.
GATHERED = """
WITH led AS (
    SELECT id, search, title, coalesce(opened_at, created_at) AS since
    FROM petitions_petition
    WHERE state = ANY(%(states)s) AND id <> %(exclude)s AND created_at <= %(before)s::timestamptz
      AND (%(only)s::bigint[] IS NULL OR id = ANY(%(only)s))
      AND (search @@ %(leading)s::tsquery OR title %% %(title)s)
    LIMIT %(ranked)s
)
SELECT id, search::text, similarity(title, %(title)s), since
FROM led, LATERAL (
    SELECT coalesce(sum(much * CASE WHEN search @@ in_title THEN 2 WHEN search @@ word THEN 1 ELSE 0 END), 0) AS shared
    FROM unnest(%(words)s::tsquery[], %(in_title)s::tsquery[], %(much)s::float[]) AS ranking (word, in_title, much)
) AS matched
ORDER BY shared / (1 + length(search)) ^ 0.3 + similarity(title, %(title)s) DESC, id DESC
LIMIT %(weighed)s
"""


def register(finder: Finder | None) -> None:
    """Ask ``finder(title=, language=, limit=, states=, exclude_id=) -> ids, nearest first`` before PostgreSQL.

    None takes it away again. Whatever it raises is logged, and PostgreSQL answers.
    """
    global _registered
    _registered = finder


def find(
    *,
    title: str,
    language: str,
    limit: int = 5,
    states: Collection[str] | None = None,
    exclude_id: int | None = None,
    now: datetime | None = None,
) -> list[Petition]:
    """The petitions most like ``title``, nearest first, at most ``limit``; fewer where nothing else comes near.

    Of a title of any length its first 500 characters are compared.
    ``states`` are those looked at (open ones if not given); ``exclude_id`` is left out. A petition that is not public
    is found only by whoever names its state. Those of the weeks around ``now`` come before others as like.
    """
    wanted, title = [str(state) for state in (states or (State.OPEN,))], title[:LONGEST_COMPARED]
    ids = _by_finder(title=title, language=language, limit=limit, states=wanted, exclude_id=exclude_id)
    if ids is None:
        now = now or timezone.now()
        found = near(title=title, language=language, states=wanted, exclude_id=exclude_id, now=now)
        ids = [one.pk for one in found[:limit]]
    # The finder's index may lag behind: what is shown is what the table says now.
    petitions = Petition.objects.filter(state__in=wanted).in_bulk(ids)
    return [petitions[pk] for pk in ids if pk in petitions and pk != exclude_id]


def _by_finder(**question: object) -> list[int] | None:
    if _registered is None:
        return None
    try:
        return _registered(**question)
    except Exception as error:
        log.warning("similar_finder_failed", error=type(error).__name__)
        return None


@dataclass(frozen=True)
class Near:
    """A petition with words in common, and how near it comes."""

    pk: int
    score: float


@dataclass(frozen=True)
class _Text:
    pk: int
    vector: Vector
    letters: float
    since: datetime


def near(
    *,
    title: str,
    language: str,
    states: Collection[str],
    exclude_id: int | None,
    now: datetime,
    only: Collection[int] | None = None,
) -> list[Near]:
    """What the tables have that is like ``title``, nearest first, at most twice WEIGHED.

    Only what was there at ``now`` tells what the title means. ``only`` are those looked at, where not all are.
    """
    rare = rarity()
    title = title.replace("\x00", "")
    meant = vector(dict.fromkeys(_words(title, language), 1.0), rare)
    if not meant:
        return []
    gather = _Gather(title=title, rarity=rare, exclude_id=exclude_id or 0)
    read = sorted(((cosine(meant, text.vector), text) for text in gather(meant, READ, before=now)), key=_first)
    nearest = [(likeness, text.vector) for likeness, text in read[:NEAREST]]
    strongest = max((likeness for likeness, _text in nearest), default=0.0)
    about = widened(nearest)
    texts = {text.pk: text for words_of in (meant, about) if words_of for text in gather(words_of, states, only=only)}
    found = (_weigh(text, meant, about, strongest, now) for text in texts.values())
    return sorted((one for one in found if one), key=lambda one: (-one.score, -one.pk))


def _weigh(text: _Text, meant: Vector, about: Vector, strongest: float, now: datetime) -> Near | None:
    direct, through = cosine(meant, text.vector), cosine(about, text.vector)
    if direct < LEAST_DIRECT and through * strongest < LEAST_THROUGH and text.letters < LEAST_LETTERS:
        return None
    days = (now - text.since).total_seconds() / 86_400
    return Near(text.pk, score(direct=direct, through=through, letters=text.letters, days=days))


def _first(found: tuple[float, _Text]) -> tuple[float, int]:
    likeness, text = found
    return -likeness, -text.pk


@dataclass(frozen=True)
class _Gather:
    """Fetches the petitions that share most with some words, with all their words."""

    title: str
    rarity: Rarity
    exclude_id: int

    def __call__(
        self,
        meant: Vector,
        states: Iterable[str],
        *,
        before: datetime | None = None,
        only: Collection[int] | None = None,
    ) -> list[_Text]:
        ranking = sorted(meant, key=lambda word: -meant[word])[:RANKING]
        quoted = [_quoted(word) for word in ranking]
        values: dict[str, Any] = {
            "states": [str(state) for state in states],
            "exclude": self.exclude_id,
            "before": before or "infinity",
            "only": None if only is None else list(only),
            "title": self.title,
            "leading": " | ".join(_quoted(word) for word in self.rarity.rarest(ranking, LEADING)),
            "ranked": RANKED,
            "words": quoted,
            "in_title": [f"{word}:A" for word in quoted],
            "much": [meant[word] for word in ranking],
            "weighed": WEIGHED,
        }
        with connection.cursor() as cursor:
            cursor.execute(GATHERED, values)
            return [
                _Text(pk, vector(words(search), self.rarity), letters, since)
                for pk, search, letters, since in cursor.fetchall()
            ]


def _words(title: str, language: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(WORDS, [search_configuration(language), title])
        return list(words(cursor.fetchone()[0]))


def _quoted(word: str) -> str:
    """A word as PostgreSQL reads it in a question."""
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _read_rarity() -> Rarity:
    with connection.cursor() as cursor:
        cursor.execute(HOW_MANY, [list(READ), COUNTED])
        texts = cursor.fetchone()[0]
        cursor.execute(HOLDING)
        return Rarity(texts=texts, holding=dict(cursor.fetchall()))


rarity = Kept(_read_rarity, seconds=COUNTED_SECONDS)


def forget() -> None:
    """Count words anew at the next question."""
    rarity.forget()
