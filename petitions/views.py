"""Public pages of a petition: its page, and reporting it."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms import panels
from cms.caching import private_page, public_page, unstored_page
from cms.errors import error_page
from cms.framing import framed
from cms.languages import current_language
from petitions import details, linked_data, selectors, services, sharecards, waiting
from petitions.forms import ReportForm
from petitions.models import Petition
from petitions.throttling import seconds_to_wait
from petitions.visibility import Visibility
from petitions.whole import Whole

REPORT_RATE = "10/h"
SEE_OTHER = 303
TOO_MANY_REQUESTS = 429
EXCERPT_LENGTH = 155  # of what search engines and others show of a page

reading = require_safe
writing = require_http_methods(["GET", "HEAD", "POST"])


def see_other(address: str) -> HttpResponse:
    """After something was written: the page to look at next, by GET."""
    return HttpResponseRedirect(address, status=SEE_OTHER)


def absolute(path: str) -> str:
    """The address to pass on: on the site's own name, whatever name the reader used."""
    return settings.BASE_URL.rstrip("/") + path


@reading
@public_page
def detail(request: HttpRequest, petition_id: int) -> HttpResponse:
    """A petition's page; 404, 410 or a neutral page where its text is not public."""
    found, seen = selectors.whole_by_number(petition_id)
    if seen is Visibility.PAGE and found is not None:
        return HttpResponse(page(request, found, path=found.petition.get_absolute_url()))
    return not_shown(request, found.petition if found else None, seen)


def page(request: HttpRequest, found: Whole, *, path: str) -> str:
    """The page of a petition whose text is public, in the active language. ``path``: the page's own."""
    petition = found.petition
    base_url, language = absolute(""), current_language()
    address = base_url + path
    excerpt = _excerpt(petition.ask)
    context = {
        "detail": details.detail(found, language=language, now=timezone.now()),
        "petition": petition,
        "path": path,
        "data": f"/petitions/{petition.pk}",  # a contract, as all addresses of data are: the same in all languages
        "address": address,
        "feed": f"{path.removesuffix('/')}.atom",
        "card": f"{address}card/{sharecards.digest(petition)}.png",
        "excerpt": excerpt,
        "linked_data": linked_data.of_petition(
            petition, address=address, excerpt=excerpt, base_url=base_url, language=language
        ),
        "panels": panels.render_slot("petition", request, {"petition": petition}),
        "came_to_sign": bool(request.META.get("QUERY_STRING")) and request.GET.get("signing") == "ended",
    }
    return framed(request, "petitions/detail.html", context, below="/petitions/")


def _excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT_LENGTH else Truncator(text).chars(EXCERPT_LENGTH)


def not_shown(request: HttpRequest, petition: Petition | None, seen: Visibility) -> HttpResponse:
    """What stands at the address of a petition without a public page. Raises Http404."""
    if seen is Visibility.GONE:
        return error_page(request, 410)
    if seen is Visibility.NEUTRAL and petition is not None:
        context = {"number": petition.pk, "state": petition.state, "usual": waiting.usual()}
        return render(request, "petitions/unpublished.html", context)
    raise Http404


@csrf_exempt
@writing
@unstored_page
def report(request: HttpRequest, petition_id: int) -> HttpResponse:
    """Anybody's report that something is wrong with a petition."""
    petition, seen = selectors.by_number(petition_id)
    if petition is None or seen not in (Visibility.PAGE, Visibility.NEUTRAL):
        return not_shown(request, petition, seen)
    form = ReportForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "petition": petition, "shows_title": seen is Visibility.PAGE}
    if form.is_bound and form.is_valid():
        if wait := seconds_to_wait(request, group="report", rate=REPORT_RATE):
            return too_many(request, "petitions/report.html", context, wait)
        try:
            services.report(petition_id=petition.pk, now=timezone.now(), **form.cleaned_data)
        except services.Refused as refusal:
            refusal.add_to(form)
        else:
            return see_other(reverse("petitions:reported", args=[petition.pk]))
    return render(request, "petitions/report.html", context)


@reading
@private_page
def reported(request: HttpRequest, petition_id: int) -> HttpResponse:
    """Thanks for a report."""
    petition, seen = selectors.by_number(petition_id)
    if petition is None or seen not in (Visibility.PAGE, Visibility.NEUTRAL):
        return not_shown(request, petition, seen)
    return render(request, "petitions/reported.html", {"petition": petition})


def too_many(request: HttpRequest, template: str, context: dict[str, Any], wait: int) -> HttpResponse:
    """The form again with everything that was typed, and when to come back."""
    context["form"].add_error(None, _("Too many were sent from your network. Wait a while and try again."))
    response = render(request, template, context, status=TOO_MANY_REQUESTS)
    response["Retry-After"] = str(wait)
    return response
