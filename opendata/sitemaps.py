"""What search engines are told: robots.txt, and a sitemap in pieces, each address with its other languages.

A piece holds the petitions of one range of numbers, so that no piece costs more the more there are before it.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef
from django.db.models.functions import Greatest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import escape
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from cms import languages
from cms.caching import public_page
from petitions import archive, places
from petitions.lifecycle import PUBLIC
from petitions.models import Petition, Topic
from petitions.models.place import UNPLACED

RANGE = 10_000
LARGEST_RANGE = 10**14
KEPT_SECONDS = 600
# What is no page to be found by: staff, what is written by one person, what leads nowhere but to a form, and endless
# ways of sorting a list.
CLOSED_TO_ROBOTS = (
    "/staff/",
    "/demo/",
    "/*/report/",
    "/*/follow/",
    "/*/check-email/",
    "/*petitions/new/*/",
    "/*petitions/?*sort=",
    "/*petitions/?*q=",
    "/*tracker/?*",
)
LISTS = (
    "/petitions/",
    "/petitions/archive/",
    "/petitions/new/",
    "/topics/",
    "/regions/",
    "/answers/",
    "/tracker/",
    "/data/",
    "/api/docs/",
    "/mailbox/",
)
OPENING = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)

# Skips from range to range by the primary key, instead of reading every petition.
RANGES = f"""
WITH RECURSIVE held AS (
    (SELECT id / {RANGE} AS number FROM petitions_petition ORDER BY id LIMIT 1)
    UNION ALL
    SELECT (SELECT id / {RANGE} FROM petitions_petition WHERE id >= (held.number + 1) * {RANGE} ORDER BY id LIMIT 1)
    FROM held WHERE held.number IS NOT NULL
)
SELECT number FROM held WHERE number IS NOT NULL AND EXISTS (
    SELECT 1 FROM petitions_petition
    WHERE id >= held.number * {RANGE} AND id < (held.number + 1) * {RANGE} AND state = ANY(%s)
)
"""  # noqa: S608 -- a number of ours


@require_safe
@public_page(max_age=KEPT_SECONDS)
def robots(request: HttpRequest) -> HttpResponse:
    """``/robots.txt``"""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in CLOSED_TO_ROBOTS),
        "",
        f"Sitemap: {_full('/sitemap.xml')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@public_page(max_age=KEPT_SECONDS)
def index(request: HttpRequest) -> HttpResponse:
    """``/sitemap.xml``: the pieces."""
    with connection.cursor() as cursor:
        cursor.execute(RANGES, [list(PUBLIC)])
        numbers = [number for (number,) in cursor.fetchall()]
    paths = ["/sitemaps/pages.xml", *(f"/sitemaps/petitions-{number}.xml" for number in numbers)]
    pieces = "".join(f"<sitemap><loc>{_full(path)}</loc></sitemap>\n" for path in paths)
    return _xml(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{pieces}</sitemapindex>\n'
    )


@require_safe
@public_page(max_age=KEPT_SECONDS)
def pages(request: HttpRequest) -> HttpResponse:
    """``/sitemaps/pages.xml``: lists, topics, regions, months of the archive, and all pages of the CMS, answers too."""
    used = Topic.objects.filter(Exists(Petition.objects.public().filter(topics=OuterRef("pk"))))
    topics = (f"/topics/{code}/" for code in used.values_list("code", flat=True))
    regions = (f"/regions/{region.code}/" for region in places.regions() if region.code != UNPLACED)
    months = (f"/petitions/archive/{first.year}/{first.month}/" for first, _count in archive.by_month())
    return _urls([*_of_cms(), *((path, None) for path in (*LISTS, *topics, *regions, *months))])


def _of_cms() -> Iterator[tuple[str, datetime | None]]:
    site = Site.objects.select_related("root_page").get(is_default_site=True)
    live = Page.objects.live().public().descendant_of(site.root_page, inclusive=True).order_by("path")
    for path, changed in live.values_list("url_path", "last_published_at"):
        own = "/" + path.removeprefix(site.root_page.url_path)
        if own not in LISTS:
            yield own, changed


@require_safe
@public_page(max_age=KEPT_SECONDS)
def petitions(request: HttpRequest, number: int) -> HttpResponse:
    """``/sitemaps/petitions-<n>.xml``: the public petitions whose numbers lie in this range; 404 for an empty one."""
    if number >= LARGEST_RANGE:
        raise Http404
    dated = (
        Petition.objects.public()
        .filter(pk__gte=number * RANGE, pk__lt=(number + 1) * RANGE)
        .annotate(changed=Greatest("opened_at", "closed_at", "rejected_at", "withdrawn_at", "public_case__answered_at"))
        .order_by("pk")
    )
    found = [(f"/petitions/{pk}/", changed) for pk, changed in dated.values_list("pk", "changed")]
    if not found:
        raise Http404
    return _urls(found)


def _urls(entries: Iterable[tuple[str, datetime | date | None]]) -> HttpResponse:
    return _xml(OPENING + "".join(_url(path, changed) for path, changed in entries) + "</urlset>\n")


def _url(path: str, changed: datetime | date | None) -> str:
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{_full(languages.path_for(path, code))}"/>'
        for code in languages.codes()
    )
    dated = f"<lastmod>{changed.date() if isinstance(changed, datetime) else changed}</lastmod>" if changed else ""
    return f"<url><loc>{_full(path)}</loc>{dated}{others}</url>\n"


def _full(path: str) -> str:
    return escape(settings.BASE_URL.rstrip("/") + path)


def _xml(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="application/xml; charset=utf-8")
