"""Every petition that was ever public, by the month in which it opened or was refused: nothing goes away."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import InvalidPage, Paginator
from django.db.models import Count, F, QuerySet
from django.db.models.functions import Coalesce, TruncMonth
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dates import MONTHS
from django.views.decorators.http import require_safe

from cms.caching import public_page
from cms.kept import Kept
from cms.languages import current_language
from petitions.cards import card, prepared
from petitions.listings import named
from petitions.models import Petition
from search.queries import PAGE_SIZE

SECONDS = 600
SHOWN_SECONDS = 60
# One refused before it opened stands where it was written.
SINCE = Coalesce("opened_at", "created_at")


@dataclass(frozen=True)
class Month:
    number: int
    name: str
    count: int


def _every() -> QuerySet[Petition]:
    return Petition.objects.public().filter(named("all").condition)


def _by_month() -> tuple[tuple[date, int], ...]:
    months = _every().order_by().annotate(month=TruncMonth(SINCE)).values("month")
    return tuple(
        (timezone.localdate(row["month"]), row["count"]) for row in months.annotate(count=Count("pk")).order_by("month")
    )


by_month = Kept(_by_month, seconds=SECONDS)


@require_safe
@public_page(SHOWN_SECONDS)
def years(request: HttpRequest) -> HttpResponse:
    """All years, newest first, each with its months and how many petitions."""
    found: dict[int, list[Month]] = defaultdict(list)
    for first, count in by_month():
        found[first.year].append(Month(first.month, str(MONTHS[first.month]), count))
    listed = [(year, sum(month.count for month in found[year]), found[year]) for year in sorted(found, reverse=True)]
    return render(request, "search/archive.html", {"years": listed})


@require_safe
@public_page(SHOWN_SECONDS)
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """The petitions of one month, the first to open first, whatever became of them; 404 where there is none."""
    try:
        begin = timezone.make_aware(datetime(year, month, 1))
        end = timezone.make_aware(datetime(year + month // 12, month % 12 + 1, 1))
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    petitions = _every().annotate(since=SINCE).filter(since__gte=begin, since__lt=end).order_by(F("since"), "pk")
    try:
        page = Paginator(prepared(petitions), PAGE_SIZE).page(request.GET.get("page", "1"))
    except InvalidPage as error:
        raise Http404 from error
    if not page.paginator.count:
        raise Http404
    language = current_language()
    context = {
        "when": f"{MONTHS[month]} {year}",
        "page": page,
        "cards": [card(petition, language) for petition in page],
    }
    return render(request, "search/archive_month.html", context)
