"""Answers that several views give."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.errors import error_page
from signatures import cookies, door
from signatures.cookies import Handed
from signatures.door import Reason, TurnedAway
from signatures.standing import Standing

PAUSE_RETRY_SECONDS = 300


class SeeOther(HttpResponseRedirect):
    """303: look there, with GET."""

    status_code = 303


def not_signable(request: HttpRequest, petition_id: int, found: Standing) -> HttpResponse:
    """What somebody meets who wants to sign what can't be signed. Raises Http404 for what nobody may know of."""
    if found == Standing.ENDED:
        return SeeOther(reverse("petitions:detail", args=[petition_id]) + "?signing=ended")
    if found == Standing.PAUSED:
        return paused(request, petition_id)
    if found == Standing.GONE:
        return error_page(request, 410)
    if found == Standing.ENOUGH:
        return render(request, "signatures/enough_supporters.html")
    raise Http404


def paused(request: HttpRequest, petition_id: int | None = None) -> HttpResponse:
    """Administrators have paused signing: nothing was recorded, and what to do. With a number, a link to its page."""
    response = render(request, "signatures/paused.html", {"petition_id": petition_id}, status=503)
    response["Retry-After"] = str(PAUSE_RETRY_SECONDS)
    return response


def too_many(request: HttpRequest, template: str, context: dict[str, object], wait: int) -> HttpResponse:
    """The form with what was typed, and when to try again."""
    away = TurnedAway(Reason.NETWORK, wait)
    response = render(request, template, {**context, "wait": wait, "away": away}, status=429)
    response["Retry-After"] = str(wait)
    return response


def guarded_page(
    context: dict[str, object],
    *,
    request: HttpRequest,
    template: str,
    petition_id: int,
    now: datetime,
    away: TurnedAway | None = None,
) -> HttpResponse:
    """A form behind the door: with why somebody was turned away, when to try again, and what to solve if a challenge
    stands. What was typed is in ``context``'s form.
    """
    # What did not hold is not handed out again.
    kept = None if away and away.reason == Reason.PROOF else request.POST
    shown = {
        "away": away,
        "puzzle": door.puzzle(petition_id, now=now, posted=kept),
        "proved": [(name, kept[name]) for name in (door.PROOF, door.TICKET) if kept and name in kept],
    }
    response = render(request, template, context | shown, status=away.status if away else 200)
    if away and away.wait:
        response["Retry-After"] = str(away.wait)
    return response


def check_email(handed: Handed, *, now: datetime) -> HttpResponse:
    """On to *check your e-mail*. The same for everybody, but for what the cookie hides."""
    response = SeeOther(reverse("signatures:check_email", args=[handed.petition_id]))
    cookies.remember(response, handed, now=now)
    return response


def link_failed(request: HttpRequest) -> HttpResponse:
    """One page for every link that does not work, whatever the reason."""
    return render(request, "signatures/link_failed.html", {"title": _("This link does not work any more")}, status=404)
