"""The pages of the archive: all years with their months, and the petitions of a month."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dates import MONTHS
from django.views.decorators.http import require_safe

from cms.caching import public_page
from cms.languages import current_language
from petitions import archive
from petitions.cards import card, prepared
from search.queries import PAGE_SIZE

SHOWN_SECONDS = 60


@dataclass(frozen=True)
class Month:
    number: int
    name: str
    count: int


@require_safe
@public_page(SHOWN_SECONDS)
def years(request: HttpRequest) -> HttpResponse:
    """All years, newest first, each with its months and how many petitions."""
    found: dict[int, list[Month]] = defaultdict(list)
    for first, count in archive.by_month():
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
    dated = archive.every().annotate(since=archive.SINCE)
    found = dated.filter(since__gte=begin, since__lt=end).order_by("since", "pk")
    try:
        page = Paginator(prepared(found), PAGE_SIZE).page(request.GET.get("page", "1"))
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
