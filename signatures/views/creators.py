"""The creator's pages, behind the link in every mail to the creator; and the way to get that link again."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

import petitions.services
from cms.caching import private_page, unstored_page
from cms.forms import PublicForm
from petitions import drafts
from petitions.creating import step_address
from petitions.lifecycle import State
from petitions.models import Petition
from petitions.refusals import Refused
from petitions.throttling import seconds_to_wait
from signatures import links, persons, resending, selectors
from signatures.forms import ReviewForm, SendAgainForm, TextForm
from signatures.models import Signature
from signatures.views import answers

CreatorView = Callable[[HttpRequest, str, Petition, Signature], HttpResponse]


def creators_page(view: CreatorView) -> Callable[[HttpRequest, str], HttpResponse]:
    """A page for whoever holds the creator's link; the neutral page for everybody else."""

    @csrf_exempt
    @private_page
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def page(request: HttpRequest, token: str) -> HttpResponse:
        found = links.creators_petition(token, now=timezone.now())
        return view(request, token, *found) if found else answers.link_failed(request)

    return page


@creators_page
def overview(request: HttpRequest, token: str, petition: Petition, signature: Signature) -> HttpResponse:
    """``/creator/<token>/``: where the petition stands, and what its creator can do now."""
    context = selectors.creator_page(petition, signature, now=timezone.now())
    return render(request, "signatures/creator.html", context | {"token": token, "done": request.GET.get("done")})


@creators_page
def text(request: HttpRequest, token: str, petition: Petition, signature: Signature) -> HttpResponse:
    """``…/text/``: correct the text before moderation."""
    written = {name: getattr(petition, name) for name in ("title", "ask", "detail")}
    form = TextForm(request.POST or None, initial=written)
    context = {"form": form, "token": token, "petition": petition}
    if request.method == "POST" and form.is_valid():
        try:
            petitions.services.edit_before_moderation(
                petition_id=petition.pk, now=timezone.now(), **{name: form.cleaned_data[name] for name in written}
            )
            return _overview(token, "corrected")
        except Refused as refusal:
            refusal.add_to(form)
    return render(request, "signatures/creator_text.html", context)


@creators_page
def withdraw(request: HttpRequest, token: str, petition: Petition, signature: Signature) -> HttpResponse:
    """``…/withdraw/``: take the petition back, after a second look."""
    form = PublicForm(request.POST or None)
    if request.method == "POST":
        form = PublicForm({})
        try:
            petitions.services.withdraw(petition_id=petition.pk, now=timezone.now())
            return _overview(token, "withdrawn")
        except Refused as refusal:
            refusal.add_to(form)
    return render(request, "signatures/creator_withdraw.html", {"form": form, "token": token, "petition": petition})


@creators_page
def review(request: HttpRequest, token: str, petition: Petition, signature: Signature) -> HttpResponse:
    """``…/review/``: ask once that a refusal be looked at by another moderator."""
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            petitions.services.request_review(
                petition_id=petition.pk, text=form.cleaned_data["text"], now=timezone.now()
            )
            return _overview(token, "review")
        except Refused as refusal:
            refusal.add_to(form)
    return render(request, "signatures/creator_review.html", {"form": form, "token": token, "petition": petition})


@creators_page
def again(request: HttpRequest, token: str, petition: Petition, signature: Signature) -> HttpResponse:
    """``…/again/``: a draft with the text of a refused petition and its creator's details, to be corrected."""
    if request.method != "POST":
        return _overview(token)
    person = persons.unsealed(signature)
    typed = {"name": person.name, "email": person.email, "postcode": person.postcode} if person else {}
    typed |= {"country": signature.country_code, "notify": "on" if signature.notify else ""}
    try:
        draft = drafts.correct(petition=petition, typed=typed, now=timezone.now())
    except Refused:  # restored or handed in again meanwhile, which the page says
        return _overview(token)
    return answers.SeeOther(step_address(draft, drafts.STEPS[0]))


@creators_page
def poster(request: HttpRequest, token: str, petition: Petition, signature: Signature) -> HttpResponse:
    """``…/poster/``: one sheet of paper with the way to support the petition."""
    if petition.state != State.GATHERING_SUPPORT:
        return _overview(token)
    link = links.support(petition, language=petition.language, now=timezone.now())
    context = {"petition": petition, "token": token, "support_link": link}
    return render(request, "signatures/supporters_poster.html", context)


@csrf_exempt
@unstored_page
@require_http_methods(["GET", "HEAD", "POST"])
def send_again(request: HttpRequest) -> HttpResponse:
    """``/creator/``: mail me my link again. The answer is the same whether there is one or not."""
    template = "signatures/send_again.html"
    if request.method != "POST":
        return render(request, template, {"form": SendAgainForm(), "sent": "sent" in request.GET})
    form = SendAgainForm(request.POST)
    if not form.is_valid():
        return render(request, template, {"form": form})
    if wait := seconds_to_wait(request, group="resend", rate="10/h"):
        return answers.too_many(request, template, {"form": SendAgainForm(initial=request.POST.dict())}, wait)
    resending.send_again(
        petition_id=form.cleaned_data["petition"], email=form.cleaned_data["email"], now=timezone.now()
    )
    return answers.SeeOther(reverse("signatures:send_again") + "?sent=1")


def _overview(token: str, done: str = "") -> HttpResponse:
    return answers.SeeOther(reverse("signatures:creator", args=[token]) + (f"?done={done}" if done else ""))
