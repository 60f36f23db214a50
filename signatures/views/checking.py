"""*Check your e-mail*: what was handed in, the mail once more, another address, the code."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from cms.caching import private_page
from petitions.refusals import Refused
from petitions.throttling import seconds_to_wait
from signatures import cookies, creation, intake, resending, throttle
from signatures.cookies import Handed
from signatures.forms import AddressForm, CodeForm
from signatures.models import Role
from signatures.views import answers
from signatures.views.confirming import signed_page

TEMPLATE = "signatures/check_email.html"


@private_page
@require_http_methods(["GET", "HEAD"])
def check_email(request: HttpRequest, petition_id: int) -> HttpResponse:
    """``/petitions/<id>/sign/check-email/``. Reads no table: without its cookie it is the same for every number."""
    handed = cookies.recall(request, petition_id, now=timezone.now())
    return render(request, TEMPLATE, _context(petition_id, handed) | {"sent": "sent" in request.GET})


@csrf_exempt
@private_page
@require_POST
def resend(request: HttpRequest, petition_id: int) -> HttpResponse:
    """``…/sign/resend/``: the mail once more."""
    now = timezone.now()
    handed = cookies.recall(request, petition_id, now=now)
    if handed is None:
        return _back(petition_id)
    if wait := seconds_to_wait(request, group="resend", rate="10/h"):
        return answers.too_many(request, TEMPLATE, _context(petition_id, handed), wait)
    resending.resend(petition_id=petition_id, row_id=handed.row_id, now=now)
    return _back(petition_id, "?sent=1")


@csrf_exempt
@private_page
@require_POST
def correct(request: HttpRequest, petition_id: int) -> HttpResponse:
    """``…/sign/correct/``: the same signature, for another address."""
    now = timezone.now()
    handed = cookies.recall(request, petition_id, now=now)
    if handed is None:
        return _back(petition_id)
    form = AddressForm(request.POST)
    if not form.is_valid():
        return render(request, TEMPLATE, _context(petition_id, handed) | {"form": form, "address_form": form})
    if wait := throttle.seconds_to_wait(request.META.get("REMOTE_ADDR", "")):
        return answers.too_many(request, TEMPLATE, _context(petition_id, handed) | {"address_form": form}, wait)
    return _hand_in_again(request, handed.for_address(form.cleaned_data["email"]))


def _hand_in_again(request: HttpRequest, handed: Handed) -> HttpResponse:
    now = timezone.now()
    try:
        if handed.role == Role.CREATOR:
            creation.correct_address(petition_id=handed.petition_id, signer=handed.signer, now=now)
            return answers.check_email(handed, now=now)
        row_id = intake.accept(petition_id=handed.petition_id, signer=handed.signer, role=Role(handed.role), now=now)
    except intake.NotSignable as refusal:
        return answers.not_signable(request, handed.petition_id, refusal.standing)
    except Refused as refusal:
        form = AddressForm({"email": handed.signer.email})
        form.add_error(None, str(refusal))
        return render(request, TEMPLATE, _context(handed.petition_id, handed) | {"form": form, "address_form": form})
    return answers.check_email(Handed(handed.petition_id, row_id, handed.role, handed.signer), now=now)


@csrf_exempt
@private_page
@require_POST
def code(request: HttpRequest, petition_id: int) -> HttpResponse:
    """``…/sign/code/``: confirm by the 8 digits of the mail."""
    now = timezone.now()
    handed = cookies.recall(request, petition_id, now=now)
    if handed is None:
        return _back(petition_id)
    form = CodeForm(request.POST)
    if form.is_valid():
        confirmation = intake.confirm_by_code(
            petition_id=petition_id, row_id=handed.row_id, code=form.cleaned_data["code"], now=now
        )
        if confirmation.outcome != intake.Outcome.VOID:
            return signed_page(request, confirmation, petition_id=petition_id, row_id=handed.row_id, now=now)
        form.add_error("code", form.wrong)
    return render(request, TEMPLATE, _context(petition_id, handed) | {"form": form, "code_form": form})


def _context(petition_id: int, handed: Handed | None) -> dict[str, object]:
    return {
        "petition_id": petition_id,
        "handed": handed,
        "address_form": AddressForm(),
        "code_form": CodeForm(),
    }


def _back(petition_id: int, query: str = "") -> HttpResponse:
    return answers.SeeOther(reverse("signatures:check_email", args=[petition_id]) + query)
