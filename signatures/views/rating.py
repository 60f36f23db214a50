"""Behind the link by which a signer rates an answer. GET shows, POST acts, and again the same."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms.caching import private_page
from cms.languages import current_language, path_for
from petitions.refusals import Refused
from signatures import rating
from signatures.forms import RatingForm
from signatures.rating import Rateable
from signatures.views import answers


@csrf_exempt
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """``/rate/<token>/``: was this an answer to what was asked?"""
    now = timezone.now()
    found = rating.rateable(token, now=now)
    if found is None:
        return answers.link_failed(request)
    if request.method != "POST":
        return _page(request, found, RatingForm(initial=_said(found)))
    form = RatingForm(request.POST)
    if form.is_valid():
        try:
            rating.rate(found, now=now, **form.cleaned_data)
        except Refused as refusal:
            if not refusal.reason:
                return answers.link_failed(request)
            refusal.add_to(form)
        else:
            return render(request, "signatures/rated.html", {"petition": found.petition, "token": token})
    return _page(request, found, form)


def _said(found: Rateable) -> dict[str, str]:
    return {"choice": found.given.choice, "comment": found.given.comment} if found.given else {}


def _page(request: HttpRequest, found: Rateable, form: RatingForm) -> HttpResponse:
    context = {
        "petition": found.petition,
        "form": form,
        "answer_url": path_for(found.case.answer_path, current_language()),
        "before": bool(found.given and found.given.choice),
    }
    return render(request, "signatures/rate.html", context)
