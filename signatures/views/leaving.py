"""Behind the links of "not me" and "never again". GET shows, POST acts, and again the same."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms.caching import private_page
from signatures import disowning, links, selectors
from signatures.disowning import Outcome
from signatures.views import answers
from vault.tokens import Purpose


@csrf_exempt
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """``/not-me/<token>/``: "I did not sign this", and its undoing."""
    now = timezone.now()
    claim = links.claimed(token, Purpose.NOT_ME, now=now)
    if claim is None:
        return answers.link_failed(request)
    if request.method == "POST" and "undo" in request.POST:
        if not disowning.is_disowned(claim):
            return answers.link_failed(request)
        disowning.own_up(claim)
        return render(
            request, "signatures/not_me_undone.html", {"petition": selectors.shown_petition(claim.petition_id)}
        )
    if request.method == "POST":
        outcome = disowning.disown(claim, now=now)
    else:
        outcome = Outcome.DONE if disowning.is_disowned(claim) else None
    row = selectors.signature(claim)
    if outcome == Outcome.VOID or (outcome is None and row is None):
        return answers.link_failed(request)
    return render(
        request,
        "signatures/not_me.html",
        {
            "petition": selectors.shown_petition(claim.petition_id),
            "outcome": outcome.value if outcome else "",
            "leave_link": links.unsubscribe(row, now=now) if row and outcome == Outcome.TOO_LATE else "",
        },
    )


@csrf_exempt
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def never(request: HttpRequest, token: str) -> HttpResponse:
    """``/never/<token>/``: no mail of this site any more, and its undoing."""
    address_key = links.claimed_address(token, now=timezone.now())
    if address_key is None:
        return answers.link_failed(request)
    if request.method == "POST" and "again" in request.POST:
        disowning.mail_again(address_key)
    elif request.method == "POST":
        disowning.never_mail(address_key)
    context = {"is_never_mailed": disowning.is_never_mailed(address_key), "done": request.method == "POST"}
    return render(request, "signatures/never.html", context)
