"""Lists of petitions without a text: from the tables themselves, so that they are exact and never wait for an index."""

from django.db.models import Count, F, Func, QuerySet
from django.db.models.functions import Coalesce, ExtractYear

from petitions.listings import CLOSING_SOON, MOST_SIGNED, NEWEST, SHOWN, TRENDING, named
from petitions.models import Petition, Topic
from search.models import Document, Kind
from search.queries import PAGE_SIZE, Found, Query, Results

ORDERS = {"signatures": MOST_SIGNED, "newest": NEWEST, "closing": CLOSING_SOON, "trending": TRENDING}
MOST_COUNTED = 10_000
YEAR = ExtractYear(Coalesce("opened_at", "created_at"))


def find(query: Query) -> Results:
    """The petitions of a list, one page of them. A page past the end is empty."""
    found = _narrowed(query)
    page = found.order_by(*ORDERS[query.sort]).values_list("pk", flat=True)
    in_topic = _narrowed(query, without="state")
    return Results(
        found=[Found(Kind.PETITION, pk) for pk in page[query.begins : query.begins + PAGE_SIZE]],
        total=_count(found),
        facets={
            "state": {name: _count(in_topic.filter(named(name).condition)) for name in SHOWN},
            "topic": _topics(_narrowed(query, without="topic")),
            "department": _departments(_narrowed(query, without="department")),
            "region": _regions(_narrowed(query, without="region")),
            "year": _years(_narrowed(query, without="year")),
        },
        most=MOST_COUNTED,
    )


def _narrowed(query: Query, *, without: str = "") -> QuerySet:
    petitions: QuerySet = Petition.objects.public()
    if without != "state":
        petitions = petitions.filter(named(query.state).condition)
    if query.topic and without != "topic":
        petitions = petitions.filter(topics__code=query.topic)
    if query.department and without != "department":
        petitions = petitions.filter(departments=int(query.department))
    if query.region and without != "region":
        there = Document.objects.filter(kind=Kind.PETITION, regions__contains=[query.region])
        petitions = petitions.filter(pk__in=there.values("object_id"))
    if query.year and without != "year":
        petitions = petitions.annotate(year=YEAR).filter(year=int(query.year))
    return petitions


def _count(petitions: QuerySet) -> int:
    return petitions.order_by()[:MOST_COUNTED].count()


def _bounded(petitions: QuerySet) -> QuerySet:
    return petitions.order_by().values("pk")[:MOST_COUNTED]


def _topics(petitions: QuerySet) -> dict[str, int]:
    counted = Topic.objects.filter(petitions__in=_bounded(petitions)).annotate(number=Count("petitions"))
    return dict(counted.values_list("code", "number"))


def _departments(petitions: QuerySet) -> dict[str, int]:
    links = Petition.departments.through.objects.filter(petition__in=_bounded(petitions))
    counted = links.order_by().values_list("department").annotate(Count("pk"))
    return {str(pk): number for pk, number in counted}


def _regions(petitions: QuerySet) -> dict[str, int]:
    documents = Document.objects.filter(kind=Kind.PETITION, object_id__in=_bounded(petitions))
    counted = documents.annotate(code=Func(F("regions"), function="unnest")).values_list("code").annotate(Count("pk"))
    return dict(counted.order_by())


def _years(petitions: QuerySet) -> dict[str, int]:
    counted = Petition.objects.filter(pk__in=_bounded(petitions)).annotate(year=YEAR).values_list("year")
    return {str(year): number for year, number in counted.annotate(Count("pk")).order_by()}
