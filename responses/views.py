"""The public tracker as page, JSON and CSV. Answers are pages of the CMS and serve themselves."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit.models import Head
from cms.caching import public_page
from cms.languages import current_language, main_language
from petitions import sharecards
from petitions.sharing import drawn
from responses import charts, performance, selectors, spreadsheet
from responses import tracker as owed_answers

PER_PAGE = 50
CARD_SECONDS = 300


@require_safe
@public_page(CARD_SECONDS)
def answer_card(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    """``/answers/<slug>/card/<digest>.png``: an answer's share card. One that is no more leads to the one that is."""
    page = selectors.answers().filter(slug=slug).first()
    if page is None:
        raise Http404
    language = current_language()
    title, note = selectors.card_words(page, language)
    if digest != sharecards.digest_of(title, note):
        return HttpResponseRedirect(selectors.card_path(page, language))
    return drawn(request, lambda: sharecards.card_of(f"answer-{page.pk}", title=title, note=note))


@require_safe
@public_page
def tracker(request: HttpRequest) -> HttpResponse:
    """Every answer that is owed, the latest first, or in the order asked for; how departments do, and how it was."""
    language, today = current_language(), timezone.localdate()
    order = _one_of(owed_answers.ORDERS, request.GET.get("sort"), owed_answers.DEFAULT_ORDER)
    by = _one_of(performance.ORDERS, request.GET.get("departments"), performance.DEFAULT_ORDER)
    try:
        page = Paginator(owed_answers.owed_cases(order), PER_PAGE).page(request.GET.get("page", "1"))
    except InvalidPage as error:
        raise Http404 from error
    departments = performance.by_department(language, today)
    context = {
        "page": page,
        "rows": owed_answers.shown(page, language, today),
        "order": order,
        "departments": performance.ordered(departments, by),
        "departments_by": by,
        "owed": sum(row.owed for row in departments),
        "late": sum(row.late for row in departments),
        "chart": charts.chart(performance.by_month(today)),
        "head": Head.objects.first(),
        **_headings(),
    }
    return render(request, "responses/tracker.html", context)


def _one_of(known: Iterable[str], asked: str | None, default: str) -> str:
    return asked if asked is not None and asked in known else default


def _headings() -> dict[str, list[tuple[str, str, bool]]]:
    """Of the two tables: name of the order, words, whether figures stand below."""
    return {
        "headings": [
            ("title", _("Petition"), False),
            ("signatures", _("Signatures"), True),
            ("department", _("Who answers"), False),
            ("state", _("State"), False),
            ("since", _("Owed since"), False),
            ("late", _("Due"), False),
        ],
        "department_headings": [
            ("name", _("Department"), False),
            ("owed", _("Owed"), True),
            ("late", _("Late"), True),
            ("answered", _("Published"), True),
            ("days", _("Days to answer"), True),
            ("on_time", _("On time"), True),
        ],
    }


@require_safe
@public_page
def tracker_json(request: HttpRequest) -> HttpResponse:
    """Every petition that is owed an answer, the latest first, under ``data``; departments and months beside it."""
    today = timezone.localdate()
    response = JsonResponse(
        {
            "data": [asdict(row) for row in owed_answers.rows(settings.BASE_URL, today)],
            "departments": [asdict(row) for row in performance.by_department(main_language(), today)],
            "months": [asdict(row) for row in performance.by_month(today)],
        }
    )
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
@public_page
def tracker_csv(request: HttpRequest) -> HttpResponse:
    """What is owed, as a table for spreadsheets."""
    rows = owed_answers.rows(settings.BASE_URL, timezone.localdate())
    return _csv("tracker.csv", owed_answers.Owed, rows)


@require_safe
@public_page
def departments_csv(request: HttpRequest) -> HttpResponse:
    """What each department owes and how it has answered."""
    rows = performance.by_department(main_language(), timezone.localdate())
    return _csv("departments.csv", performance.DepartmentRecord, rows)


@require_safe
@public_page
def months_csv(request: HttpRequest) -> HttpResponse:
    """What was promised and answered in each month."""
    return _csv("months.csv", performance.MonthRecord, performance.by_month(timezone.localdate()))


def _csv(name: str, kind: type, rows: Iterable[Any]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8; header=present")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Access-Control-Allow-Origin"] = "*"
    spreadsheet.write(kind, rows, response)
    return response
