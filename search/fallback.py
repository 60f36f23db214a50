"""The search that PostgreSQL does by itself: full text in the language of each petition."""

from django.contrib.postgres.search import SearchRank
from django.db.models import Case, Count, F, QuerySet, Value, When
from django.db.models.functions import Greatest, Ln

from petitions.cards import prepared
from petitions.listings import CLOSING_SOON, MOST_SIGNED, NEWEST, SHOWN, TRENDING, named
from petitions.models import Petition, Topic
from petitions.querysets import search_query
from search.queries import MOST_COUNTED, PAGE_SIZE, Query, Results

ORDERS = {"signatures": MOST_SIGNED, "newest": NEWEST, "closing": CLOSING_SOON, "trending": TRENDING}
LONGEST_NUMBER = 18
# Of the weights D, C, B and A: a title counts most, what is asked for more than detail.
WEIGHTS = [0.1, 0.2, 0.4, 1.0]
# Rank divided by the logarithm of the text's length: long texts hold every word somewhere.
NORMALIZATION = 1


def find(query: Query) -> Results:
    """The answer to a question, from the tables. A page past the end is empty."""
    matching = _matching(query.text)
    in_state = matching.filter(named(query.state).condition)
    found = _with_topic(in_state, query.topic)
    begin = (query.page - 1) * PAGE_SIZE
    page = prepared(_ordered(found, query))[begin : begin + PAGE_SIZE]
    with_topic = _with_topic(matching, query.topic)
    return Results(
        petitions=list(page),
        total=_count(found),
        states={name: _count(with_topic.filter(named(name).condition)) for name in SHOWN},
        topics=_topics(in_state),
    )


def _matching(text: str) -> QuerySet:
    petitions = Petition.objects.public()
    if not text:
        return petitions
    if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER:
        return petitions.filter(pk=int(text)) | petitions.matching(text)
    return petitions.matching(text)


def _with_topic(petitions: QuerySet, topic: str) -> QuerySet:
    return petitions.filter(topics__code=topic) if topic else petitions


def _ordered(petitions: QuerySet, query: Query) -> QuerySet:
    if query.sort != "relevance":
        return petitions.order_by(*ORDERS[query.sort])
    # Of two that fit alike, people look for the one that many signed.
    weight = 1 + Ln(1 + Greatest(F("signature_count"), 0)) / 10
    return petitions.order_by((_rank(query.text) * weight).desc(), *MOST_SIGNED)


def _rank(text: str) -> Case:
    english, french = (
        SearchRank(F("search"), search_query(text, language), weights=WEIGHTS, normalization=Value(NORMALIZATION))
        for language in ("en", "fr")
    )
    return Case(When(language="fr", then=french), default=english)


def _count(petitions: QuerySet) -> int:
    return petitions.order_by()[:MOST_COUNTED].count()


def _topics(petitions: QuerySet) -> dict[str, int]:
    bounded = petitions.order_by().values("pk")[:MOST_COUNTED]
    counted = Topic.objects.filter(petitions__in=bounded).annotate(number=Count("petitions"))
    return dict(counted.values_list("code", "number"))
