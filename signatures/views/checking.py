"""*Check your e-mail*: what was handed in, the mail once more, another address, the code."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email.utils import parseaddr
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms.caching import private_page
from mailing.selectors import is_late
from petitions.refusals import Refused
from petitions.throttling import seconds_to_wait
from signatures import cookies, creation, door, intake, resending
from signatures.cookies import Handed
from signatures.forms import AddressForm, CodeForm
from signatures.models import Role
from signatures.views import answers
from signatures.views.confirming import signed_page

TEMPLATE = "signatures/check_email.html"


@private_page
@require_http_methods(["GET", "HEAD"])
def check_email(request: HttpRequest, petition_id: int) -> HttpResponse:
    """``/petitions/<id>/sign/check-email/``. Asks nothing about the petition: without its cookie it is the same for
    every number.
    """
    now = timezone.now()
    handed = cookies.recall(request, petition_id, now=now)
    told = {"sent": "sent" in request.GET, "late": is_late(now)}
    return render(request, TEMPLATE, _context(petition_id, handed) | told)


Act = Callable[[HttpRequest, Handed, datetime], HttpResponse]


def of_who_has_just_signed(act: Act) -> Callable[[HttpRequest, int], HttpResponse]:
    """An act of whoever has the cookie, by POST; all others are led back to the page."""

    @csrf_exempt
    @private_page
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(act)
    def view(request: HttpRequest, petition_id: int) -> HttpResponse:
        now = timezone.now()
        handed = cookies.recall(request, petition_id, now=now) if request.method == "POST" else None
        return act(request, handed, now) if handed else _back(petition_id)

    return view


@of_who_has_just_signed
def resend(request: HttpRequest, handed: Handed, now: datetime) -> HttpResponse:
    """``…/sign/resend/``: the mail once more."""
    if wait := seconds_to_wait(request, group="resend", rate="10/h"):
        return answers.too_many(request, TEMPLATE, _context(handed.petition_id, handed), wait)
    resending.resend(petition_id=handed.petition_id, row_id=handed.row_id, now=now)
    return _back(handed.petition_id, "?sent=1")


@of_who_has_just_signed
def correct(request: HttpRequest, handed: Handed, now: datetime) -> HttpResponse:
    """``…/sign/correct/``: the same signature, for another address."""
    form = AddressForm(request.POST)
    context = _context(handed.petition_id, handed) | {"form": form, "address_form": form}
    address = request.META.get("REMOTE_ADDR", "")
    shown = {"request": request, "template": TEMPLATE, "petition_id": handed.petition_id, "now": now}
    if not form.is_ready:
        return answers.guarded_page(context, **shown)
    away = door.knock(address, handed.petition_id) or door.prove(
        request.POST, handed.petition_id, address=address, now=now
    )
    if away:
        return answers.guarded_page(context, away=away, **shown)
    try:
        return answers.check_email(_hand_in_again(handed.for_address(form.cleaned_data["email"]), now), now=now)
    except intake.NotSignable as refusal:
        return answers.not_signable(request, handed.petition_id, refusal.standing)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return render(request, TEMPLATE, context)


def _hand_in_again(handed: Handed, now: datetime) -> Handed:
    of = {"petition_id": handed.petition_id, "signer": handed.signer, "now": now}
    if handed.role == Role.CREATOR:
        return replace(handed, row_id=creation.correct_address(**of))
    return replace(handed, row_id=intake.accept(role=Role(handed.role), **of))


@of_who_has_just_signed
def code(request: HttpRequest, handed: Handed, now: datetime) -> HttpResponse:
    """``…/sign/code/``: confirm by the 8 digits of the mail."""
    row = {"petition_id": handed.petition_id, "row_id": handed.row_id}
    form = CodeForm(request.POST)
    if form.is_valid():
        confirmation = intake.confirm_by_code(**row, code=form.cleaned_data["code"], now=now)
        if confirmation.outcome != intake.Outcome.VOID:
            return signed_page(request, confirmation, **row, now=now)
        form.add_error("code", form.wrong)
    context = _context(handed.petition_id, handed)
    return render(request, TEMPLATE, context | {"form": form, "code_form": form})


def _context(petition_id: int, handed: Handed | None) -> dict[str, object]:
    return {
        "petition_id": petition_id,
        "handed": handed,
        "sender": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "address_form": AddressForm(),
        "code_form": CodeForm(),
        "puzzle": door.puzzle(petition_id, now=timezone.now()) if handed else None,
    }


def _back(petition_id: int, query: str = "") -> HttpResponse:
    return answers.SeeOther(reverse("signatures:check_email", args=[petition_id]) + query)
