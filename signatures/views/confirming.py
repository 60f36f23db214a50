"""Behind a signer's mailed links. GET shows, POST acts: programs that open links in mails confirm nothing."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms.caching import private_page
from petitions import switches
from signatures import intake, leaving, links, selectors
from signatures.intake import Confirmation, Outcome
from signatures.models import Role
from signatures.views import answers, signed
from vault.tokens import Purpose


@csrf_exempt
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """``/confirm/<token>/``"""
    now = timezone.now()
    claim = links.claimed(token, Purpose.CONFIRM, now=now)
    if claim is None:
        return answers.link_failed(request)
    if request.method == "POST":
        confirmation = intake.confirm(
            petition_id=claim.petition_id, row_id=claim.row_id, generation=claim.generation, now=now
        )
        return signed_page(request, confirmation, petition_id=claim.petition_id, row_id=claim.row_id, now=now)
    found = selectors.confirmable(claim)
    if found is None:
        return answers.link_failed(request)
    if switches.current().signing_paused:
        return answers.paused(request)
    return render(request, "signatures/confirm.html", {"petition": found.petition, "signature": found.signature})


def signed_page(
    request: HttpRequest, confirmation: Confirmation, *, petition_id: int, row_id: int, now: datetime
) -> HttpResponse:
    """What a confirmation led to. The first one and every later one look the same."""
    if confirmation.outcome == Outcome.VOID:
        return answers.link_failed(request)
    if confirmation.outcome == Outcome.PAUSED:
        return answers.paused(request)
    if confirmation.is_signed and confirmation.role == Role.SIGNER:
        return signed.page(request, petition_id=petition_id, now=now)
    context = selectors.signed(petition_id=petition_id, row_id=row_id, now=now)
    if confirmation.outcome == Outcome.CLOSED:
        return render(request, "signatures/too_late.html", context, status=410)
    is_creator = confirmation.role == Role.CREATOR
    return render(request, "signatures/creator_confirmed.html" if is_creator else "signatures/supported.html", context)


@csrf_exempt
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """``/unsubscribe/<token>/``. A bare POST is the one-click unsubscription of RFC 8058: 200, no redirect."""
    now = timezone.now()
    claim = links.claimed(token, Purpose.UNSUBSCRIBE, now=now)
    row = selectors.signature(claim) if claim else None
    if claim is None or row is None:
        return answers.link_failed(request)
    context = {"petition": selectors.shown_petition(claim.petition_id), "signature": row}
    if request.method != "POST":
        return render(request, "signatures/unsubscribe.html", context)
    of = {"petition_id": claim.petition_id, "row_id": claim.row_id, "generation": claim.generation}
    if "withdraw" in request.POST:
        done = leaving.withdraw(**of)
        return render(request, "signatures/withdrawn.html", context | {"done": done})
    leaving.unsubscribe(**of)
    return render(request, "signatures/unsubscribed.html", context)
