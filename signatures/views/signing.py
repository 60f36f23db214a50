"""Signing a petition: the form, and the supporters' form behind their link."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms.caching import private_page, unstored_page
from petitions.models import Petition
from signatures import door, intake, links, selectors
from signatures.cookies import Handed
from signatures.forms import SignForm
from signatures.models import Role
from signatures.standing import Standing, standing
from signatures.views import answers


@csrf_exempt
@unstored_page
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, petition_id: int) -> HttpResponse:
    """``/petitions/<id>/sign/``"""
    petition = selectors.petition(petition_id)
    found = standing(petition, now=timezone.now())
    if petition is None or found != Standing.TAKES:
        return answers.not_signable(request, petition_id, found)
    return _form(request, petition, Role.SIGNER, "signatures/sign.html")


@csrf_exempt
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def support(request: HttpRequest, petition_id: int, token: str) -> HttpResponse:
    """``/petitions/<id>/support/<token>/``: the text and the form, for holders of the link only."""
    now = timezone.now()
    petition = links.supported_petition(token, petition_id=petition_id, now=now)
    if petition is None:
        return answers.link_failed(request)
    if petition.was_opened:
        return answers.SeeOther(petition.get_absolute_url())
    found = standing(petition, by_supporters_link=True, now=now)
    if found == Standing.ABSENT:
        return answers.link_failed(request)
    if found != Standing.TAKES:
        return answers.not_signable(request, petition_id, found)
    return _form(request, petition, Role.SUPPORTER, "signatures/support.html")


def _form(request: HttpRequest, petition: Petition, role: Role, template: str) -> HttpResponse:
    now, address = timezone.now(), request.META.get("REMOTE_ADDR", "")
    shown = {"request": request, "template": template, "petition_id": petition.pk, "now": now}
    if request.method != "POST":
        return answers.guarded_page({"petition": petition, "form": SignForm()}, **shown)
    if away := door.knock(address, petition.pk):
        typed = SignForm(initial=request.POST.dict())
        return answers.guarded_page({"petition": petition, "form": typed}, away=away, **shown)
    form = SignForm(request.POST)
    if not form.is_ready:
        return answers.guarded_page({"petition": petition, "form": form}, **shown)
    if away := door.prove(request.POST, petition.pk, address=address, now=now):
        return answers.guarded_page({"petition": petition, "form": form}, away=away, **shown)
    signer = form.signer(network=address)
    try:
        row_id = intake.accept(petition_id=petition.pk, signer=signer, role=role, now=now)
    except intake.NotSignable as refusal:
        return answers.not_signable(request, petition.pk, refusal.standing)
    return answers.check_email(Handed(petition.pk, row_id, role, signer), now=now)
