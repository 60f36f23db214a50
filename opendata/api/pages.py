"""The page that explains the API: made from its description, without scripts."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cms.caching import public_page
from opendata import keyset
from opendata.api import limits, lists
from opendata.api.petitions.operations import MOST_HOURS
from opendata.api.reference import reference
from petitions.ratings import SHOWN_FROM

SECONDS = 60


@require_safe
@public_page(SECONDS)
def documentation(request: HttpRequest) -> HttpResponse:
    """``/api/docs/``."""
    context = {
        "reference": reference(),
        "base": settings.BASE_URL.rstrip("/"),
        "most_rows": lists.MOST,
        "usual_rows": lists.USUAL,
        "most_hours": MOST_HOURS,
        "longest_text": lists.LONGEST_TEXT,
        "longest_cursor": keyset.LONGEST,
        "per_minute": limits.PER_MINUTE,
        "votes_shown_from": SHOWN_FROM,
    }
    return render(request, "opendata/api/documentation.html", context)
