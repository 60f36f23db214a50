"""Public pages of a petition: its page, reporting it, and writing one up to its creator's name."""

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
from cms.forms import PublicForm
from cms.framing import framed
from cms.languages import current_language
from petitions import details, drafts, limits, selectors, services, switches
from petitions.cards import card
from petitions.forms import AskForm, DetailForm, EligibilityForm, ReportForm, TitleForm
from petitions.models import Draft, Petition
from petitions.throttling import seconds_to_wait
from petitions.visibility import Visibility
from petitions.whole import Whole

CREATE_RATE = "10/h"
PAUSE_RETRY_SECONDS = 300
REPORT_RATE = "10/h"
SEE_OTHER = 303
TOO_MANY_REQUESTS = 429
CHANGING = "change"
EXCERPT_LENGTH = 155  # of what search engines and others show of a page

reading = require_safe
writing = require_http_methods(["GET", "HEAD", "POST"])


def creation_paused(request: HttpRequest) -> HttpResponse:
    """What everybody meets who wants to start or go on with a petition while administrators have paused that."""
    response = render(request, "petitions/create/paused.html", status=503)
    response["Retry-After"] = str(PAUSE_RETRY_SECONDS)
    return response


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
    context = {
        "detail": details.detail(found, language=current_language(), now=timezone.now()),
        "petition": petition,
        "path": path,
        "data": f"/petitions/{petition.pk}",  # a contract, as all addresses of data are: the same in all languages
        "address": absolute(path),
        "excerpt": Truncator(petition.ask).chars(EXCERPT_LENGTH),
        "panels": panels.render_slot("petition", request, {"petition": petition}),
    }
    return framed(request, "petitions/detail.html", context)


def not_shown(request: HttpRequest, petition: Petition | None, seen: Visibility) -> HttpResponse:
    """What stands at the address of a petition without a public page. Raises Http404."""
    if seen is Visibility.GONE:
        return error_page(request, 410)
    if seen is Visibility.NEUTRAL and petition is not None:
        return render(request, "petitions/unpublished.html", {"number": petition.pk, "state": petition.state})
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
            return _too_many(request, "petitions/report.html", context, wait)
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


def _too_many(request: HttpRequest, template: str, context: dict[str, Any], wait: int) -> HttpResponse:
    """The form again with everything that was typed, and when to come back."""
    context["form"].add_error(None, _("Too many were sent from your network. Wait a while and try again."))
    response = render(request, template, context, status=TOO_MANY_REQUESTS)
    response["Retry-After"] = str(wait)
    return response


@csrf_exempt
@writing
@unstored_page
def new(request: HttpRequest) -> HttpResponse:
    """What may be petitioned and by whom; who may begins a draft."""
    if switches.current().creation_paused:
        return creation_paused(request)
    form = EligibilityForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "limits": limits.current()}
    if form.is_bound and form.is_valid():
        if wait := seconds_to_wait(request, group="create", rate=CREATE_RATE):
            return _too_many(request, "petitions/create/start.html", context, wait)
        draft = drafts.start(language=current_language())
        return see_other(_step_address(draft, "title"))
    return render(request, "petitions/create/start.html", context)


QUESTIONS: dict[str, type[PublicForm]] = {"title": TitleForm, "ask": AskForm, "detail": DetailForm}


@csrf_exempt
@writing
@private_page
def draft_step(request: HttpRequest, secret: str, step: str) -> HttpResponse:
    """One step of writing a petition, under its secret address.

    With ``?change`` in the address the writer comes from the check of all answers and goes straight back there.
    """
    if switches.current().creation_paused:
        return creation_paused(request)
    draft = drafts.find(secret=secret, now=timezone.now()) if step in drafts.STEPS else None
    if draft is None:
        return render(request, "petitions/create/gone.html", status=404)
    missing = drafts.unfinished(draft)
    if missing and drafts.STEPS.index(step) > drafts.STEPS.index(missing):
        return see_other(_step_address(draft, missing))
    return _similar(request, draft) if step == "similar" else _question(request, draft, step)


def _question(request: HttpRequest, draft: Draft, step: str) -> HttpResponse:
    form = QUESTIONS[step](request.POST if request.method == "POST" else None, initial={step: getattr(draft, step)})
    if form.is_bound and form.is_valid():
        drafts.write(draft=draft, step=step, text=form.cleaned_data[step])
        return see_other(_next_address(request, draft, step))
    context = {"form": form, "field": form[step], "back": _back_address(request, draft, step)}
    return render(request, f"petitions/create/{step}.html", context)


def _similar(request: HttpRequest, draft: Draft) -> HttpResponse:
    if request.method == "POST":
        drafts.see_similar(draft=draft)
        return see_other(_next_address(request, draft, "similar"))
    language = current_language()
    found = [(petition, card(petition, language)) for petition in drafts.alike(draft=draft)]
    context = {"found": found, "draft": draft, "back": _back_address(request, draft, "similar")}
    return render(request, "petitions/create/similar.html", context)


def _step_address(draft: Draft, step: str) -> str:
    return reverse("petitions:draft", args=[draft.secret, step])


def _check_address(draft: Draft) -> str:
    """Where the creator gives a name and checks everything: the room that knows signatures."""
    return reverse("signatures:submit", args=[draft.secret])


def _next_address(request: HttpRequest, draft: Draft, step: str) -> str:
    if CHANGING in request.GET:
        missing = drafts.unfinished(draft)
        return f"{_step_address(draft, missing)}?{CHANGING}" if missing else _check_address(draft)
    following = drafts.following(draft, step)
    return _step_address(draft, following) if following else _check_address(draft)


def _back_address(request: HttpRequest, draft: Draft, step: str) -> str:
    if CHANGING in request.GET and not drafts.unfinished(draft):
        return _check_address(draft)
    earlier = drafts.earlier(draft, step)
    return _step_address(draft, earlier) if earlier else reverse("petitions:new")
