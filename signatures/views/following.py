"""Following a petition without signing it. GET shows, POST acts, and again the same."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms.caching import private_page, unstored_page
from cms.languages import current_language, path_for
from petitions import selectors as petitions
from petitions.throttling import seconds_to_wait
from petitions.views import not_shown
from petitions.visibility import Visibility
from signatures import following, links, selectors
from signatures.forms import FollowForm
from signatures.identity import InvalidAddress
from signatures.views import answers
from vault.tokens import Purpose

RATE = "10/h"


@csrf_exempt
@unstored_page
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, petition_id: int) -> HttpResponse:
    """``/petitions/<id>/follow/``: by feed or by mail. The answer is the same whether the address follows already."""
    petition, seen = petitions.by_number(petition_id)
    if petition is None or seen is not Visibility.PAGE:
        return not_shown(request, petition, seen)
    may = following.may_be_followed(petition)
    form = FollowForm(request.POST if request.method == "POST" and may else None)
    feed = path_for(f"/petitions/{petition_id}.atom", current_language())
    context = {"petition": petition, "form": form, "may": may, "feed": feed, "sent": "sent" in request.GET}
    template = "signatures/follow.html"
    if not form.is_bound or not form.is_ready:
        return render(request, template, context)
    if wait := seconds_to_wait(request, group="follow", rate=RATE):
        return answers.too_many(request, template, context | {"form": FollowForm(initial=request.POST.dict())}, wait)
    email = form.cleaned_data["email"]
    try:
        following.ask(petition=petition, email=email, language=current_language(), now=timezone.now())
    except InvalidAddress as error:  # by the rules that this petition began with
        form.add_error("email", error.reason)
        return render(request, template, context)
    return answers.SeeOther(reverse("signatures:follow", args=[petition_id]) + "?sent=1")


@csrf_exempt
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """``/follow/<token>/``"""
    now = timezone.now()
    claim = links.claimed(token, Purpose.FOLLOW, now=now)
    found = (
        (following.confirm(claim, now=now) if request.method == "POST" else following.asked(claim)) if claim else None
    )
    if found is None:
        return answers.link_failed(request)
    context = {"petition": found.petition, "done": found.follower.confirmed_at is not None}
    return render(request, "signatures/follow_confirm.html", context)


@csrf_exempt
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def unfollow(request: HttpRequest, token: str) -> HttpResponse:
    """``/unfollow/<token>/``. A bare POST is the one-click unsubscription of RFC 8058: 200, no redirect."""
    claim = links.claimed(token, Purpose.UNFOLLOW, now=timezone.now())
    if claim is None:
        return answers.link_failed(request)
    if request.method == "POST":
        following.stop(petition_id=claim.petition_id, row_id=claim.row_id)
    context = {"petition": selectors.shown_petition(claim.petition_id), "done": request.method == "POST"}
    return render(request, "signatures/unfollow.html", context)
