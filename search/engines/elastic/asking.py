"""A question as the search server reads it."""

import re
from dataclasses import dataclass, field

from elasticsearch.dsl import Q
from elasticsearch.dsl.query import Query as Condition

from petitions.models import Topic
from petitions.querysets import searched
from search.engines.elastic.mapping import LANGUAGES, fields_in
from search.models import Kind
from search.queries import Query

LONGEST_NUMBER = 18
# A title counts most; so it does where PostgreSQL searches.
TITLE_COUNTS = 4
_PIECE = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')


@dataclass
class _Group:
    """What must all be in a text, and what must not."""

    words: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)


def groups(text: str) -> list[_Group]:
    """What people type, as PostgreSQL's ``websearch`` reads it: "or" parts groups of words that must all be there."""
    found = [_Group()]
    for piece in _PIECE.finditer(searched(text)):
        if piece["word"] and piece["word"].lower() == "or" and not piece["minus"]:
            found.append(_Group())
        elif piece["minus"]:
            found[-1].without.append(piece["phrase"] or piece["word"])
        elif piece["phrase"]:
            found[-1].phrases.append(piece["phrase"])
        else:
            found[-1].words.append(piece["word"])
    return [group for group in found if group.words or group.phrases or group.without]


def fits(text: str) -> Condition:
    """The condition that a document holds what this text asks for, in the analysis of its own language."""
    wanted = Q("bool", should=[_all_of(group) for group in groups(text)] or [Q("match_none")], minimum_should_match=1)
    if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER:
        numbered = Q("bool", filter=[Q("term", kind=Kind.PETITION), Q("term", object_id=int(text))])
        return Q("bool", should=[Q("constant_score", filter=numbered, boost=1e6), wanted], minimum_should_match=1)
    return wanted


def _all_of(group: _Group) -> Condition:
    must = [_words(" ".join(group.words))] if group.words else []
    return Q(
        "bool",
        must=must + [_phrase(phrase) for phrase in group.phrases],
        must_not=[_phrase(words) for words in group.without],
    )


def _words(words: str) -> Condition:
    """All words, each in the title or in the text."""
    every = [
        Q(
            "multi_match",
            query=words,
            type="cross_fields",
            operator="and",
            zero_terms_query="none",
            fields=[f"{title}^{TITLE_COUNTS}", text],
        )
        for title, text in map(fields_in, LANGUAGES)
    ]
    return Q("dis_max", queries=every)


def _phrase(words: str) -> Condition:
    fields = [name for language in LANGUAGES for name in fields_in(language)]
    return Q("multi_match", query=words, type="phrase", fields=fields)


def conditions(query: Query) -> dict[str, Condition]:
    """A condition for each facet that is asked for."""
    made = {"kind": of_kind(query.kind, query.language)}
    if query.state != "all":
        made["state"] = Q("term", lists=query.state)
    if query.topic:
        made["topic"] = Q(
            "term", topics=Topic.objects.filter(code=query.topic).values_list("pk", flat=True).first() or 0
        )
    if query.department:
        made["department"] = Q("term", departments=int(query.department))
    if query.region:
        made["region"] = Q("term", regions=query.region)
    if query.year:
        made["year"] = Q("term", year=int(query.year))
    return made


def of_kind(kind: str, language: str) -> Condition:
    """Documents of this kind, or of all, that are for readers of this language."""
    for_reader = Q("terms", reads=["", language])
    return Q("bool", filter=[Q("term", kind=kind), for_reader]) if kind else for_reader
