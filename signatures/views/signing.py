"""Signing a petition: the form, and the supporters' form behind their link."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms.caching import private_page, unstored_page
from petitions import limits
from petitions.models import Petition
from signatures import door, entry, intake, links, selectors
from signatures.cookies import Handed
from signatures.door import TurnedAway
from signatures.forms import SignForm
from signatures.models import Role
from signatures.persons import Signer
from signatures.standing import Standing, standing
from signatures.views import answers


@csrf_exempt
@unstored_page
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, petition_id: int) -> HttpResponse:
    """``/petitions/<id>/sign/``. A form in order is handed in before the petition is read: the statement judges it."""
    now = timezone.now()
    attempt = _attempt(request, petition_id, now)
    if attempt.signer:
        return _handed_in(request, petition_id, Role.SIGNER, attempt.signer, now)
    petition = selectors.petition(petition_id)
    found = standing(petition, now=now)
    if petition is None or found != Standing.TAKES:
        return answers.not_signable(request, petition_id, found)
    return _page(request, petition, attempt, "signatures/sign.html", now)


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
    attempt = _attempt(request, petition_id, now)
    if attempt.signer:
        return _handed_in(request, petition_id, Role.SUPPORTER, attempt.signer, now)
    return _page(request, petition, attempt, "signatures/support.html", now)


@dataclass(frozen=True)
class Attempt:
    """A signer whom the door let in; or the form to show, and why the door did not."""

    signer: Signer | None = None
    form: SignForm | None = None
    away: TurnedAway | None = None


def _attempt(request: HttpRequest, petition_id: int, now: datetime) -> Attempt:
    if request.method != "POST":
        return Attempt(form=SignForm())
    posted, address = request.POST, request.META.get("REMOTE_ADDR", "")
    # Who came the short way has knocked already, and would take a second turn.
    if away := request.META[door.KNOCKED] if door.KNOCKED in request.META else door.knock(address, petition_id):
        return Attempt(form=SignForm(initial=posted.dict()), away=away)
    signer = entry.read(posted, network=address)
    if signer is None:
        form = SignForm(posted)
        if not form.is_ready:
            return Attempt(form=form)
        signer = form.signer(network=address)
    if away := door.prove(posted, petition_id, address=address, now=now):
        return Attempt(form=SignForm(posted), away=away)
    return Attempt(signer)


def _handed_in(request: HttpRequest, petition_id: int, role: Role, signer: Signer, now: datetime) -> HttpResponse:
    try:
        row_id = intake.accept(petition_id=petition_id, signer=signer, role=role, now=now)
    except intake.NotSignable as refusal:
        return answers.not_signable(request, petition_id, refusal.standing)
    return answers.check_email(Handed(petition_id, row_id, role, signer), now=now)


def _page(request: HttpRequest, petition: Petition, attempt: Attempt, template: str, now: datetime) -> HttpResponse:
    context = {"petition": petition, "form": attempt.form, "needed": limits.current().supporters}
    return answers.guarded_page(
        context, away=attempt.away, request=request, template=template, petition_id=petition.pk, now=now
    )
