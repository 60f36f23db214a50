"""The public tracker as page, JSON and CSV. Answers are pages of the CMS and serve themselves."""

from django.conf import settings
from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.caching import public_page
from cms.languages import current_language
from responses import tracker as owed_answers

PER_PAGE = 50


@require_safe
@public_page
def tracker(request: HttpRequest) -> HttpResponse:
    """Every answer that is owed, the latest first, or in the order asked for."""
    language, today = current_language(), timezone.localdate()
    order = request.GET.get("sort", owed_answers.DEFAULT_ORDER)
    if order not in owed_answers.ORDERS:
        order = owed_answers.DEFAULT_ORDER
    try:
        page = Paginator(owed_answers.owed(order), PER_PAGE).page(request.GET.get("page", "1"))
    except InvalidPage as error:
        raise Http404 from error
    departments = owed_answers.by_department(language, today)
    context = {
        "page": page,
        "rows": [owed_answers.shown(face, language, today) for face in page],
        "order": order,
        "departments": departments,
        "owed": sum(row["owed"] for row in departments),
        "late": sum(row["late"] for row in departments),
        "headings": [
            ("title", _("Petition"), False),
            ("signatures", _("Signatures"), True),
            ("department", _("Who answers"), False),
            ("state", _("State"), False),
            ("since", _("Owed since"), False),
            ("late", _("Due"), False),
        ],
    }
    return render(request, "responses/tracker.html", context)


@require_safe
@public_page
def tracker_json(request: HttpRequest) -> HttpResponse:
    """Every answer that is owed, the latest first, as ``{"data": [...]}``."""
    rows = owed_answers.rows(settings.BASE_URL, timezone.localdate())
    response = JsonResponse({"data": owed_answers.as_dicts(rows)})
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
@public_page
def tracker_csv(request: HttpRequest) -> HttpResponse:
    """The same as a table for spreadsheets."""
    response = HttpResponse(content_type="text/csv; charset=utf-8; header=present")
    response["Content-Disposition"] = 'attachment; filename="tracker.csv"'
    response["Access-Control-Allow-Origin"] = "*"
    owed_answers.write_csv(owed_answers.rows(settings.BASE_URL, timezone.localdate()), response)
    return response
