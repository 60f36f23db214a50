"""Writing a petition, one question a page, up to its creator's name."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from cms.caching import private_page, unstored_page
from cms.languages import current_language
from petitions import drafts, limits, switches, waiting
from petitions.cards import card
from petitions.forms import QUESTIONS, EligibilityForm
from petitions.models import Draft, Rejection
from petitions.throttling import seconds_to_wait
from petitions.views import reading, see_other, too_many, writing
from petitions.wording import localized

CREATE_RATE = "10/h"
PAUSE_RETRY_SECONDS = 300
CHANGING = "change"
# What a writer goes through, for "step 2 of 5"; the comparison belongs to the title.
PLACES = {"title": 1, "similar": 1, "ask": 2, "detail": 3, "creator": 4, "check": 5}
# The buttons beside "Continue". They keep what was typed, whether it holds or not.
BACK, LATER = "back", "later"


def creation_paused(request: HttpRequest) -> HttpResponse:
    """What everybody meets who wants to start or go on with a petition while administrators have paused that."""
    response = render(request, "petitions/create/paused.html", status=503)
    response["Retry-After"] = str(PAUSE_RETRY_SECONDS)
    return response


def gone(request: HttpRequest) -> HttpResponse:
    """What every address meets that opens no draft."""
    return render(request, "petitions/create/gone.html", status=404)


@csrf_exempt
@writing
@unstored_page
def new(request: HttpRequest) -> HttpResponse:
    """What may be petitioned and by whom; who may begins a draft."""
    if switches.current().creation_paused:
        return creation_paused(request)
    form = EligibilityForm(request.POST if request.method == "POST" else None)
    now = timezone.now()
    context = {
        "form": form,
        "limits": limits.current(),
        "usual": waiting.usual(),
        "deleted": "deleted" in request.GET,
        "licence": (settings.DATA_LICENCE, settings.DATA_LICENCE_URL),
    }
    if form.is_bound and form.is_valid():
        if wait := seconds_to_wait(request, group="create", rate=CREATE_RATE):
            return too_many(request, "petitions/create/start.html", context, wait)
        return see_other(step_address(drafts.start(language=current_language(), now=now), "title"))
    return render(request, "petitions/create/start.html", context)


@reading
@private_page
def resume(request: HttpRequest, token: str) -> HttpResponse:
    """The draft's own address: on to the first question that is open, else to the check of all answers."""
    draft = drafts.find(token=token, now=timezone.now(), handed_in=True)
    if draft is None:
        return gone(request)
    missing = drafts.unfinished(draft)
    return see_other(step_address(draft, missing) if missing else check_address(draft))


@csrf_exempt
@writing
@private_page
def draft_step(request: HttpRequest, token: str, step: str) -> HttpResponse:
    """One step of writing a petition, under its secret address.

    With ``?change`` in the address the writer comes from the check of all answers and goes straight back there.
    """
    if switches.current().creation_paused:
        return creation_paused(request)
    draft = drafts.find(token=token, now=timezone.now()) if step in drafts.STEPS else None
    if draft is None:
        return gone(request)
    missing = drafts.unfinished(draft)
    if missing and drafts.STEPS.index(step) > drafts.STEPS.index(missing):
        return see_other(step_address(draft, missing))
    return _similar(request, draft) if step == "similar" else _question(request, draft, step)


def _question(request: HttpRequest, draft: Draft, step: str) -> HttpResponse:
    form = QUESTIONS[step](request.POST if request.method == "POST" else None, initial={step: getattr(draft, step)})
    if form.is_bound and (BACK in request.POST or LATER in request.POST):
        drafts.write(draft=draft, step=step, text=form.typed(step))
        return see_other(later_address(draft) if LATER in request.POST else _back_address(request, draft, step))
    if form.is_bound and form.is_valid():
        drafts.write(draft=draft, step=step, text=form.cleaned_data[step])
        return see_other(_next_address(request, draft, step))
    context = {"form": form, "field": form[step], "is_first": step == drafts.STEPS[0]} | position(draft, step)
    return render(request, f"petitions/create/{step}.html", context)


def _similar(request: HttpRequest, draft: Draft) -> HttpResponse:
    if request.method == "POST":
        drafts.see_similar(draft=draft)
        return see_other(_next_address(request, draft, "similar"))
    language = current_language()
    found = [(petition, card(petition, language)) for petition in drafts.alike(draft=draft)]
    context = {"found": found, "back": _back_address(request, draft, "similar")} | position(draft, "similar")
    return render(request, "petitions/create/similar.html", context)


def position(draft: Draft, step: str) -> dict[str, object]:
    """What stands above each question: how far one is; and what was wrong, where a refused petition is corrected."""
    refused = None
    rejections = Rejection.objects.filter(petition=draft.corrects_id).select_related("reason")
    if draft.corrects_id and (rejection := rejections.first()):
        language = current_language()
        refused = {
            "title": localized(rejection.reason, language, "title"),
            "details": rejection.details,
            "advice": localized(rejection.reason, language, "advice"),
        }
    return {"draft": draft, "place": PLACES[step], "steps": max(PLACES.values()), "refused": refused}


def step_address(draft: Draft, step: str) -> str:
    """The page of one question."""
    return reverse("petitions:draft", args=[draft.token, step])


# The room that knows signatures asks who the creator is, and mails.


def check_address(draft: Draft) -> str:
    """Where all answers are checked before the petition is handed in; who did not say who they are is asked there."""
    return reverse("signatures:check", args=[draft.token])


def later_address(draft: Draft) -> str:
    """Where somebody learns how to go on another day."""
    return reverse("signatures:later", args=[draft.token])


def _next_address(request: HttpRequest, draft: Draft, step: str) -> str:
    if CHANGING in request.GET:
        missing = drafts.unfinished(draft)
        return f"{step_address(draft, missing)}?{CHANGING}" if missing else check_address(draft)
    following = drafts.following(draft, step)
    return step_address(draft, following) if following else reverse("signatures:about_you", args=[draft.token])


def _back_address(request: HttpRequest, draft: Draft, step: str) -> str:
    if CHANGING in request.GET and not drafts.unfinished(draft):
        return check_address(draft)
    earlier = drafts.earlier(draft, step)
    return step_address(draft, earlier) if earlier else reverse("petitions:new")
