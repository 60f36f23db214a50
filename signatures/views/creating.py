"""The last step of creating a petition: check what was written, say who asks, hand it in."""

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms.caching import private_page
from cms.templatetags.components import paragraphs
from petitions import drafts, switches
from petitions.models import Draft
from petitions.refusals import Refused
from petitions.throttling import seconds_to_wait
from petitions.views import creation_paused
from signatures import creation, selectors
from signatures.cookies import Handed
from signatures.forms import CreatorForm
from signatures.models import Role
from signatures.views import answers

TEMPLATE = "signatures/submit.html"


@csrf_exempt
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, secret: str) -> HttpResponse:
    """``/petitions/new/<secret>/creator/``"""
    if switches.current().creation_paused:
        return creation_paused(request)
    draft = selectors.draft(secret, now=timezone.now())
    if draft is None:
        raise Http404
    if step := drafts.unfinished(draft):
        return redirect("petitions:draft", secret=secret, step=step)
    if request.method != "POST":
        return render(request, TEMPLATE, _context(draft, CreatorForm()))
    form = CreatorForm(request.POST)
    if not form.is_ready:
        return render(request, TEMPLATE, _context(draft, form))
    if wait := seconds_to_wait(request, group="hand_in", rate="10/h"):
        typed = CreatorForm(initial=request.POST.dict())
        return answers.too_many(request, TEMPLATE, _context(draft, typed), wait)
    return _hand_in(request, draft, form)


def _hand_in(request: HttpRequest, draft: Draft, form: CreatorForm) -> HttpResponse:
    now, signer = timezone.now(), form.signer(network=request.META.get("REMOTE_ADDR", ""))
    try:
        submitted = creation.hand_in(secret=draft.secret, signer=signer, now=now)
    except Refused as refusal:
        form.add_error("name" if refusal.field == "creator_name" else None, str(refusal))
        return render(request, TEMPLATE, _context(draft, form))
    handed = Handed(submitted.petition_id, submitted.row_id, Role.CREATOR, signer)
    return answers.check_email(handed, now=now)


def _context(draft: Draft, form: CreatorForm) -> dict[str, object]:
    return {"draft": draft, "form": form, "rows": list(_rows(draft))}


def _rows(draft: Draft) -> Iterator[dict[str, object]]:
    labels = {
        "title": _("What you want to be done"),
        "ask": _("What exactly should be done, and why"),
        "detail": _("More detail"),
    }
    for step, label in labels.items():
        # Once handed in, the text stays as it is: supporters and moderators will see this one.
        change = {} if draft.petition_id else _change(draft, step)
        yield {"key": label, "value": paragraphs(getattr(draft, step)), **change}


def _change(draft: Draft, step: str) -> dict[str, object]:
    return {"action_url": reverse("petitions:draft", args=[draft.secret, step]) + "?change", "action_text": _("Change")}
